"""What the learned check sees of a text: its words, how they follow each other, what they speak of, and of whom.

Every feature is a readable string, so that each weight can be looked at. English only.

    w:medication          a word                       b:have you            two words that follow each other
    t:are you on          three words                  s:you~tablets         two words with one or two between them
    ^are you              how the sentence begins      $do you do            how it ends
    p:medic               the beginning of a word      c:drug                a word of a group of `concepts_en.json`
    g:you take drug       the sentence by its groups   n:you:drug            whom the nearest word before it turns to
    q:do you:drug         beginning and group          f:…                   what the whole of it is like
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DEFAULTS = Path(__file__).parent / "defaults"
LONGEST = 80  # words of one stretch that are looked at; a longer sentence is seen in pieces

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[.!?;\n]+")
_SPELLINGS = {
    "u": "you",
    "ya": "you",
    "yu": "you",
    "yous": "you",
    "ur": "your",
    "r": "are",
    "y": "why",
    "wot": "what",
    "wat": "what",
    "wich": "which",
    "wud": "would",
    "cud": "could",
    "shud": "should",
    "hav": "have",
    "hv": "have",
    "wen": "when",
    "wiv": "with",
    "wif": "with",
    "wid": "with",
    "sum1": "someone",
    "sumone": "someone",
    "som1": "someone",
    "sumbody": "somebody",
    "ppl": "people",
    "peeps": "people",
    "b4": "before",
    "gud": "good",
    "bin": "been",
    "no1": "nobody",
    "nd": "and",
    "n": "and",
    "da": "the",
    "dat": "that",
    "dis": "this",
    "2": "to",
    "4": "for",
    "sumthing": "something",
    "bcos": "because",
    "cos": "because",
    "coz": "because",
    "thru": "through",
    "tho": "though",
    "abt": "about",
    "any1": "anyone",
    "every1": "everyone",
    "wont": "will not",
    "cant": "can not",
    "dont": "do not",
    "didnt": "did not",
    "doesnt": "does not",
    "havent": "have not",
    "isnt": "is not",
    "arent": "are not",
    "wasnt": "was not",
    "whats": "what is",
    "hows": "how is",
    "whos": "who is",
    "thats": "that is",
    "youre": "you are",
    "youve": "you have",
    "youll": "you will",
    "ive": "i have",
    "im": "i am",
    "its": "its",
    "wheres": "where is",
    "gonna": "going to",
    "enuf": "enough",
    "ya'll": "you",
    "y'all": "you",
    "dunno": "do not know",
    "wanna": "want to",
    "gotta": "have to",
    "can't": "can not",
    "won't": "will not",
    "hospitalised": "hospitalized",
    "any1s": "anyone",
    "nite": "night",
    "2day": "today",
    "pls": "please",
    "plz": "please",
    "luv": "love",
    "tabs": "tablets",
    "docs": "doctors",
    "cannot": "can not",
    "shrinks": "psychiatrists",
    "shrink": "psychiatrist",
    "got": "got",
    "wanted": "wanted",
}
_ENDINGS = (("n't", " not"), ("'ve", " have"), ("'re", " are"), ("'ll", " will"), ("'d", " would"), ("'m", " am"))
_ASKING = frozenset(["what", "who", "how", "where", "when", "that", "it", "there", "here", "why", "he", "she", "let"])
_YOU = frozenset(["you", "your", "yours", "yourself"])
_SUPPORTS = frozenset(
    [
        "support",
        "supported",
        "supporting",
        "visit",
        "visited",
        "visiting",
        "meet",
        "met",
        "see",
        "saw",
        "work",
        "worked",
        "working",
        "walk",
        "accompany",
        "accompanied",
        "help",
        "helped",
        "helping",
        "know",
        "knew",
        "sit",
        "are",
        "were",
        "have",
        "had",
        "will",
        "would",
        "stand",
        "stood",
        "talk",
        "speak",
    ]
)
_FUNCTION = frozenset(
    [
        "a",
        "an",
        "the",
        "i",
        "you",
        "your",
        "yours",
        "yourself",
        "we",
        "us",
        "our",
        "they",
        "them",
        "their",
        "he",
        "she",
        "him",
        "her",
        "his",
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "who",
        "whom",
        "which",
        "what",
        "when",
        "where",
        "why",
        "how",
        "and",
        "or",
        "but",
        "if",
        "because",
        "so",
        "than",
        "as",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "with",
        "without",
        "about",
        "into",
        "out",
        "over",
        "off",
        "up",
        "down",
        "through",
        "after",
        "before",
        "since",
        "until",
        "during",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "am",
        "do",
        "does",
        "did",
        "done",
        "have",
        "has",
        "had",
        "having",
        "can",
        "could",
        "will",
        "would",
        "shall",
        "should",
        "may",
        "might",
        "must",
        "not",
        "never",
        "ever",
        "no",
        "any",
        "some",
        "anything",
        "something",
        "someone",
        "somebody",
        "anyone",
        "anybody",
        "person",
        "people",
        "all",
        "every",
        "each",
        "other",
        "another",
        "own",
        "still",
        "yet",
        "again",
        "now",
        "already",
        "please",
        "tell",
        "us",
        "there",
        "here",
        "much",
        "many",
        "long",
        "often",
        "more",
        "less",
        "most",
        "too",
        "very",
        "just",
        "only",
        "also",
        "like",
        "feel",
        "think",
        "say",
        "need",
        "want",
        "give",
        "get",
        "got",
        "go",
        "going",
        "know",
        "let",
        "make",
        "take",
    ]
)


@dataclass(frozen=True)
class Stretch:
    """A sentence, or some that follow each other: its place in the text and its words as they are compared."""

    start: int
    end: int
    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    names: int = 0


@lru_cache(maxsize=20_000)
def plain(word: str) -> tuple[str, ...]:
    """Return a word as it is compared: spellings of text messages written out, short forms as two words."""
    word = word.casefold().replace("’", "'")
    if word in _SPELLINGS:
        return tuple(_SPELLINGS[word].split())
    for ending, full in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return tuple((word[: -len(ending)] + full).split())
    if word.endswith("'s"):
        return (word[:-2], "is") if word[:-2] in _ASKING else (word[:-2],)
    return (word.replace("'", ""),) if len(word) < 40 else (word[:40],)


def sentences(text: str) -> list[Stretch]:
    """Return the sentences of a text that have a word, in order; a very long one in pieces."""
    found: list[Stretch] = []
    words: list[str] = []
    places: list[tuple[int, int]] = []
    names = 0

    def close() -> None:
        nonlocal words, places, names
        if words:
            found.append(Stretch(places[0][0], places[-1][1], tuple(words), tuple(places), names))
        words, places, names = [], [], 0

    for one in _WORD.finditer(text):
        piece = one.group()
        if piece[0] in ".!?;\n":
            close()
            continue
        names += bool(words) and piece[0].isupper() and piece[1:].islower() and len(piece) > 2
        for word in plain(piece):
            words.append(word)
            places.append(one.span())
        if len(words) >= LONGEST:
            close()
    close()
    return found


def joined(some: list[Stretch]) -> Stretch:
    """Return sentences that follow each other as one stretch, with a sign between them."""
    words: list[str] = []
    places: list[tuple[int, int]] = []
    for one in some:
        if words:
            words.append("|")
            places.append(places[-1])
        words += one.words
        places += one.places
    return Stretch(some[0].start, some[-1].end, tuple(words), tuple(places), sum(one.names for one in some))


@lru_cache
def _groups() -> tuple[dict[str, list[str]], list[tuple[str, str]], dict[str, list[tuple[tuple[str, ...], str]]]]:
    """Return the groups by whole word, by beginning, and by the first of several words."""
    whole: dict[str, list[str]] = {}
    beginnings: list[tuple[str, str]] = []
    several: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for group, line in json.loads((DEFAULTS / "concepts_en.json").read_text()).items():
        for entry in line.split():
            parts = tuple(entry.split("_"))
            if len(parts) > 1 and parts[1]:
                several.setdefault(parts[0], []).append((parts[1:], group))
            elif entry.endswith("*"):
                beginnings.append((entry[:-1], group))
            else:
                whole.setdefault(parts[0], []).append(group)
    return whole, beginnings, several


@lru_cache(maxsize=20_000)
def _groups_of(word: str) -> tuple[str, ...]:
    whole, beginnings, _several = _groups()
    found = dict.fromkeys(whole.get(word, ()))
    found |= dict.fromkeys(group for beginning, group in beginnings if word.startswith(beginning))
    return tuple(found)


def groups(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return for each word the groups it belongs to, alone or with the words after it."""
    found = [_groups_of(word) for word in words]
    several = _groups()[2]
    for place, word in enumerate(words):
        for rest, group in several.get(word, ()):
            after = words[place + 1 : place + 1 + len(rest)]
            if len(after) == len(rest) and all(
                one.startswith(part[:-1]) if part.endswith("*") else one == part
                for one, part in zip(after, rest, strict=True)
            ):
                found[place] = (group, *found[place])
    return found


def turned(words: tuple[str, ...]) -> list[str]:
    """Return the words with whom they turn to made plain: "the candidate" is "you", "a person you support" is not."""
    found = list(words)
    for place, word in enumerate(found):
        if word in ("candidate", "applicant", "candidates", "applicants"):
            found[place] = "you"
            before = found[max(place - 2, 0) : place]
            if "the" in before:
                found[place - 1 : place] = ["&"]
            if place > 1 and found[place - 2] in ("has", "does", "is", "was"):
                found[place - 2] = {"has": "have", "does": "do", "is": "are", "was": "were"}[found[place - 2]]
        elif word == "you" and place and place + 1 < len(found) and found[place + 1] in _SUPPORTS:
            near = found[max(place - 2, 0) : place]
            if any("person" in _groups_of(one) for one in near[-1:]) or (
                near[-1:] and near[-1] in ("who", "whom", "that") and "person" in _groups_of(near[0])
            ):
                found[place] = "supporter"
    return [word for word in found if word != "&"]


def features(stretch: Stretch) -> set[str]:
    """Return what is seen of a stretch."""
    return set(_features(stretch))


def _features(stretch: Stretch) -> Iterator[str]:
    words = turned(stretch.words)
    found = groups(tuple(words))
    coarse = [
        kinds[0] if kinds and word not in _FUNCTION else word if word in _FUNCTION or word == "|" else "…"
        for word, kinds in zip(words, found, strict=True)
    ]
    yield from _of_words(words)
    for place, kind in enumerate(coarse):
        if place:
            yield f"g:{coarse[place - 1]} {kind}"
        if place > 1:
            yield f"g:{coarse[place - 2]} {coarse[place - 1]} {kind}"
    yield from _of_whom(words, found)
    yield f"f:long{min(len(words) // 5, 6)}"
    if stretch.names:
        yield "f:name"


def _of_words(words: list[str]) -> Iterator[str]:
    for place, word in enumerate(words):
        yield f"w:{word}"
        if len(word) > 5:
            yield f"p:{word[:5]}"
        if place:
            yield f"b:{words[place - 1]} {word}"
        if place > 1:
            yield f"t:{words[place - 2]} {words[place - 1]} {word}"
            yield f"s:{words[place - 2]}~{word}"
        if place > 2:
            yield f"s:{words[place - 3]}~{word}"
    for long in (1, 2, 3, 4):
        yield "^" + " ".join(words[:long])
    for long in (1, 2, 3):
        yield "$" + " ".join(words[-long:])


def _of_whom(words: list[str], found: list[tuple[str, ...]]) -> Iterator[str]:
    you = any(word in _YOU for word in words)
    others = any("person" in kinds for kinds in found)
    whom = ("you" if you else "") + ("they" if others else "")
    yield f"f:{whom or 'nobody'}"
    nearest = "nobody"
    start = " ".join(words[:2])
    for word, kinds in zip(words, found, strict=True):
        if word in _YOU:
            nearest = "you"
        elif "person" in kinds:
            nearest = "person"
        for kind in kinds:
            yield f"c:{kind}"
            yield f"n:{nearest}:{kind}"
            yield f"o:{whom}:{kind}"
            yield f"q:{start}:{kind}"
    kinds_here = sorted({kind for kinds in found for kind in kinds if kind != "person"})
    for number, one in enumerate(kinds_here):
        for other in kinds_here[number + 1 :]:
            yield f"d:{one}+{other}"
