"""A learned look at an English text: is there a sentence in it that belongs to what is pointed out, and which topic?

The words of `tests/writing_helper/lines` were weighed once, by `tests.writing_helper.training`; here the weights are only added up.
Each weight belongs to a readable feature (`features.py`), so that `reasons` can say what a judgement rests on. Nothing
here keeps or logs what it reads, and nothing leaves the process.
"""

import json
import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from peersupport.writing_helper.features import Stretch, features, joined, sentences

DEFAULTS = Path(__file__).parent / "defaults"
LARGEST = 40_000  # characters that are looked at
TOGETHER = 4  # sentences of a paragraph that are also judged as one
WORDS_TOGETHER = 90
#: Blanks before a mark are taken from their first on, and only once: a long run of them costs its length, not its square.
_CLAUSES = re.compile(
    r"(?:(?<!\s)\s++)?(?:[,:–—()]|(?<=\s)-\s|\b(?:and|but|because|so|then|while|since)\b)\s*", re.IGNORECASE
)


@dataclass(frozen=True)
class Judgement:
    """How likely a stretch of a text (0 to 1) is one to point at, its topic, and where it stands in the text."""

    probability: float
    topic: str
    start: int
    end: int


@dataclass(frozen=True)
class Weights:
    """What was learned of one sort of text: a weight for each feature, and one for each feature and topic."""

    words: dict[str, int]
    topics: tuple[str, ...]
    topic_words: dict[str, list[int]]
    unit: float
    slope: float
    shift: float
    margin: float
    threshold: float
    stamp: str

    def score(self, found: set[str]) -> float:
        """Return the sum of the weights; above 0 rather to point at. Longer texts weigh each feature less."""
        weight = self.words.get
        return self.unit * sum(weight(one, 0) for one in found) / math.sqrt(len(found) or 1)

    def probability(self, score: float) -> float:
        """Return how likely a score is one to point at (Platt 1999: a logistic curve laid through scores of lines unseen)."""
        return 1 / (1 + math.exp(-max(min(self.slope * score + self.shift, 30), -30)))

    def topic(self, found: set[str]) -> str:
        sums = [0] * len(self.topics)
        for one in found & self.topic_words.keys():
            for place, weight in enumerate(self.topic_words[one]):
                sums[place] += weight
        return self.topics[max(range(len(sums)), key=sums.__getitem__)]


@lru_cache
def weights(name: str) -> Weights:
    """Return what was learned of "questions" or "duties"."""
    return from_rows(json.loads((DEFAULTS / f"learned_{name}_en.json").read_text()))


def from_rows(rows: dict[str, Any]) -> Weights:
    """Return weights as the file keeps them: the features of one weight in one line."""
    words = {one: int(weight) for weight, some in rows["words"].items() for one in some}
    return Weights(
        words,
        tuple(rows["topics"]),
        rows["topic_words"],
        rows["unit"],
        rows["slope"],
        rows["shift"],
        rows["margin"],
        rows["threshold"],
        rows["stamp"],
    )


def weigh(text: str, name: str) -> Judgement:
    """Return the judgement that weighs most in a text; probability 0 over nothing where there are no words.

    Looks at the first 40,000 characters. Takes about 0.2 ms a sentence.
    """
    return max(weigh_each(text, name), key=lambda one: one.probability, default=Judgement(0.0, "", 0, 0))


def weigh_each(text: str, name: str) -> list[Judgement]:
    """Return one judgement for each paragraph of a text: its worst sentence, or all of it, in the order of the text."""
    known = weights(name)
    return [_worst(text, some, known) for some in paragraphs(text[:LARGEST])]


def paragraphs(text: str) -> list[list[Stretch]]:
    """Return the sentences of each line of a text that has words."""
    found, place = [], 0
    for line in text.split("\n"):
        if some := sentences(line):
            found.append([_moved(one, place) for one in some])
        place += len(line) + 1
    return found


def _moved(one: Stretch, by: int) -> Stretch:
    places = tuple((start + by, end + by) for start, end in one.places)
    return replace(one, start=one.start + by, end=one.end + by, places=places)


def score(some: list[Stretch], known: Weights) -> tuple[float, Stretch, Stretch]:
    """Return the score of a paragraph, its worst sentence, and the stretch that was scored.

    A sentence alone has lost what stood before it, so it must weigh `margin` more than all of them together.
    """
    alone = [known.score(features(one)) for one in some]
    places = range(len(some))
    best = max(places, key=alone.__getitem__)
    if len(some) == 1:
        return alone[best], some[0], some[0]
    seen = [(alone[best] - known.margin, some[best], some[best])]
    short = len(some) <= TOGETHER and sum(len(one.words) for one in some) <= WORDS_TOGETHER
    for part in [places] if short else [places[first : first + 2] for first in places[:-1]]:
        whole = joined([some[place] for place in part])
        worst = some[max(part, key=alone.__getitem__)]
        seen.append((known.score(features(whole)), worst, whole))
    return max(seen, key=lambda one: one[0])


def _worst(text: str, some: list[Stretch], known: Weights) -> Judgement:
    total, sentence, scored = score(some, known)
    probability = known.probability(total)
    start, end = sentence.start, sentence.end
    if probability >= 0.3:  # where nothing will be pointed at, nobody asks for the place
        start, end = _clause(text, sentence, known)
    return Judgement(probability, known.topic(features(scored)), start, end)


def _clause(text: str, sentence: Stretch, known: Weights) -> tuple[int, int]:
    """Return the place of the clause that weighs most, if it weighs as much as its sentence; else of the sentence."""
    words = text[sentence.start : sentence.end]
    cuts = [0, *(place for found in _CLAUSES.finditer(words) for place in found.span()), len(words)]
    best, where = known.score(features(sentence)), (sentence.start, sentence.end)
    for start, end in zip(cuts[::2], cuts[1::2], strict=True):
        clause = sentences(words[start:end])
        if clause and len(clause[0].words) >= 3 and (own := known.score(features(joined(clause)))) > best:
            best, where = own, (sentence.start + start, sentence.start + end)
    return where


def reasons(text: str, name: str, most: int = 8) -> list[tuple[str, int]]:
    """Return the features of a text that weigh most, either way: what a judgement rests on."""
    known = weights(name)
    found = {feature for some in paragraphs(text) for feature in features(joined(some))}
    return sorted(((one, known.words.get(one, 0)) for one in found), key=lambda one: -abs(one[1]))[:most]
