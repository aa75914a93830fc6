"""Notes: off until both say yes, for both, never behind anyone's back, gone on their day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from matching.workflows import matches
from peersupport.accounts import workflows as accounts
from peersupport.audit.models import AuditEntry
from peersupport.notifications.models import Message
from peersupport.vault import door
from peersupport.vault.models import Gone, SealedText
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from sessions_log.models import Note, NotesChoice, Reflection
from sessions_log.tasks import housekeeping
from sessions_log.workflows import notes
from tests.sessions_log.pair import CANARY, Pair


def test_notes_are_off_until_both_said_yes_and_either_ends_them(world, sign_in):
    pair = Pair(world, sign_in, notes_on=False)
    for someone in (pair.person, pair.supporter):
        with pytest.raises(NotPossible):
            pair.write(someone)
        notes.say_yes(pair.match, by=someone.user)
    note = pair.write()
    notes.stop(pair.match, by=pair.person.user)
    with pytest.raises(NotPossible):
        pair.write()
    assert pair.read(note, pair.person) == CANARY, "what was written stays until it is erased"
    notes.say_yes(pair.match, by=pair.supporter.user)
    assert not notes.choice_of(pair.match).on, "ending takes both yeses back"
    assert world.fresh(pair.match).state == "active", "support does not depend on notes"


def test_whatever_either_writes_both_can_read(pair):
    for author in (pair.person, pair.supporter):
        note = pair.write(author)
        assert pair.read(note, pair.person) == pair.read(note, pair.supporter) == CANARY


@pytest.mark.parametrize("role", ["coordinator", "administrator", "supervisor", "supporter", "panel_member"])
def test_nobody_else_has_a_part_in_them_whatever_their_role(pair, world, sign_in, role):
    stranger = sign_in(world.user(role))
    note = pair.write()
    door.do_without_sheet(stranger.unlocked())
    with pytest.raises(NotAllowed):
        notes.write(pair.match, door.Content({"talked": "x"}), by=stranger.unlocked())
    for action in (notes.say_yes, notes.stop):
        with pytest.raises(NotAllowed):
            action(pair.match, by=stranger.user)
    with pytest.raises(NotAllowed):
        notes.erase(note, by=stranger.user)
    with pytest.raises(door.CannotOpen):
        pair.read(note, stranger)


def test_where_the_person_has_no_account_no_notes_are_kept(world, sign_in):
    match = world.match(world.helped_request())
    supporter = sign_in(match.supporter.user)
    door.do_without_sheet(supporter.unlocked())
    with pytest.raises(NotPossible):
        notes.say_yes(match, by=supporter.user)
    NotesChoice.objects.create(match=match, person_yes_at=timezone.now(), supporter_yes_at=timezone.now())
    with pytest.raises(NotPossible):
        notes.write(match, door.Content({"talked": "x"}), by=supporter.unlocked())
    assert not SealedText.objects.exists()


def test_nothing_is_written_before_the_sheet_is_decided(world, sign_in):
    match = world.match()
    people = [sign_in(match.request.person), sign_in(match.supporter.user)]
    for one in people:
        notes.say_yes(match, by=one.user)
    with pytest.raises(NotPossible, match="recovery sheet"):
        notes.write(match, door.Content({"talked": "x"}), by=people[0].unlocked())


def test_a_coordinator_who_looks_after_the_request_sees_none_of_it(pair, world):
    type(pair.match.request).objects.filter(pk=pair.match.request_id).update(looked_after_by=world.coordinator)
    match = world.fresh(pair.match)
    with pytest.raises(NotAllowed):
        notes.stop(match, by=world.coordinator)
    assert not Note.objects.for_user(world.coordinator).exists()


def test_the_person_erases_any_note_and_a_supporter_what_they_wrote(pair):
    theirs, mine = pair.write(pair.supporter), pair.write(pair.person)
    added = pair.write(pair.person, words="my own words", adds_to=theirs)
    with pytest.raises(NotAllowed):
        notes.erase(mine, by=pair.supporter.user)
    notes.erase(theirs, by=pair.person.user)
    assert set(Note.objects.values_list("pk", flat=True)) == {mine.pk}
    assert set(Gone.objects.values_list("thing", flat=True)) == {theirs.text_id, added.text_id}
    assert AuditEntry.objects.filter(verb="note.erase", actor=pair.person.user.pseudonym).exists()
    own = pair.write(pair.supporter)
    notes.erase(own, by=pair.supporter.user)
    assert not Note.objects.filter(pk=own.pk).exists()


def test_a_change_and_its_audit_row_stand_or_fall_together(pair, monkeypatch):
    monkeypatch.setattr("sessions_log.workflows.notes.record", broken)
    with pytest.raises(RuntimeError):
        pair.write()
    assert not SealedText.objects.exists()
    monkeypatch.undo()
    note = pair.write()
    monkeypatch.setattr("sessions_log.workflows.notes.record", broken)
    with pytest.raises(RuntimeError):
        notes.erase(note, by=pair.person.user)
    assert Note.objects.filter(pk=note.pk).exists()


def broken(*args, **kwargs):
    raise RuntimeError


def test_the_other_is_told_that_there_is_something_and_never_what(pair):
    Message.objects.all().delete()
    pair.write()
    (message,) = Message.objects.all()
    assert (message.kind, message.recipient) == ("note.news", pair.person.user)
    assert CANARY not in str(Message.objects.values())


def test_a_note_goes_on_its_day_and_stands_in_the_ledger(pair, settings, tmp_path, monkeypatch):
    settings.LEDGER_FILE = str(tmp_path / "ledger")
    note, later = pair.write(), pair.write()
    Note.objects.filter(pk=note.pk).update(keep_until=timezone.localdate() - timedelta(days=1))
    housekeeping()
    assert list(Note.objects.all()) == [later]
    assert (tmp_path / "ledger").read_text() == f"{note.text_id}\n"
    assert (later.keep_until - timezone.localdate()).days in {365, 366}


def test_after_the_end_nothing_is_written_and_what_is_there_can_be_read_and_erased(pair):
    note = pair.write()
    pair.end()
    with pytest.raises(NotPossible):
        pair.write()
    assert pair.read(note, pair.person) == pair.read(note, pair.supporter) == CANARY
    notes.erase(Note.objects.get(pk=note.pk), by=pair.person.user)


@pytest.mark.parametrize("who", ["person", "supporter"])
def test_an_account_that_is_deleted_takes_its_notes_along(pair, who):
    texts = [pair.write(one).text_id for one in (pair.person, pair.supporter)]
    user = getattr(pair, who).user
    accounts.delete_account(user, by=user)
    assert not Note.objects.exists()
    assert not SealedText.objects.exists(), "no sealed text is left without its note"
    assert Gone.objects.filter(thing__in=texts).count() == 2, "the ledger will have both"


def test_a_request_that_is_erased_takes_its_notes_along(pair):
    pair.write()
    matches.end(pair.match, by=pair.person.user)
    pair.match.request.delete()
    assert not SealedText.objects.exists()


def test_a_reflection_is_for_its_writer_alone_and_tied_to_nobody(pair, sign_in):
    found = notes.reflect(door.Content({"reflection": CANARY}), by=pair.supporter.unlocked())
    text = SealedText.objects.get(pk=found.text_id)
    assert door.read(text, by=pair.supporter.unlocked(), role="self").parts == {"reflection": CANARY}
    assert text.relationship == pair.supporter.user.pseudonym
    with pytest.raises(door.CannotOpen):
        door.read(text, by=pair.person.unlocked(), role="person")
    with pytest.raises(NotAllowed):
        notes.erase_reflection(found, by=pair.person.user)
    notes.erase_reflection(found, by=pair.supporter.user)
    assert not Reflection.objects.exists()
    assert not SealedText.objects.exists()
