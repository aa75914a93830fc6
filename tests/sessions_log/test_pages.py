"""The pages of meetings, notes and reflections, walked as the two walk them; nothing typed is ever lost."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from peersupport.vault import door, unlocking
from peersupport.vault.models import Draft, KeyPair
from sessions_log.models import Meeting, Note, Reflection
from sessions_log.workflows import notes
from tests.making import PASSWORD
from tests.matching.test_lists import counts
from tests.sessions_log.pair import CANARY, Pair, address, token_on


def text(answer):
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_from_the_page_of_a_match_to_notes_both_can_read(world, sign_in):
    pair = Pair(world, sign_in, notes_on=False)
    person, supporter = pair.person.client, pair.supporter.client
    mine = reverse("support", args=[pair.match.request_id])
    assert address("notes-of", pair.match) in text(person.get(mine))
    assert address("notes-of", pair.match) in text(supporter.get(reverse("supporting", args=[pair.match.pk])))
    assert "You keep no notes" in text(person.get(address("notes-of", pair.match)))
    person.post(address("notes-yes", pair.match))
    assert "The other one said yes to notes" in text(supporter.get(address("notes-of", pair.match)))
    supporter.post(address("notes-yes", pair.match))
    form = supporter.get(address("write-note", pair.match))
    answer = supporter.post(
        address("write-note", pair.match), {"talked": CANARY, "strength": "The sea", "token": token_on(form)}
    )
    note = Note.objects.get()
    assert answer.headers["Location"] == address("note", note)
    for client in (person, supporter):
        page = text(client.get(address("note", note)))
        assert CANARY in page
        assert "What gave strength" in page
        assert "What each of us wants to do" not in page, "an empty box is not shown"
        assert CANARY in text(client.get(address("notes-of", pair.match)))
    person.post(
        address("add-to-note", note),
        {"added": "I see it otherwise", "token": token_on(person.get(address("add-to-note", note)))},
    )
    assert "I see it otherwise" in text(supporter.get(address("note", note)))
    page = text(supporter.get(address("note", note)))
    assert "Who has read it" in page
    assert "Nobody but its author" not in page
    person.post(address("erase-note", note))
    assert supporter.get(address("note", note)).status_code == 404


def test_finding_words_happens_in_memory_and_leaves_no_trace_in_an_address(pair):
    first, _other = pair.write(words=f"{CANARY} by the sea"), pair.write(words="something else")
    client = pair.person.client
    page = text(client.post(address("notes-of", pair.match), {"find": CANARY.lower()}))
    assert address("note", first) in page
    assert "something else" not in page
    assert "1 note has these words" in page
    assert "0 notes have these words" in text(client.post(address("notes-of", pair.match), {"find": "nowhere"}))


def test_a_closed_vault_asks_for_the_password_and_leads_back(pair):
    note = pair.write()
    client = pair.person.client
    client.post(reverse("notes-lock"))
    asked = client.get(address("note", note))
    assert asked.headers["Location"].startswith(reverse("notes-open"))
    back = client.post(asked.headers["Location"], {"password": PASSWORD})
    assert back.headers["Location"] == address("note", note)
    assert CANARY in text(client.get(address("note", note)))


LONG = f"{CANARY} " * 1400  # some 20 kB


def test_a_vault_that_closed_meanwhile_loses_nothing(pair):
    client = pair.person.client
    place = address("write-note", pair.match)
    token = token_on(client.get(place))
    client.post(reverse("notes-lock"))
    answer = client.post(place, {"talked": LONG, "token": token})
    assert answer.headers["Location"].startswith(reverse("notes-open"))
    assert CANARY not in str(
        Draft.objects.values_list("blob", flat=True).get().tobytes()
        if connection.vendor == "postgresql"
        else bytes(Draft.objects.get().blob)
    )
    client.post(answer.headers["Location"], {"password": PASSWORD})
    form = client.get(place)
    assert LONG.strip() in form.content.decode()
    client.post(place, {"talked": LONG, "token": token_on(form)})
    assert pair.read(Note.objects.get(), pair.supporter) == LONG.strip()
    assert not Draft.objects.exists(), "sent, the draft is gone"


def test_a_session_that_ran_out_meanwhile_loses_nothing(pair):
    client = pair.person.client
    place = address("write-note", pair.match)
    token = token_on(client.get(place))
    client.cookies.pop("session")
    answer = client.post(place, {"talked": LONG, "token": token})
    assert answer.headers["Location"].startswith("/accounts/login/")
    client.post(answer.headers["Location"], {"login": pair.person.user.email, "password": PASSWORD})
    assert LONG.strip() in client.get(place).content.decode()


def test_a_token_that_is_forged_old_or_somebody_elses_keeps_nothing(pair, world):
    client, place = pair.person.client, address("write-note", pair.match)
    theirs = token_on(pair.supporter.client.get(place))
    client.post(reverse("notes-lock"))
    for token in ("", "x", theirs):
        shown = text(client.post(place, {"talked": CANARY, "token": token}))
        assert CANARY in shown, "what could not be kept is shown to whoever typed it"
        gone = world.client().post(place, {"talked": CANARY, "token": "" if token == theirs else token})
        assert CANARY in text(gone), "so it is for whoever was signed out"
    assert not Draft.objects.filter(user=pair.person.user).exists()


def test_a_draft_is_kept_and_comes_back(pair):
    client, place = pair.person.client, address("write-note", pair.match)
    client.post(place, {"talked": CANARY, "keep": "1", "token": token_on(client.get(place))})
    assert CANARY in text(client.get(place))
    assert CANARY not in text(pair.supporter.client.get(place))


def test_two_forms_open_at_once_keep_both(pair):
    client, place = pair.person.client, address("write-note", pair.match)
    one, other = (token_on(client.get(place)) for _ in range(2))
    client.post(place, {"talked": "words of the first", "keep": "1", "token": one})
    client.post(place, {"talked": "words of the second", "keep": "1", "token": other})
    form = client.get(place)
    assert "words of the first" in text(form)
    assert "words of the second" in text(form)
    both = "words of the first\n\nwords of the second"
    third = client.post(place, {"talked": both, "keep": "1", "token": token_on(form)})
    assert third.status_code == 302
    assert text(client.get(place)).count("words of the first") == 1, "what stood in the form is replaced"
    late = token_on(client.get(place))
    client.post(place, {"talked": "sent", "token": late})
    assert not Draft.objects.exists()


def test_sending_one_form_leaves_what_another_kept(pair):
    client, place = pair.person.client, address("write-note", pair.match)
    one, other = (token_on(client.get(place)) for _ in range(2))
    client.post(place, {"talked": "kept for later", "keep": "1", "token": one})
    client.post(place, {"talked": "sent", "token": other})
    assert "kept for later" in text(client.get(place))


def test_signing_in_again_elsewhere_loses_nothing_that_a_form_held(pair, world):
    """The form's own proof (CSRF) is of the older session; what was typed is kept all the same."""
    from django.test import Client

    strict = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    strict.cookies = pair.person.client.cookies
    place = address("write-note", pair.match)
    form = pair.person.client.get(place)
    answer = strict.post(place, {"talked": LONG, "token": token_on(form), "csrfmiddlewaretoken": "x" * 64})
    assert answer.headers["Location"] == place
    assert LONG.strip() in pair.person.client.get(place).content.decode()
    forged = strict.post(place, {"talked": LONG, "token": "forged", "csrfmiddlewaretoken": "x" * 64})
    assert forged.status_code == 403
    theirs = token_on(pair.supporter.client.get(place))
    assert strict.post(place, {"talked": LONG, "token": theirs}).status_code == 403
    assert Draft.objects.count() == 1


def test_words_added_to_a_note_that_was_erased_meanwhile_are_given_back(pair, world):
    note = pair.write()
    client, place = pair.supporter.client, address("add-to-note", note)
    token = token_on(client.get(place))
    notes.erase(note, by=pair.person.user)
    page = client.post(place, {"added": LONG, "token": token})
    assert page.status_code == 404
    assert LONG.strip() in page.content.decode()
    stranger = world.client(world.user()).post(place, {"added": "mine"})
    assert stranger.status_code == 404


def test_two_tabs_one_note_each_and_an_empty_one_is_refused_with_words(pair):
    client, place = pair.person.client, address("write-note", pair.match)
    token = token_on(client.get(place))
    for words in ("one", "two"):
        client.post(place, {"talked": words, "token": token})
    assert Note.objects.count() == 2
    assert "Write something first" in text(client.post(place, {"talked": "  ", "token": token}))


def test_a_changed_key_blocks_writing_and_is_compared_first(pair, sign_in):
    pair.write(pair.person)
    browser = sign_in(pair.supporter.user)
    browser.client.post(reverse("notes-anew"), {"password": PASSWORD})
    client, place = pair.person.client, address("write-note", pair.match)
    page = text(client.post(place, {"talked": CANARY, "token": token_on(client.get(place))}))
    assert "keys are new" in page
    assert CANARY in page, "what was typed is still there"
    compare = text(client.get(address("compare-keys", pair.match)))
    both = re.findall(r"<strong>([\d ]{35})</strong>", compare)
    theirs = re.findall(r"<strong>([\d ]{35})</strong>", text(browser.client.get(address("compare-keys", pair.match))))
    assert len(both) == 2
    assert both == theirs, "the same two numbers in the same order on both screens"
    number = " / ".join(both)
    client.post(address("compare-keys", pair.match), {"number": "00000 00000 00000 00000"})
    assert "are new" in text(client.post(place, {"talked": CANARY, "token": token_on(client.get(place))}))
    client.post(address("compare-keys", pair.match), {"number": number})
    door.do_without_sheet(browser.unlocked())
    assert client.post(place, {"talked": CANARY, "token": token_on(client.get(place))}).status_code == 302


def test_a_tampered_note_is_told_plainly_and_the_others_open(pair):
    broken, fine = pair.write(words="broken"), pair.write(words=CANARY)
    type(broken.text).objects.filter(pk=broken.text_id).update(nonce=b"n" * 24)
    client = pair.person.client
    page = text(client.get(address("notes-of", pair.match)))
    assert "It can't be opened" in page
    assert CANARY in page
    assert "can&#x27;t be opened" in text(client.get(address("note", broken)))
    assert CANARY in text(client.get(address("note", fine)))


def test_no_title_and_no_address_tells_a_word(pair):
    note = pair.write()
    for place in (address("note", note), address("notes-of", pair.match), address("write-note", pair.match)):
        page = text(pair.person.client.get(place))
        title = re.search(r"<title>(.*?)</title>", page, re.S).group(1)
        assert CANARY not in title + place
        assert pair.match.supporter.name not in title


def test_a_note_is_on_no_page_but_its_own_and_the_list(pair):
    pair.write()
    for client in (pair.person.confirm().client, pair.supporter.confirm().client):
        for place in ("/", "/inbox/", "/account/who-looked/", address("sessions", pair.match)):
            assert CANARY not in client.get(place).content.decode()
        copy = client.post("/account/copy/").content.decode()
        assert CANARY not in copy
        assert '"notes"' in copy


@pytest.mark.parametrize("number", [1, 3, 50])
def test_a_list_of_notes_takes_the_same_number_of_queries(pair, number):
    for _ in range(number):
        pair.write()
    client = pair.person.client
    client.get(address("notes-of", pair.match))
    with CaptureQueriesContext(connection) as queries:
        assert CANARY in text(client.get(address("notes-of", pair.match)))
    assert len([one for one in queries if counts(one["sql"])]) == QUERIES_OF_NOTES


QUERIES_OF_NOTES = 15


def plan(client, match, **how):
    day = timezone.localdate() + timedelta(days=2)
    data = {"day": day.isoformat(), "time": "10:30", "minutes": "50", "setting": "phone", "time_zone": "Europe/Madrid"}
    return client.post(address("plan-session", match), data | how)


def test_meetings_are_planned_moved_and_noted_on_their_page(world, sign_in):
    match = world.match()
    person, supporter = world.client(match.request.person), world.client(match.supporter.user)
    assert "No meeting yet" in text(person.get(address("sessions", match)))
    assert plan(person, match).status_code == 302
    session = Meeting.objects.get()
    assert "by phone" in text(supporter.get(address("sessions", match)))
    assert "09:30" in text(supporter.get(address("move-session", session)))
    over = (timezone.localdate() - timedelta(days=1)).isoformat()
    data = {"day": over, "time": "09:00", "minutes": "30", "setting": "home", "time_zone": "Europe/Madrid"}
    supporter.post(address("move-session", session), data)
    page = text(person.get(address("sessions", match)))
    assert "It took place" in page
    person.post(address("session-happened", session), {"took_place": "yes"})
    assert Meeting.objects.get().state == "held"


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": "x"},
        {"day": "0001-01-01"},
        {"time": "25:00"},
        {"minutes": "0"},
        {"minutes": "99999"},
        {"setting": "moon"},
        {"time_zone": "Moon/Sea"},
        {"day": ""},
    ],
)
def test_a_meeting_that_can_not_be_is_refused_with_words(world, wrong):
    match = world.match()
    page = text(plan(world.client(match.supporter.user), match, **wrong))
    assert "There is a problem" in page
    assert not Meeting.objects.exists()


def test_reflections_are_written_and_erased_by_their_writer(pair, world):
    client = pair.supporter.client
    assert "None yet" in text(client.get(reverse("reflections")))
    client.post(reverse("reflect"), {"reflection": CANARY, "token": token_on(client.get(reverse("reflect")))})
    assert CANARY in text(client.get(reverse("reflections")))
    other = world.client(world.supporter().user)
    found = Reflection.objects.get()
    assert other.get(address("erase-reflection", found)).status_code == 404
    assert pair.person.client.get(reverse("reflections")).status_code == 403
    client.post(address("erase-reflection", found))
    assert not Reflection.objects.exists()


def test_idle_closes_the_pages_too(pair, monkeypatch):
    note = pair.write()
    import time

    now = time.time()
    monkeypatch.setattr(unlocking.time, "time", lambda: now + 31 * 60)
    assert pair.person.client.get(address("note", note)).status_code == 302


def test_without_keys_of_the_other_one_it_is_said_plainly(world, sign_in):
    pair = Pair(world, sign_in)
    KeyPair.objects.filter(user=pair.person.user).delete()
    client, place = pair.supporter.client, address("write-note", pair.match)
    page = text(client.post(place, {"talked": CANARY, "token": token_on(client.get(place))}))
    assert "has not signed in with a password yet" in page
    assert CANARY in page
