"""Learning the weights of `learned.py` from labelled lines: `python -m tests.writing_helper.training [--figures]`.

Two straight lines through the same features are averaged: a support vector machine with squared hinge loss, by dual
coordinate descent (Hsieh et al. 2008, ICML), once with every feature alike and once with each feature weighed by how
differently the two sorts of lines use it (Wang & Manning 2012, ACL: NBSVM). Scores of lines the machine did not see lay
the curve from scores to probabilities (Platt 1999). The topic is by one such line for each topic against all others.
Standard library only; the same lines always give the same weights. About a minute for both sorts on one core.

A line next to another may be its twin with one word changed. Folds are therefore blocks of neighbouring lines.
"""

import argparse
import ast
import hashlib
import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peersupport import writing_helper
from peersupport.writing_helper.features import features, joined, sentences
from peersupport.writing_helper.learned import Weights, from_rows, score

HELPER = Path(writing_helper.__file__).parent
LINES = Path(__file__).parent / "lines"
SEED = 20
FOLDS, BLOCK = 10, 20  # blocks of lines: twins stand next to each other
ROUNDS = 30
COST, COST_BY_USE = 8.0, 1.0
COST_OF_TOPIC, ROUNDS_OF_TOPIC = 0.3, 8
MARGIN = 0.6  # in scores, where 1 is the distance of a clear line from the border
MOST = 14_000  # features that are kept
FINE = {"questions": "fine", "duties": "fits"}
STEPS = 127


@dataclass(frozen=True)
class Line:
    """One line to learn from: its words, and "fine", "fits" or the topic; `ours` for lines written for this project."""

    text: str
    label: str
    ours: bool = False


def lines(name: str) -> list[Line]:
    """Return the labelled lines of "questions" or "duties"."""
    rows = [json.loads(row) for row in (LINES / f"{name}_en.jsonl").read_text().splitlines()]
    return [Line(row["text"], row["label"], row.get("from") == "us") for row in rows]


def stamp(name: str) -> str:
    """Return what changes when the lines, the groups of words or the features change: then the weights are stale."""
    data = hashlib.sha256()
    for path in (LINES / f"{name}_en.jsonl", HELPER / "defaults" / "concepts_en.json"):
        data.update(path.read_bytes())
    for path in (HELPER / "features.py", Path(__file__)):
        data.update(ast.dump(ast.parse(path.read_text())).encode())  # however the code is laid out
    return data.hexdigest()[:16]


def learn(some: Sequence[Line], fine: str) -> dict[str, Any]:
    """Return the weights learned from some lines, as the file keeps them; the curve of probabilities is not laid yet."""
    seen, signs = [], []
    for line in some:
        parts = sentences(line.text)
        if not parts:
            continue
        seen.append(sorted(features(joined(parts))))
        signs.append(1 if line.label != fine else -1)
        if line.label == fine and len(parts) > 1:  # each sentence of a line that is fine is fine
            seen += [sorted(features(one)) for one in parts]
            signs += [-1] * len(parts)
    words = _border(seen, signs)
    kept = sorted(words, key=lambda one: (-abs(words[one]), one))[:MOST]
    unit = max(abs(words[one]) for one in kept) / STEPS
    by_weight: dict[str, list[str]] = {}
    for one in sorted(kept):
        if weight := round(words[one] / unit):
            by_weight.setdefault(str(weight), []).append(one)
    topics, topic_words = _topics([line for line in some if line.label != fine])
    return {
        "words": by_weight,
        "topics": topics,
        "topic_words": topic_words,
        "unit": unit,
        "slope": 4.0,
        "shift": 0.0,
        "margin": MARGIN,
        "threshold": 0.5,
        "stamp": "",
    }


def _border(seen: list[list[str]], signs: list[int]) -> dict[str, float]:
    """Return a weight for each feature that at least two lines have."""
    counts = Counter(one for found in seen for one in found)
    number = {one: place for place, one in enumerate(sorted(one for one, times in counts.items() if times > 1))}
    rows = [([number[one] for one in found if one in number], 1 / math.sqrt(len(found))) for found in seen]
    alike = _descend(rows, signs, [1.0] * len(number), COST)
    by_use = _descend(rows, signs, _uses(rows, signs, len(number)), COST_BY_USE)
    return {one: (alike[place] + by_use[place]) / 2 for one, place in number.items()}


def _uses(rows: list[tuple[list[int], float]], signs: list[int], size: int) -> list[float]:
    """Return for each feature the square of the logarithm of how much more often one sort of lines has it."""
    times = {1: [1.0] * size, -1: [1.0] * size}
    for (found, _value), sign in zip(rows, signs, strict=True):
        for one in found:
            times[sign][one] += 1
    more, less = sum(times[1]), sum(times[-1])
    return [math.log((one / more) / (other / less)) ** 2 for one, other in zip(times[1], times[-1], strict=True)]


def _descend(
    rows: list[tuple[list[int], float]], signs: list[int], squares: list[float], cost: float, rounds: int = ROUNDS
) -> list[float]:
    """Return the weights: dual coordinate descent, algorithm 1 of Hsieh et al. with squared hinge loss.

    `squares` are the squared factors of the features; the weights come back with the factors in them.
    """
    chance = random.Random(SEED)
    weights = [0.0] * len(squares)
    duals = [0.0] * len(rows)
    sizes = [value * value * sum(squares[one] for one in found) + 0.5 / cost for found, value in rows]
    order = list(range(len(rows)))
    for _round in range(rounds):
        chance.shuffle(order)
        for place in order:
            found, value = rows[place]
            slope = signs[place] * value * sum([weights[one] for one in found]) - 1 + duals[place] * 0.5 / cost
            new = max(duals[place] - slope / sizes[place], 0.0)
            step = (new - duals[place]) * signs[place] * value
            if step:
                duals[place] = new
                for one in found:
                    weights[one] += step * squares[one]
    return weights


def _topics(some: Sequence[Line]) -> tuple[list[str], dict[str, list[int]]]:
    """Return the topics, and for each feature its weight for each topic: one border of each topic against all others."""
    topics = sorted({line.label for line in some})
    parts = [sentences(line.text) for line in some]
    seen = [
        sorted(one for one in features(joined(found)) if one[:2] in ("w:", "p:", "c:")) if found else []
        for found in parts
    ]
    counts = Counter(one for found in seen for one in found)
    number = {one: place for place, one in enumerate(sorted(one for one, times in counts.items() if times > 1))}
    rows = [([number[one] for one in found if one in number], 1 / math.sqrt(len(found) or 1)) for found in seen]
    plain = [1.0] * len(number)
    borders = [
        _descend(rows, [1 if line.label == topic else -1 for line in some], plain, COST_OF_TOPIC, ROUNDS_OF_TOPIC)
        for topic in topics
    ]
    return topics, {one: [round(20 * border[place]) for border in borders] for one, place in number.items()}


def unseen(some: Sequence[Line], fine: str, block: int = BLOCK) -> list[tuple[float, str]]:
    """Return for each line the score and the topic by weights learned without its block of neighbours.

    Lines written for this project are learned from in every fold, so that figures over the other lines stay fair.
    """
    others = sum(not line.ours for line in some)
    size = max(min(block, others // FOLDS), 1)
    fold = [-1 if line.ours else place // size % FOLDS for place, line in enumerate(some)]
    if others < len(some) and any(not line.ours for line in some[others:]):
        raise ValueError("our lines stand at the end of the file")
    found: list[tuple[float, str]] = [(0.0, "")] * len(some)
    for number in range(FOLDS):
        known = from_rows(learn([line for line, one in zip(some, fold, strict=True) if one != number], fine))
        for place, one in enumerate(fold):
            if one == number:
                found[place] = _judged(some[place].text, known)
    return found[:others]


def _judged(text: str, known: Weights) -> tuple[float, str]:
    parts = sentences(text)
    if not parts:
        return 0.0, known.topics[0]
    total, _sentence, scored = score(parts, known)
    return total, known.topic(features(scored))


def curve(scores: Iterable[float], wrong: Iterable[bool]) -> tuple[float, float]:
    """Return slope and shift of the logistic curve through scores (Platt 1999), by Newton's method."""
    pairs = list(zip(scores, wrong, strict=True))
    slope, shift = 2.0, 0.0
    for _round in range(30):
        g0 = g1 = h00 = h01 = h11 = 0.0
        for one, is_wrong in pairs:
            guess = 1 / (1 + math.exp(-max(min(slope * one + shift, 30), -30)))
            off, bend = guess - is_wrong, guess * (1 - guess) + 1e-9
            g0, g1 = g0 + off * one, g1 + off
            h00, h01, h11 = h00 + bend * one * one, h01 + bend * one, h11 + bend
        size = h00 * h11 - h01 * h01 or 1e-9
        slope, shift = slope - (h11 * g0 - h01 * g1) / size, shift - (h00 * g1 - h01 * g0) / size
    return slope, shift


def at(probabilities: Sequence[float], wrong: Sequence[bool], threshold: float) -> tuple[float, float]:
    """Return the share of wrong lines found, and the share of found lines that are wrong."""
    hits = sum(one >= threshold for one, is_wrong in zip(probabilities, wrong, strict=True) if is_wrong)
    found = sum(one >= threshold for one in probabilities)
    return hits / max(sum(wrong), 1), hits / max(found, 1)


THRESHOLDS = {"questions": 0.6, "duties": 0.65}  # chosen on labelled sets 1 to 3: docs/writing_helper.md


def train(name: str, figures: bool = False) -> None:
    """Write the weights of one sort; with `figures` print what the folds say."""
    some, fine = lines(name), FINE[name]
    judged = unseen(some, fine)
    wrong = [line.label != fine for line in some[: len(judged)]]
    slope, shift = curve([one for one, _topic in judged], wrong)
    rows = learn(some, fine) | {
        "slope": round(slope, 4),
        "shift": round(shift, 4),
        "threshold": THRESHOLDS[name],
        "stamp": stamp(name),
    }
    (HELPER / "defaults" / f"learned_{name}_en.json").write_text(
        json.dumps(rows, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"
    )
    if figures:
        _print(name, some, judged, wrong, slope, shift)


def _print(
    name: str, some: Sequence[Line], judged: Sequence[tuple[float, str]], wrong: Sequence[bool], *to: float
) -> None:
    slope, shift = to
    chances = [1 / (1 + math.exp(-(slope * one + shift))) for one, _topic in judged]
    print(
        f"{name}: {len(judged)} lines in {FOLDS} folds of blocks, {len(some) - len(judged)} of ours only learned from"
    )
    for threshold in (0.2, 0.3, 0.4, 0.45, 0.5, 0.6, 0.7, 0.72, 0.75, 0.8, 0.9):
        found, right = at(chances, wrong, threshold)
        print(f"  threshold {threshold:.2f}: found {found:.3f}, right {right:.3f}")
    right = sum(topic == line.label for (_one, topic), line, bad in zip(judged, some, wrong, strict=False) if bad)
    print(f"  topic right: {right / sum(wrong):.3f}")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--figures", action="store_true", help="print what the folds say")
    wanted = asked.parse_args().figures
    for sort in FINE:
        train(sort, wanted)
