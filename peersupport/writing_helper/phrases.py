"""Phrases of a glossary, and where they occur in a text. Nothing here keeps or logs what it reads.

A phrase is words. `*` at the end of a word stands for any ending, `[a|b]` for one of several words, `…` for up to
three words within a sentence. Words are compared in small letters; Arabic without vowel marks, with one shape of alef,
ya and ta marbuta, and with the little words that are written together with the next one taken off.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

GAP = 3
#: Gaps in one phrase: each multiplies the ways to look for it.
GAPS_AT_MOST = 3
#: No word is longer; what is beyond is neither compared nor kept in memory.
LONGEST_WORD = 60
_TOKEN = re.compile("[^\\W_](?:[^\\W_]|[\u064b-\u0652\u0670\u0640])*|[.!?;\n؟؛]")
_PART = re.compile(r"\[[^\]]*\]|…|[^\s\[\]…]+")
_WORD = re.compile(r"[^\W_]+\*?")
_MARKS = re.compile("[\u064b-\u0652\u0670\u0640]")
_ALIKE = str.maketrans("أإآىة", "ااايه")
_ENDS = frozenset(".!?;\n؟؛")


@dataclass(frozen=True)
class Token:
    """One word of a text with its place, and the forms it may be compared by."""

    start: int
    end: int
    forms: frozenset[str]

    @property
    def ends_sentence(self) -> bool:
        return bool(self.forms & _ENDS)


def tokens(text: str, language: str) -> list[Token]:
    """Return the words of a text. Places are those in `text`."""
    return [
        Token(found.start(), found.end(), _forms(fold(found.group()[:LONGEST_WORD], language)[:LONGEST_WORD], language))
        for found in _TOKEN.finditer(text)
    ]


def fold(word: str, language: str) -> str:
    """Return a word as it is compared."""
    folded = unicodedata.normalize("NFC", word).casefold()
    return _MARKS.sub("", folded).translate(_ALIKE) if language == "ar" else folded


@lru_cache(maxsize=20_000)
def _forms(word: str, language: str) -> frozenset[str]:
    if language != "ar":
        return frozenset([word])
    found = {word}
    for joined in (word, *(word[1:] for letter in "وف" if word.startswith(letter))):
        rests = [joined, *(joined[1:] for letter in "بلك" if joined.startswith(letter))]
        found |= set(rests) | {rest[2:] for rest in rests if rest.startswith("ال")}
        found |= {joined[2:]} if joined.startswith("لل") else set()
    return frozenset(one for one in found if len(one) > 1 or one == word)


@dataclass(frozen=True)
class PhrasePart:
    """One place of a phrase: these words, or words that begin so. A gap has neither."""

    words: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    gap: bool = False

    def fits(self, token: Token) -> bool:
        if self.words & token.forms:
            return True
        return any(form.startswith(self.beginnings) for form in token.forms) if self.beginnings else False


@lru_cache(maxsize=20_000)
def parts_of(phrase: str, language: str) -> tuple[PhrasePart, ...]:
    """Return the parts of a phrase; nothing for one that has no word."""
    found: list[PhrasePart] = []
    for piece in _PART.findall(phrase):
        if piece == "…":
            found.append(PhrasePart(gap=True))
        elif piece.startswith("["):
            found.append(_part([one.strip() for one in piece[1:-1].split("|")], language))
        else:
            found += [_part([word], language) for word in _WORD.findall(piece)]
    while found and found[0].gap:
        found.pop(0)
    gaps = [place for place, part in enumerate(found) if part.gap]
    return tuple(found[: gaps[GAPS_AT_MOST]] if len(gaps) > GAPS_AT_MOST else found)


def _part(choices: Sequence[str], language: str) -> PhrasePart:
    folded = [fold(one, language) for one in choices if one]
    return PhrasePart(
        frozenset(one for one in folded if not one.endswith("*")),
        tuple(one[:-1] for one in folded if one.endswith("*")),
    )


class Phrases:
    """Many phrases, found in a text in one walk; `owner` says which entry a phrase is of."""

    def __init__(self, phrases: Sequence[tuple[str, int]], language: str) -> None:
        self.language = language
        self._by_word: dict[str, list[tuple[tuple[PhrasePart, ...], int]]] = defaultdict(list)
        self._by_beginning: dict[str, list[tuple[tuple[PhrasePart, ...], int]]] = defaultdict(list)
        for phrase, owner in phrases:
            parts = parts_of(phrase, language)
            if not parts:
                continue
            for word in parts[0].words:
                self._by_word[word].append((parts, owner))
            for beginning in parts[0].beginnings:
                self._by_beginning[beginning].append((parts, owner))
        self._longest = max(map(len, self._by_beginning), default=0)

    def find(self, words: Sequence[Token]) -> Iterator[tuple[int, int, int]]:
        """Give (owner, first word, word after the last) for each phrase found."""
        for place, token in enumerate(words):
            for parts, owner in self._begin(token):
                end = _match(parts, words, place, 0)
                if end is not None and end > place:
                    yield owner, place, end

    def _begin(self, token: Token) -> Iterator[tuple[tuple[PhrasePart, ...], int]]:
        for form in token.forms:
            yield from self._by_word.get(form, ())
            for length in range(1, min(len(form), self._longest) + 1):
                yield from self._by_beginning.get(form[:length], ())


def _match(parts: tuple[PhrasePart, ...], words: Sequence[Token], place: int, number: int) -> int | None:
    """Return the place after the last word when the parts from `number` on stand at `place`."""
    if number == len(parts):
        return place
    if parts[number].gap:
        for skipped in range(GAP + 1):
            if any(word.ends_sentence for word in words[place : place + skipped]):
                return None
            end = _match(parts, words, place + skipped, number + 1)
            if end is not None:
                return end
        return None
    if place < len(words) and parts[number].fits(words[place]):
        return _match(parts, words, place + 1, number + 1)
    return None
