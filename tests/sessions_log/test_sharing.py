"""Sharing with a supervisor: by the person's signed yes alone, for a while, ended in one click, checked at every read."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from peersupport.accounts import workflows as accounts
from peersupport.accounts.models import RoleGrant, User
from peersupport.audit.lifecycle import NotAllowed, NotPossible
from peersupport.audit.models import AuditEntry
from peersupport.reminders.models import Message
from peersupport.vault import door
from peersupport.vault.models import Grant, KeyPair, SealedText
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
        return sharings.agree(sharing, by=self.person.unlocked())

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
            sharings.agree(sharing, by=somebody.unlocked())
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
    Sharing.objects.create(match=trio.match, supervisor=trio.supervisor.user, until=in_days(9), state="agreed",
                           signature=b"\0" * 64, signer_version=1, supervisor_version=1)  # fmt: skip
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
    page = trio.person.client.post(address("answer-sharing", sharing), {"answer": "yes"})
    assert "new" in page.content.decode()
    assert Sharing.objects.get(pk=sharing.pk).state == "asked"
    number = door.compare_number(trio.person.unlocked().keys.public, door.public_of(trio.supervisor.user.pk))
    assert number in page.content.decode()
    trio.person.client.post(address("answer-sharing", sharing), {"answer": "yes", "compared": "1"})
    assert Sharing.objects.get(pk=sharing.pk).state == "asked"
    trio.person.client.post(address("answer-sharing", sharing), {"answer": "yes", "compared": number})
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
        return [query["sql"][:60] for query in found]

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
