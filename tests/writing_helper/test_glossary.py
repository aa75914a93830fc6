"""The glossary: ours is large enough, the organization's own stands in its place, and nothing of what is written is kept."""

import itertools
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from peersupport.workflow.state_machine import NotAllowed
from peersupport.writing_helper import glossary
from peersupport.writing_helper.models import GlossaryEntry, GlossaryKind
from tests.security.test_ways_out import everything_logged
from tests.sessions_log.pair import address, token_on

LANGUAGES = [code for code, _name in settings.LANGUAGES]
FOLDER = Path(__file__).parent
SAID = "She is a schizophrenic and was non-compliant."


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_glossary_is_large_enough_and_each_entry_says_why(language):
    for kind, least in (("closed", 80 if language == "en" else 40), ("duties", 25)):
        rows = glossary.ours(language, kind)
        assert len(rows) >= least
        assert len({one.key for one in rows}) == len(rows)
        assert all(one.phrases and one.why and one.instead for one in rows)
    for row in glossary.chart():
        for part in ("topic", "why", "fits", "does_not"):
            assert row[part][language]


def test_it_points_explains_and_offers_other_words(db):
    first, second = glossary.look(SAID, "en")[:2]
    assert (first.words, "Nobody is a diagnosis" in first.why, bool(first.instead)) == ("schizophrenic", True, True)
    assert "compliant" in second.words
    assert glossary.look("She told me she hears voices, and I listened.", "en") == []
    assert glossary.look("", "en") == glossary.look(SAID, "xx") == []


def test_pointers_never_overlap_and_stand_where_they_say(db):
    text = SAID * 5
    pointers = glossary.look(text, "en")
    assert all(text[one.start : one.end] == one.words for one in pointers)
    assert all(one.end <= other.start for one, other in itertools.pairwise(pointers))


def test_the_organizations_own_entry_stands_in_the_place_of_ours(world):
    data = {"phrases": ["schizophrenic"], "exceptions": [], "why": "Our own why.", "instead": [], "active": True}
    glossary.save("en", GlossaryKind.CLOSED, "schizophrenic", data, by=world.administrator)
    assert glossary.look(SAID, "en")[0].why == "Our own why."
    glossary.save("en", GlossaryKind.CLOSED, "schizophrenic", data | {"active": False}, by=world.administrator)
    assert "schizophrenic" not in {one.words for one in glossary.look(SAID, "en")}
    glossary.use_ours("en", GlossaryKind.CLOSED, "schizophrenic", by=world.administrator)
    assert glossary.look(SAID, "en")[0].words == "schizophrenic"
    own = data | {"phrases": ["harbour talk"]}
    glossary.save("en", GlossaryKind.CLOSED, "", own, by=world.administrator)
    assert [one.key for one in glossary.look("Some harbour talk.", "en")] == ["harbour-talk"]
    for stranger in (world.coordinator, world.user()):
        with pytest.raises(NotAllowed):
            glossary.save("en", GlossaryKind.CLOSED, "x", own, by=stranger)
        with pytest.raises(NotAllowed):
            glossary.use_ours("en", GlossaryKind.CLOSED, "harbour-talk", by=stranger)


def test_an_administrator_changes_it_on_its_page(world):
    client = world.client(world.administrator)
    page = client.get(reverse("glossary"), {"language": "en", "kind": "closed"}).content.decode()
    assert "schizophrenic" in page or "Next" in page
    place = reverse("glossary-entry", args=["en", "closed", "schizophrenic"])
    assert "Nobody is a diagnosis" in client.get(place).content.decode()
    assert "at least one word" in client.post(place, {"phrases": "…\n---", "why": "x"}).content.decode()
    client.post(
        place, {"phrases": "schizophrenic\nschizo", "why": "Said otherwise.", "instead": "a person", "active": "on"}
    )
    assert GlossaryEntry.objects.get().phrases == ["schizophrenic", "schizo"]
    client.post(reverse("glossary-ours", args=["en", "closed", "schizophrenic"]))
    assert not GlossaryEntry.objects.exists()
    assert client.get(reverse("glossary-entry", args=["en", "closed", "nothing-like-this"])).status_code == 404
    assert client.get(reverse("glossary-add", args=["xx", "closed"])).status_code == 404


def test_looking_keeps_and_logs_nothing(world):
    client, canary = world.client(world.supporter().user), "Yestermorrowing"
    with everything_logged() as lines:
        page = client.post(reverse("look-at-words"), {"text": f"{canary}: {SAID}"}).content.decode()
    assert "schizophrenic" in page
    assert canary not in page + lines.getvalue()
    assert canary not in str(client.session.items())
    assert client.get(reverse("look-at-words")).status_code == 405


def test_beside_a_supporters_note_it_points_without_javascript_and_loses_nothing(pair):
    client, place = pair.supporter.client, address("write-note", pair.match)
    form = client.get(place)
    assert "data-look" in form.content.decode()
    page = client.post(place, {"talked": SAID, "look": "1", "token": token_on(form)}).content.decode()
    assert "Nobody is a diagnosis" in page
    assert SAID in page, "what was typed is still there"
    assert token_on(client.post(place, {"talked": SAID, "look": "1", "token": token_on(form)}))


def test_never_beside_a_persons_own_words_unless_they_switch_it_on(pair):
    client, place = pair.person.client, address("write-note", pair.match)
    assert "data-look" not in client.get(place).content.decode()
    page = client.post(place, {"talked": SAID, "look": "1", "token": token_on(client.get(place))})
    assert "Nobody is a diagnosis" not in page.content.decode()
    type(pair.person.user).objects.filter(pk=pair.person.user.pk).update(wording_helper=True)
    assert "data-look" in client.get(place).content.decode()


def test_the_chart_is_searched_without_an_address_that_tells(world):
    client = world.client(world.supporter().user)
    assert client.get(reverse("fits-my-role")).content.decode().count("<details>") >= 20
    page = client.post(reverse("fits-my-role"), {"topic": "medication"}).content.decode()
    assert "Share your own experience with medication" in page
    assert "No topic has these words" in client.post(reverse("fits-my-role"), {"topic": "zzz"}).content.decode()


# How good it is: the labelled sets, written by somebody who had not seen the checker, and never edited.

#: At least so many found, at most so many false alarms, of 100 each. The figures of the day are in docs/writing_helper.md.
FLOORS = {
    ("closed", "en"): (85, 15),
    ("closed", "es"): (85, 15),
    ("closed", "fr"): (80, 20),
    ("closed", "ar"): (75, 10),
    ("duties", "en"): (50, 10),
    ("duties", "es"): (40, 15),
    ("duties", "fr"): (40, 10),
    ("duties", "ar"): (50, 5),
}


def figures(kind, language):
    """Return found, of how many, false alarms, of how many."""
    rows = [json.loads(line) for line in (FOLDER / f"{kind}.jsonl").read_text().splitlines()]
    rows = [row for row in rows if row["language"] == language]
    hits = {row["id"]: [one for one in glossary.look(row["text"], language) if one.kind == kind] for row in rows}
    bad, good = [row for row in rows if row["target"]], [row for row in rows if not row["target"]]
    found = sum(any(_meets(one, row) for one in hits[row["id"]]) for row in bad)
    return found, len(bad), sum(bool(hits[row["id"]]) for row in good), len(good)


def _meets(pointer, row):
    start = row["text"].index(row["target"])
    return pointer.start < start + len(row["target"]) and start < pointer.end


@pytest.mark.parametrize(("kind", "language"), FLOORS)
def test_the_labelled_sets(db, kind, language):
    found, of, alarms, good = figures(kind, language)
    least, most = FLOORS[kind, language]
    assert found / of * 100 >= least, (found, of)
    assert alarms / good * 100 <= most, (alarms, good)


@pytest.mark.parametrize(
    ("name", "least", "most"), [("duties", 90, 14), ("duties_2", 82, 10), ("duties_3", 77, 6), ("duties_4", 72, 8)]
)
def test_in_a_job_description_duties_are_looked_at_more_closely(db, name, least, most):
    """What was learned points beside the lists of phrases. The figures of the day: docs/writing_helper.md."""
    rows = [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text().splitlines()]
    rows = [row for row in rows if row["language"] == "en"]
    told = {
        row["id"]: any(one.kind == "duties" for one in glossary.look(row["text"], "en", duties=True)) for row in rows
    }
    bad = [row["id"] for row in rows if row["target"]]
    found = sum(told[pk] for pk in bad)
    assert found / len(bad) * 100 >= least, (found, len(bad))
    assert (sum(told.values()) - found) / (len(rows) - len(bad)) * 100 <= most, (
        sum(told.values()) - found,
        len(rows) - len(bad),
    )


def test_the_sets_have_not_been_edited():
    """Their digests: a set that is changed to please the checker proves nothing."""
    import hashlib

    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in FOLDER.glob("*.jsonl")}
    assert digests == DIGESTS


def test_no_suggestion_says_what_the_product_does_not_say():
    unwanted = re.compile(r"\b(patients?|service users?|consumers?|beneficiar\w+)\b", re.I)
    for kind in GlossaryKind.values:
        assert not [words for one in glossary.ours("en", kind) for words in one.instead if unwanted.search(words)]


DIGESTS = {
    "closed.jsonl": "6683cedc26961e00",
    "duties.jsonl": "e417d409ef562141",
    "duties_2.jsonl": "e2eb754fca388348",
    "duties_3.jsonl": "609d6dfe4288de5a",
    "duties_4.jsonl": "0a3f85f7b2095521",
    "questions.jsonl": "fa7a2ce876dba3d8",
    "questions_2.jsonl": "5d3fbc584b66e6ef",
    "questions_3.jsonl": "5bca3e5ce1d843c1",
    "questions_4.jsonl": "6a417ba6197a782b",
}
