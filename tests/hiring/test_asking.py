"""The check of questions on labelled sets, written by people who had not seen it, and never edited (G16)."""

import json
from pathlib import Path

import pytest

from hiring import asking

FOLDER = Path(__file__).parent.parent / "writing_helper"
#: At least so many of 100 are stopped, and of 100 that are stopped so many rightly. The figures of the day: docs/writing_helper.md.
FLOORS = {
    ("questions", "en"): (95, 90),
    ("questions", "es"): (85, 80),
    ("questions", "fr"): (85, 75),
    ("questions", "ar"): (90, 90),
    ("questions_2", "en"): (93, 89),
    ("questions_3", "en"): (95, 86),
    ("questions_4", "en"): (95, 92),
}


def figures(name, language):
    """Return stopped rightly, of how many, stopped wrongly."""
    rows = [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text().splitlines()]
    rows = [row for row in rows if row["language"] == language]
    stopped = {row["id"]: bool(asking.look(row["text"], language)) for row in rows}
    bad = [row["id"] for row in rows if row["target"]]
    return sum(stopped[pk] for pk in bad), len(bad), sum(stopped.values()) - sum(stopped[pk] for pk in bad)


@pytest.mark.parametrize(("name", "language"), FLOORS)
def test_the_labelled_sets(name, language):
    right, of, wrong = figures(name, language)
    recall, precision = FLOORS[name, language]
    assert right / of * 100 >= recall, (right, of)
    assert right / (right + wrong) * 100 >= precision, (right, wrong)


def test_it_says_where_why_and_what_could_be_asked():
    (first, *_others) = asking.look("Thank you for coming. Have you ever been diagnosed with anything?", "en")
    assert "diagnos" in first.words
    assert first.why
    assert first.instead


def test_the_same_words_about_others_are_no_reason_to_stop():
    assert asking.look("A person you support has stopped taking medication. What do you do?", "en") == []


def test_in_a_language_it_has_no_words_for_it_says_nothing():
    assert asking.look("Have you been diagnosed?", "../en") == []
    assert asking.look("Have you been diagnosed?", "xx") == []


@pytest.mark.parametrize("language", ["en", "es", "fr", "ar"])
def test_every_topic_has_words_a_reason_and_another_question(language):
    topics = json.loads((Path(asking.DEFAULTS) / f"asking_{language}.json").read_text())["topics"]
    assert len(topics) == 12
    assert all(row["why"] and row["instead"] and row["words"] for row in topics.values())
