"""Sharing with a supervisor: by the person's signed yes alone, for a while, ended in one click, checked at every read."""

import secrets
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from peersupport.accounts import workflows as accounts
from peersupport.accounts.models import RoleGrant, User
from peersupport.audit.models import AuditEntry
from peersupport.notifications.models import Message
from peersupport.vault import crypto, door
from peersupport.vault.models import Gone, Grant, KeyPair, SealedText
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from sessions_log.models import Note, Sharing
from sessions_log.tasks import housekeeping
from sessions_log.workflows import notes, sharings
from tests.making import PASSWORD
from tests.sessions_log.pair import CANARY, Pair, address


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


class Trio(Pair):
    """The two, and a supervisor who said that they work for no service."""

    def __init__(self, world, sign_in, **how):
        super().__init__(world, sign_in, **how)
        self.supervisor = sign_in(world.user("supervisor"))
        accounts.state_service(False, by=self.supervisor.user)

    def ask(self, note=None, until=None, **how):
        return sharings.ask(
            self.match, self.supervisor.user, note=note, until=until or in_days(30), by=self.supporter.user
        )

    def agree(self, sharing):
        return sharings.agree(sharing, by=self.person.unlocked(), terms=sharings.terms_of(sharing))

    def shared(self, note=None, **how):
        return self.agree(self.ask(note, **how))

    def supervisor_reads(self, sharing):
        page = self.supervisor.client.get(address("shared", sharing))
        return page.status_code == 200 and CANARY in page.content.decode()

    def opens(self, note, who=None):
        """Tell whether the vault would open it, pages and rules left aside."""
        try:
            text = SealedText.objects.get(pk=note.text_id)
            return CANARY in str(door.read(text, by=(who or self.supervisor).unlocked(), role="x").parts)
        except (door.CannotOpen, door.KeyChanged):
            return False


@pytest.fixture
def trio(world, sign_in):
    return Trio(world, sign_in)


def test_a_supervisor_reads_by_the_persons_yes_and_not_before(trio):
    note = trio.write()
    sharing = trio.ask(note)
    assert not trio.supervisor_reads(sharing)
    assert not trio.opens(note)
    for somebody in (trio.supporter, trio.supervisor):
        with pytest.raises(NotAllowed):
            sharings.agree(sharing, by=somebody.unlocked(), terms=sharings.terms_of(sharing))
    trio.agree(sharing)
    assert trio.supervisor_reads(sharing)
    read = AuditEntry.objects.filter(verb="note.read", actor=trio.supervisor.user.pseudonym)
    assert read.filter(subject=trio.match.request.person_key).exists(), "the person sees who has read it"
    page = trio.person.client.get(address("note", note)).content.decode()
    assert str(trio.supervisor.user) in page


def test_whatever_the_person_says_no_to_stays_shut(trio):
    note = trio.write()
    sharing = sharings.decline(trio.ask(note), by=trio.person.user)
    assert not trio.supervisor_reads(sharing)
    assert not trio.opens(note)
    with pytest.raises(NotPossible):
        trio.agree(sharing)


@pytest.mark.parametrize("who", ["person", "supporter"])
@pytest.mark.parametrize("author", ["person", "supporter"])
@pytest.mark.parametrize("open_keys", [True, False])
def test_either_ends_it_in_one_click_and_the_text_gets_a_new_key(trio, who, author, open_keys):
    note = trio.write(getattr(trio, author))
    sharing = trio.shared(note)
    before = SealedText.objects.get(pk=note.text_id)
    ender = getattr(trio, who)
    if open_keys:
        ender.client.post(address("end-sharing", sharing))
    else:
        sharings.end(sharing, by=ender.user, keys=None)
    assert not trio.supervisor_reads(sharing)
    assert not trio.opens(note)
    assert not Grant.objects.filter(reader=trio.supervisor.user).exists()
    page = getattr(trio, author).client.get(
        address("note", note), follow=True
    )  # the author is here: sealed anew by now
    assert CANARY in page.content.decode()
    after = SealedText.objects.get(pk=note.text_id)
    assert (after.revision, after.seal_anew) == (before.revision + 1, False)
    for one in (trio.person, trio.supporter):
        assert trio.read(note, one) == CANARY


def test_sharing_all_takes_in_new_notes_and_additions_and_nothing_else(trio, world, sign_in):
    first = trio.write()
    sharing = trio.shared()
    second = trio.write(trio.person)
    added = notes.write(trio.match, door.Content({"added": CANARY}), by=trio.person.unlocked(), adds_to=first)
    assert all(trio.opens(note) for note in (first, second, added))
    other = Pair(world, sign_in)
    stranger = other.write()
    assert not trio.opens(stranger)
    sharings.end(sharing, by=trio.person.user, keys=trio.person.unlocked())
    third = trio.write()
    assert not any(trio.opens(note) for note in (first, second, added, third))


def test_one_note_takes_in_what_is_added_to_it_and_no_other(trio):
    one, other = trio.write(), trio.write()
    trio.shared(one)
    added = notes.write(trio.match, door.Content({"added": CANARY}), by=trio.supporter.unlocked(), adds_to=one)
    new = trio.write()
    assert [trio.opens(note) for note in (one, added, other, new)] == [True, True, False, False]


def test_what_two_sharings_cover_stays_open_until_the_last_one_ends(trio):
    note = trio.write()
    one, every = trio.shared(note), trio.shared()
    sharings.end(every, by=trio.person.user, keys=trio.person.unlocked())
    assert trio.supervisor_reads(one)
    sharings.end(one, by=trio.person.user, keys=trio.person.unlocked())
    assert not trio.opens(note)


def test_it_ends_by_itself(trio, monkeypatch):
    note = trio.write()
    sharing = trio.shared(note, until=in_days(1))
    later = in_days(2)
    monkeypatch.setattr(timezone, "localdate", lambda *_: later)
    assert not trio.supervisor_reads(sharing), "checked at the read, before any task has run"
    housekeeping()
    assert Sharing.objects.get().state == "ended"
    assert not trio.opens(note)


def test_when_the_two_are_no_longer_matched_the_supervisor_reads_no_more(trio):
    note = trio.write()
    sharing = trio.shared(note)
    trio.end()
    assert not trio.supervisor_reads(sharing)
    housekeeping()
    assert not trio.opens(note)


@pytest.mark.parametrize("said", ["by the supervisor", "by an administrator", "role taken back"])
def test_nobody_who_works_for_a_service_reads(trio, world, said):
    note = trio.write()
    sharing = trio.shared(note)
    grant = RoleGrant.objects.get(user=trio.supervisor.user)
    if said == "by the supervisor":
        accounts.state_service(True, by=trio.supervisor.user)
    elif said == "by an administrator":
        accounts.note_service(grant, True, by=world.administrator)
    else:
        accounts.take_role_back(trio.supervisor.user, "supervisor", by=world.administrator)
    assert not trio.supervisor_reads(sharing)
    with pytest.raises(NotPossible):
        trio.ask()
    assert not trio.opens(trio.write()), "what is written from now on is not sealed for them"
    housekeeping()
    assert not trio.opens(note)


def test_a_supervisor_who_has_not_said_it_can_not_be_asked_for(trio):
    User.objects.filter(pk=trio.supervisor.user.pk).update(works_for_service=None)
    with pytest.raises(NotPossible):
        trio.ask()
    page = trio.supporter.client.get(address("ask-to-share", trio.match))
    assert str(trio.supervisor.user) not in page.content.decode()


def test_neither_of_the_two_is_their_own_supervisor(trio, world):
    for user in (trio.person.user, trio.supporter.user):
        RoleGrant.objects.create(user=user, role="supervisor")
        accounts.state_service(False, by=user)
        assert user not in sharings.supervisors_for(trio.match)


def test_a_row_written_into_the_table_lets_nobody_in(trio):
    """A database writer makes a supervisor's sharing out of nothing, or changes what was agreed."""
    note = trio.write()
    Sharing.objects.create(
        match=trio.match,
        supervisor=trio.supervisor.user,
        until=in_days(9),
        state="agreed",
        signature=b"\0" * 64,
        signer_version=1,
        supervisor_version=1,
    )
    assert not trio.opens(trio.write()), "nothing new is sealed for whom nobody agreed to"
    assert not trio.supervisor_reads(Sharing.objects.get())
    Sharing.objects.all().delete()
    sharing = trio.shared(note)
    for change in ({"note": None}, {"until": in_days(170)}, {"signer_version": 2}):
        kept = {name: getattr(sharing, name) for name in change}
        Sharing.objects.filter(pk=sharing.pk).update(**change)
        assert not trio.supervisor_reads(sharing), change
        assert not trio.opens(trio.write()), change
        Sharing.objects.filter(pk=sharing.pk).update(**kept)
    assert trio.supervisor_reads(sharing), "as it was agreed, it opens"


def test_a_grant_put_back_after_the_end_is_thrown_out_when_the_author_is_here(trio):
    note = trio.write()
    sharing = trio.shared(note)
    grant = Grant.objects.get(reader=trio.supervisor.user)
    sharings.end(sharing, by=trio.person.user, keys=trio.person.unlocked())  # the supporter, its author, is away
    grant.pk = None
    grant.save(force_insert=True)
    trio.supporter.client.get(address("notes-of", trio.match))
    assert not Grant.objects.filter(reader=trio.supervisor.user).exists()
    assert not trio.opens(note)


def test_other_keys_put_in_the_supervisors_place_get_nothing_new(trio):
    trio.shared()
    mine = KeyPair.objects.get(user=trio.supervisor.user)
    theirs = KeyPair.objects.get(user=trio.person.user)
    KeyPair.objects.filter(pk=mine.pk).update(encryption_public=theirs.encryption_public)
    trio.write()
    assert Grant.objects.filter(reader=trio.supervisor.user).count() == 0


def test_new_keys_of_the_supervisor_are_compared_first(trio):
    note = trio.write()
    sharing = trio.shared(note)
    sharings.end(sharing, by=trio.person.user, keys=trio.person.unlocked())
    door.somebody_may_know(trio.supervisor.unlocked(), PASSWORD, new="another very long password")
    sharing = trio.ask(note)
    page = trio.person.client.post(
        address("answer-sharing", sharing), {"answer": "yes", "terms": sharings.terms_of(sharing)}
    )
    assert "new" in page.content.decode()
    assert Sharing.objects.get(pk=sharing.pk).state == "asked"
    number = door.comparison(trio.person.unlocked().keys.public, door.public_of(trio.supervisor.user.pk))
    assert str(number) in page.content.decode()
    trio.person.client.post(
        address("answer-sharing", sharing), {"answer": "yes", "terms": sharings.terms_of(sharing), "compared": "1"}
    )
    assert Sharing.objects.get(pk=sharing.pk).state == "asked"
    trio.person.client.post(
        address("answer-sharing", sharing),
        {"answer": "yes", "terms": sharings.terms_of(sharing), "compared": str(number)},
    )
    assert Sharing.objects.get(pk=sharing.pk).state == "agreed"


def test_the_same_question_is_asked_once_and_for_half_a_year_at_most(trio):
    note = trio.write()
    trio.ask(note)
    trio.ask()
    for again in (note, None):
        with pytest.raises(NotPossible):
            trio.ask(again)
    for until in (in_days(-1), in_days(181), date(2000, 1, 1)):
        with pytest.raises(NotPossible):
            sharings.ask(trio.match, trio.supervisor.user, note=trio.write(), until=until, by=trio.supporter.user)


def test_the_person_does_not_ask_and_nobody_else_does(trio, world):
    for user in (trio.person.user, trio.supervisor.user, world.coordinator, world.administrator):
        with pytest.raises(NotAllowed):
            sharings.ask(trio.match, trio.supervisor.user, note=None, until=in_days(3), by=user)


def test_a_person_without_an_account_can_not_be_asked(world, sign_in):
    match = world.match(world.helped_request())
    supervisor = sign_in(world.user("supervisor"))
    accounts.state_service(False, by=supervisor.user)
    with pytest.raises(NotPossible):
        sharings.ask(match, supervisor.user, note=None, until=in_days(3), by=match.supporter.user)


def test_what_is_told_of_it_names_nothing(trio):
    trio.shared(trio.write())
    kinds = set(Message.objects.values_list("kind", flat=True))
    assert {"sharing.asked", "sharing.news", "sharing.begun"} <= kinds


def test_a_list_of_shared_notes_costs_the_same_however_many(trio):
    trio.write()
    sharing = trio.shared()
    trio.supervisor.client.get(address("shared", sharing))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost():
        AuditEntry.objects.filter(verb="note.read").delete()
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert trio.supervisor.client.get(address("shared", sharing)).status_code == 200
        return len([one for one in found if "django_session" not in one["sql"]])

    one = cost()
    for _ in range(6):
        trio.write()
    assert cost() == one


def test_erasing_the_note_ends_what_was_shared_of_it(trio):
    note = trio.write()
    sharing = trio.shared(note)
    notes.erase(note, by=trio.person.user)
    assert not Note.objects.exists()
    assert trio.supervisor.client.get(address("shared", sharing)).status_code == 404


# Somebody who writes to the tables, and has nobody's keys


class Writer:
    """Makes a user and keys of their own, and rows that point at them."""

    def __init__(self, world):
        self.user = world.user("supervisor")
        self.keys = crypto.Keys(self.user.pk, 1, secrets.token_bytes(32))
        accounts.state_service(False, by=self.user)
        self.put_keys(self.user, self.keys)

    def put_keys(self, user, keys):
        KeyPair.objects.filter(user=user).update(state="replaced")
        KeyPair.objects.create(
            user=user,
            version=keys.version,
            encryption_public=keys.public.encryption,
            signing_public=keys.public.signing,
        )

    def plants_a_grant(self, text, reader):
        """A row that says that `reader` may read, signed by the writer."""
        wrap, signature = crypto.grant(b"x" * 32, text.header, reader, self.keys)
        Grant.objects.update_or_create(
            text=text,
            reader_id=reader.user,
            defaults={
                "reader_version": reader.version,
                "wrap": wrap,
                "granted_by": self.user,
                "granter_version": 1,
                "signature": signature,
            },
        )
        SealedText.objects.filter(pk=text.pk).update(seal_anew=True)

    def opens(self, text, keys=None, granter=None):
        keys = keys or self.keys
        text = SealedText.objects.get(pk=text.pk)
        grant = Grant.objects.filter(text=text, reader=keys.user).first()
        if grant is None:
            return False
        found = KeyPair.objects.get(user=grant.granted_by_id, version=grant.granter_version).public
        try:
            key = crypto.take(bytes(grant.wrap), bytes(grant.signature), text.header, keys, found)
            author = KeyPair.objects.get(user=text.author_id, version=text.author_version).public
            return CANARY in crypto.open_text(text.sealed, key, text.header, author).decode()
        except crypto.Refused:
            return False


@pytest.fixture
def writer(world):
    return Writer(world)


def test_a_writer_who_names_themselves_a_reader_gets_nothing_when_a_text_is_sealed_anew(trio, writer, world):
    note = trio.write()
    writer.plants_a_grant(note.text, writer.keys.public)
    person = trio.match.request.person
    type(trio.match.request).objects.filter(pk=trio.match.request_id).update(person=writer.user)
    trio.supporter.client.get(reverse("reflections"), follow=True)
    trio.supporter.client.get(address("notes-of", trio.match), follow=True)
    assert not writer.opens(note.text)
    type(trio.match.request).objects.filter(pk=trio.match.request_id).update(person=person)
    trio.supporter.client.get(address("notes-of", trio.match), follow=True)
    assert not writer.opens(note.text)
    assert trio.read(note, trio.person) == CANARY, "whom it was written for reads it, whatever was put into the tables"


def test_an_invented_consent_signed_by_the_writer_lets_nobody_in(trio, writer):
    """The writer makes themselves the person of the request, and agrees with their own keys."""
    trio.write()
    real = trio.match.request.person_id
    type(trio.match.request).objects.filter(pk=trio.match.request_id).update(person=writer.user)
    sharing = Sharing.objects.create(
        match=trio.match,
        supervisor=trio.supervisor.user,
        until=in_days(9),
        state="agreed",
        signer_version=1,
        supervisor_version=1,
    )
    what = sharings._what(sharing, door.public_of(trio.supervisor.user.pk))
    Sharing.objects.filter(pk=sharing.pk).update(signature=crypto.sign_consent(writer.keys, *what))
    match = type(trio.match).objects.get(pk=trio.match.pk)
    assert sharings.guests_of(match, None, by=trio.supporter.unlocked()) == []
    type(trio.match.request).objects.filter(pk=trio.match.request_id).update(person=real)


@pytest.mark.parametrize("when", ["before the yes", "after the yes"])
def test_a_yes_to_one_note_is_not_widened_by_calling_another_an_addition(trio, writer, when):
    one, other = trio.write(trio.person), trio.write(trio.person)
    sharing = trio.ask(one)
    if when == "before the yes":
        Note.objects.filter(pk=other.pk).update(adds_to=one)
    trio.agree(sharing)
    if when == "after the yes":
        Note.objects.filter(pk=other.pk).update(adds_to=one)
        writer.plants_a_grant(other.text, door.public_of(trio.supervisor.user.pk))
        trio.person.client.get(address("notes-of", trio.match), follow=True)
    assert trio.opens(one)
    assert not trio.opens(other)


def test_what_was_truly_added_is_part_of_the_yes(trio):
    note = trio.write()
    added = notes.write(trio.match, door.Content({"added": CANARY}), by=trio.person.unlocked(), adds_to=note)
    trio.shared(note)
    assert trio.opens(added)


def test_sealed_anew_a_text_goes_to_the_very_keys_that_were_agreed_to(trio, writer):
    note = trio.write()
    trio.shared(note)
    invented = crypto.Keys(trio.supervisor.user.pk, 2, secrets.token_bytes(32))
    writer.put_keys(trio.supervisor.user, invented)
    SealedText.objects.filter(pk=note.text_id).update(seal_anew=True)
    trio.supporter.client.get(address("notes-of", trio.match), follow=True)
    assert not writer.opens(note.text, keys=invented)
    assert SealedText.objects.get(pk=note.text_id).revision == 2


def test_an_ended_sharing_put_back_lets_nobody_in_once_its_end_was_seen(trio):
    trio.write()
    sharing = trio.shared()
    trio.person.client.post(address("end-sharing", sharing))
    trio.supporter.client.get(address("notes-of", trio.match), follow=True)
    Sharing.objects.filter(pk=sharing.pk).update(state="agreed")
    for author in (trio.person, trio.supporter):
        assert not trio.opens(trio.write(author))


@pytest.mark.parametrize("change", ["every note", "another text", "a later day"])
def test_the_yes_is_to_what_was_shown(trio, change):
    one, other = trio.write(), trio.write()
    sharing = trio.ask(one)
    shown = sharings.terms_of(sharing)
    if change == "every note":
        Sharing.objects.filter(pk=sharing.pk).update(note=None)
    elif change == "a later day":
        Sharing.objects.filter(pk=sharing.pk).update(until=in_days(170))
    else:
        Note.objects.filter(pk=other.pk).delete()
        other = trio.write()
        mine, theirs = one.text_id, other.text_id
        Note.objects.filter(pk=other.pk).update(
            text=SealedText.objects.create(
                kind="note",
                relationship=trio.match.pk,
                author=trio.supporter.user,
                author_version=1,
                nonce=b"",
                ciphertext=b"",
                signature=b"",
            )
        )
        Note.objects.filter(pk=one.pk).update(text=theirs)
        one, other = Note(text_id=mine), Note(text_id=theirs)
    trio.person.client.post(address("answer-sharing", sharing), {"answer": "yes", "terms": shown})
    assert not trio.opens(one)
    assert not trio.opens(other)
    assert Sharing.objects.get().state == "asked"


def test_after_a_restore_what_had_ended_ends_again(trio):
    note = trio.write()
    sharing = trio.shared(note)
    kept = {"state": "agreed", "ended_at": None}
    grant = Grant.objects.get(reader=trio.supervisor.user)
    sharings.end(sharing, by=trio.person.user, keys=None)
    assert Gone.objects.filter(thing=sharing.pk).exists()
    Sharing.objects.filter(pk=sharing.pk).update(**kept)
    grant.pk = None
    grant.save(force_insert=True)
    sharings.end_again(Sharing.objects.get(pk=sharing.pk))
    assert Sharing.objects.get().state == "ended"
    assert not trio.opens(note)


def test_who_has_read_it_is_still_told_when_their_account_is_gone(trio, world):
    note = trio.write()
    sharing = trio.shared(note)
    assert trio.supervisor_reads(sharing)
    accounts.delete_account(trio.supervisor.user, by=trio.supervisor.user)
    page = trio.person.client.get(address("note", note)).content.decode()
    assert "A supervisor" in page


@pytest.mark.parametrize("who", ["person", "supporter"])
def test_a_sharing_put_back_into_the_table_is_refused_at_once(
    trio, who, settings, tmp_path, django_capture_on_commit_callbacks
):
    """Also by the one who did not end it and has not opened their notes since: the ledger outside the database says so."""
    settings.LEDGER_FILE = str(tmp_path / "ledger")
    trio.write()
    sharing = trio.shared()
    rows = Sharing.objects.filter(pk=sharing.pk)
    before = rows.values().get()
    with django_capture_on_commit_callbacks(execute=True):
        sharings.end(sharing, by=getattr(trio, who).user, keys=None)
    rows.update(**{name: value for name, value in before.items() if name != "id"})
    assert rows.get().state == "agreed"
    for author in (trio.supporter, trio.person):
        note = notes.write(trio.match, door.Content({"talked": CANARY}), by=author.unlocked())
        assert not trio.opens(note)
        assert not Grant.objects.filter(text=note.text_id, reader=trio.supervisor.user).exists()
    assert trio.supervisor.client.get(address("shared", sharing)).status_code == 404
