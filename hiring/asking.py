"""Questions that may not be asked of a candidate (G16): whatever asks about their health history, openly or by a detour.

A question is stopped when it turns to the candidate and asks about diagnosis, treatment, medication, hospital, symptoms,
benefits, relapse, being well enough, sick leave, proof, or the distress itself. A question about the people somebody
would support, about staff, or about what the candidate thinks, may use the same words. Nothing here keeps what it reads.

Words are looked for in every language. In English a learned look (`peersupport.writing_helper.learned`) has the last word: it
stops what the lists do not know, and lets pass what they stop without reason.
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from peersupport.writing_helper import learned
from peersupport.writing_helper.phrases import Phrases, Token, tokens

DEFAULTS = Path(__file__).parent / "defaults"
LEARNED = "en"
# How likely the learned look must find a question to be one that may not be asked: where the lists stop it too, and where
# only it does. Chosen on labelled sets 1 to 3, which nobody learned from; what they give elsewhere: docs/writing_helper.md.
WITH_LISTS, ALONE = 0.35, 0.6


@dataclass(frozen=True)
class Stop:
    """Where a question asks what it may not, why, and what could be asked instead."""

    start: int
    end: int
    words: str
    topic: str
    why: str
    instead: str


@dataclass(frozen=True)
class QuestionLexicon:
    """The words of one language: topics, whom a question turns to, and whom else it may speak of."""

    topics: tuple[tuple[str, Phrases], ...]
    always: tuple[tuple[str, Phrases], ...]
    own: Phrases
    others: Phrases
    opinion: Phrases
    why: dict[str, str]
    instead: dict[str, str]


def look(text: str, language: str) -> list[Stop]:
    """Return what a question asks that it may not, in the order of the text; nothing for a language without words."""
    lexicon = _lexicon(language)
    if lexicon is None:
        return []
    words = tokens(text, language)
    found = [stop for sentence in _sentences(words) for stop in _in_sentence(text, sentence, lexicon)]
    found.sort(key=lambda one: one.start)
    return _with_learned(text, found, lexicon) if language == LEARNED else found


def _with_learned(text: str, found: list[Stop], lexicon: QuestionLexicon) -> list[Stop]:
    """Return what the lists found and what was learned say together; of what only was learned, the clause that weighs most."""
    worst = learned.weigh(text.replace("\n", " "), "questions")  # a question is one thought, on however many lines
    if worst.probability < (WITH_LISTS if found else ALONE):
        return []
    if found:
        return found
    words, topic = text[worst.start : worst.end], worst.topic
    return [Stop(worst.start, worst.end, words, topic, lexicon.why[topic], lexicon.instead[topic])]


def _sentences(words: list[Token]) -> list[list[Token]]:
    """Split at the ends of sentences; a sentence keeps its place in the text."""
    found: list[list[Token]] = [[]]
    for word in words:
        if word.ends_sentence:
            found.append([])
        else:
            found[-1].append(word)
    return [sentence for sentence in found if sentence]


def _in_sentence(text: str, words: list[Token], lexicon: QuestionLexicon) -> list[Stop]:
    found = []
    for topic, phrases in lexicon.always:
        for _owner, first, last in phrases.find(words):
            found.append(_stop(text, words, first, last, topic, lexicon))
    if any(True for _found in lexicon.opinion.find(words)):  # only what they think, or would do for somebody
        return found
    others = [(place, end) for _owner, place, end in lexicon.others.find(words)]
    own = [
        (place, end)
        for _owner, place, end in lexicon.own.find(words)
        if not any(first <= place and end <= last for first, last in others)  # "the people you support" are others
    ]
    if own:
        for topic, phrases in lexicon.topics:
            for _owner, first, last in phrases.find(words):
                if _nearest(first, last, own) <= _nearest(first, last, others):
                    found.append(_stop(text, words, first, last, topic, lexicon))
    return found


def _stop(text: str, words: list[Token], first: int, last: int, topic: str, lexicon: QuestionLexicon) -> Stop:
    start, end = words[first].start, words[last - 1].end
    return Stop(start, end, text[start:end], topic, lexicon.why[topic], lexicon.instead[topic])


def _nearest(first: int, last: int, places: list[tuple[int, int]]) -> int:
    """Return how many words lie between a phrase and the nearest of some places."""
    return min((max(first - end, place - last, 0) for place, end in places), default=999)


def expanded(phrase: str) -> list[str]:
    """Return a phrase once for each choice of several words in it: a place of a phrase is one word."""
    for found in re.finditer(r"\[([^\]]*)\]", phrase):
        choices = found[1].split("|")
        if any(" " in one.strip() for one in choices):
            return [
                one
                for choice in choices
                for one in expanded(phrase[: found.start()] + choice.strip() + phrase[found.end() :])
            ]
    return [phrase]


@lru_cache
def _lexicon(language: str) -> QuestionLexicon | None:
    path = DEFAULTS / f"asking_{language}.json"
    if not re.fullmatch(r"[a-z]{2}", language) or not path.exists():
        return None
    rows = json.loads(path.read_text())

    def phrases(some: list[str]) -> Phrases:
        return Phrases([(one, number) for number, phrase in enumerate(some) for one in expanded(phrase)], language)

    topics = rows["topics"]
    return QuestionLexicon(
        tuple((key, phrases(row["words"])) for key, row in topics.items() if row["words"]),
        tuple((key, phrases(row["always"])) for key, row in topics.items() if row["always"]),
        phrases(rows["own"]),
        phrases(rows["others"]),
        phrases(rows["opinion"]),
        {key: row["why"] for key, row in topics.items()},
        {key: row["instead"] for key, row in topics.items()},
    )
