"""The learned look: readable weights that belong to the lines they were learned from; it points at the right place."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.urls import reverse

from hiring import asking
from hiring.workflows import jobs
from peersupport.writing_helper import features, glossary, learned
from tests.writing_helper import training

NAMES = sorted(training.FINE)
HIDDEN = "We are a small team. How would you greet a newcomer? Are you still on tablets, and which ones?"
SOME = [
    training.Line(words, label)
    for words, label in [
        ("Which tablets do you take?", "medication"),
        ("Were you in hospital?", "hospital"),
        ("Do you take medication?", "medication"),
        ("Have you been in hospital?", "hospital"),
        ("Which bus do you take?", "fine"),
        ("Have you been to a group?", "fine"),
        ("Do you like tea?", "fine"),
        ("Were you at the café?", "fine"),
    ]
]
NOTES = [
    "We met at the café and talked about his sister's wedding.",
    "She was tired today, so we sat in the park for half an hour.",
    "He asked me to come to the housing office next week.",
    "Talked about what the tablets do to her sleep. She will ask the doctor herself.",
    "I learned a lot from how she dealt with the landlord.",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_weights_belong_to_the_lines_they_were_learned_from(name):
    assert learned.weights(name).stamp == training.stamp(name), "run: python -m tests.writing_helper.training"


@pytest.mark.parametrize("name", NAMES)
def test_the_weights_are_small_and_every_topic_has_words_to_show(name):
    path = learned.DEFAULTS / f"learned_{name}_en.json"
    assert path.stat().st_size < 400_000
    known = learned.weights(name)
    shown = glossary.topics() if name == "duties" else asking._lexicon("en").why
    assert set(known.topics) <= set(shown)
    assert {line.label for line in training.lines(name)} == {*known.topics, training.FINE[name]}


@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_learned_that_is_tested(name):
    plain = lambda words: " ".join(re.findall(r"\w+", words.lower()))  # noqa: E731
    tested = {
        plain(json.loads(line)["text"])
        for path in Path(__file__).parent.glob(f"{name}*.jsonl")
        for line in path.read_text().splitlines()
    }
    assert len(tested) > 300
    assert not tested & {plain(line.text) for line in training.lines(name)}


def test_every_sentence_of_why_is_short():
    for topic in glossary.topics().values():
        assert all(len(sentence.split()) <= 20 for sentence in topic["why"].split("."))
        assert 2 <= len(topic["instead"]) <= 3


def test_the_same_lines_give_the_same_weights():
    first, second = training.learn(SOME, "fine"), training.learn(list(SOME), "fine")
    assert first == second
    known = learned.from_rows(first)
    assert known.score(features.features(features.sentences("Do you take tablets?")[0])) > known.score(
        features.features(features.sentences("Do you like the café?")[0])
    )


def test_folds_refuse_our_lines_in_between():
    with pytest.raises(ValueError, match="end of the file"):
        training.unseen([training.Line("a", "fine", True), *SOME], "fine")


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("Are you taking any tablets these days?", "medication"),
        ("Have you ever been an inpatient?", "hospital"),
        ("r u on meds", "medication"),
        ("Has the candidate ever been an inpatient on a psychiatric ward?", "hospital"),
    ],
)
def test_a_question_about_health_is_stopped_with_its_topic(words, topic):
    found = learned.weigh(words, "questions")
    assert found.probability > asking.ALONE
    assert found.topic == topic
    assert asking.look(words, "en")


@pytest.mark.parametrize(
    "words",
    [
        "How would you support a person who hears voices?",
        "When could you start?",
        "What would you say to somebody who wants to stop their medication?",
    ],
)
def test_a_question_about_the_work_passes(words):
    assert asking.look(words, "en") == []


def test_the_worst_sentence_of_several_is_pointed_at():
    found = learned.weigh(HIDDEN, "questions")
    assert "tablets" in HIDDEN[found.start : found.end]
    assert "newcomer" not in HIDDEN[found.start : found.end]
    stop = asking.look(HIDDEN, "en")[0]
    assert HIDDEN[stop.start : stop.end] == stop.words
    assert stop.why
    assert stop.instead


def test_other_languages_are_looked_at_by_the_lists_alone(monkeypatch):
    monkeypatch.setattr(learned, "weigh", lambda *given: pytest.fail("not asked"))
    assert asking.look("¿Toma usted medicación?", "es")
    assert asking.look("Avez-vous été hospitalisé ?", "fr")


def test_no_question_of_our_own_bank_is_stopped():
    bank = json.loads((asking.DEFAULTS / "bank.json").read_text())["questions"]
    assert [one["words"]["en"] for one in bank if asking.look(one["words"]["en"], "en")] == []


@pytest.mark.django_db
def test_our_own_job_description_is_left_alone(world):
    client = world.client(world.coordinator)
    job = jobs.begin(by=world.coordinator)
    page = client.get(reverse("write-job", args=[job.pk, "en"]))
    assert "?duties=1" in page.content.decode()
    text = "\n".join(job.words["en"].values()) + "\n" + "\n".join(one["words"]["en"] for one in job.duties)
    assert [one.words for one in glossary.look(text, "en", duties=True) if one.key.startswith("learned-")] == []


@pytest.mark.django_db
def test_the_helper_beside_a_job_description_looks_at_duties(world):
    client = world.client(world.coordinator)
    job = jobs.begin(by=world.coordinator)
    typed = {"purpose": "Empty the bins and restock the cupboards.", "look": "1"}
    page = client.post(reverse("write-job", args=[job.pk, "en"]), typed)
    assert [one.key for one in page.context["pointers"]] == ["learned-busy_work"]
    words = {"text": typed["purpose"]}
    assert client.post(reverse("look-at-words") + "?duties=1", words).context["pointers"]
    assert client.post(reverse("look-at-words"), words).context["pointers"] == []


def test_reasons_can_be_read():
    found = dict(learned.reasons("Do you take medication?", "questions"))
    assert any("medication" in one or "drug" in one for one in found)


@pytest.mark.django_db
def test_duties_are_pointed_at_in_job_descriptions_only():
    text = "Meet people where they like to be met.\nWrite a summary of each contact for the clinical file.\n"
    found = [one for one in glossary.look(text, "en", duties=True) if one.kind == "duties"]
    assert found
    assert all(text[one.start : one.end] == one.words and one.why and one.instead for one in found)
    assert not any(one.key.startswith("learned-") for one in glossary.look(text, "en"))
    assert not any(one.key.startswith("learned-") for one in glossary.look(text, "es", duties=True))


@pytest.mark.django_db
def test_a_topic_that_the_organization_left_out_is_not_pointed_at():
    text = "Empty the bins and restock the cupboards."
    keys = {one.key for one in glossary.look(text, "en", duties=True) if one.key.startswith("learned-")}
    assert keys
    for key in keys:
        glossary.GlossaryEntry.objects.create(language="en", kind="duties", key=key, phrases=[], active=False)
    assert not keys & {one.key for one in glossary.look(text, "en", duties=True)}


@pytest.mark.django_db
def test_what_one_place_points_at_is_not_pointed_at_twice():
    text = (
        "Hand out medication to patients.\nReport to the psychiatrist what patients told you.\nCarry out bag searches."
    )
    found = glossary.look(text, "en", duties=True)
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.django_db
def test_notes_are_not_taken_for_duties():
    for note in NOTES:
        assert glossary.look(note, "en") == []
        assert not [one for one in glossary.look(note, "en", duties=True) if one.key.startswith("learned-")]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\n ",
        "?!…",
        "😀" * 50,
        "هل تتناول أدوية؟",
        "\u202eyou\u202c take",
        "a" * 70_000,
        "you " * 17_500,
        "\x00",
        "é’s'’",
        "u. " * 20_000,
    ],
)
def test_any_text_can_be_looked_at(name, text):
    found = learned.weigh(text, name)
    assert 0 <= found.probability <= 1
    assert 0 <= found.start <= found.end <= len(text)


def test_a_text_without_words_weighs_nothing():
    assert learned.weigh("😀 …", "questions") == learned.Judgement(0.0, "", 0, 0)
