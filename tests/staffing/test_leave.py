"""Leave without a reason: asked, agreed, begun on its day, over; and a stand-in chosen by the person."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from matching.models import Invitation, Match
from matching.workflows import invitations, matches
from peersupport.audit.models import AuditEntry
from peersupport.notifications.models import Message
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from supporters.staffing import leave
from supporters.staffing.models import Leave
from supporters.staffing.tasks import housekeeping

TODAY = timezone.localdate


def days(start, end=None):
    return {
        "starts_on": TODAY() + timedelta(days=start),
        "ends_on": None if end is None else TODAY() + timedelta(days=end),
    }


def told(kind):
    return set(Message.objects.filter(kind=kind).values_list("recipient", flat=True))


def away(world, supporter, start=0, end=14):
    found = leave.ask(supporter, by=supporter.user, **days(start, end))
    if found.state == "asked":
        found = leave.agree(found, by=world.coordinator)
    supporter.refresh_from_db()
    return found


def test_a_leave_from_today_begins_at_once_and_nobody_new_is_sent(world):
    supporter, coordinator = world.supporter(), world.coordinator
    match = world.match(None, supporter)
    found = leave.ask(supporter, by=supporter.user, **days(0))
    supporter.refresh_from_db()
    assert (found.state, supporter.state, supporter.room_since) == ("running", "on_leave", None)
    assert coordinator.pk in told("leave.asked")
    assert match.request.person_id in told("match.leave")


def test_a_leave_ahead_is_agreed_and_the_people_supported_know_at_once(world):
    match = world.match()
    supporter = match.supporter
    found = leave.ask(supporter, by=supporter.user, **days(10, 20))
    assert told("match.leave") == set()
    agreed = leave.agree(found, by=world.coordinator)
    assert (agreed.state, agreed.agreed_by) == ("agreed", world.coordinator)
    assert told("match.leave") == {match.request.person_id}
    assert told("leave.news") == {supporter.user_id}
    with pytest.raises(NotPossible):
        leave.agree(found, by=world.coordinator)


def test_nobody_is_kept_waiting_for_an_answer_and_each_leave_begins_and_ends_on_its_day(world):
    supporter = world.supporter()
    found = leave.ask(supporter, by=supporter.user, **days(2, 4))
    leave.talk(found, by=world.coordinator)
    assert leave.on_their_day(TODAY() + timedelta(days=1)) == 0
    assert leave.on_their_day(TODAY() + timedelta(days=2)) == 1
    supporter.refresh_from_db()
    assert supporter.state == "on_leave"
    assert leave.on_their_day(TODAY() + timedelta(days=4)) == 0
    assert leave.on_their_day(TODAY() + timedelta(days=5)) == 1
    supporter.refresh_from_db()
    assert (supporter.state, Leave.objects.get().state) == ("active", "over")
    assert supporter.room_since is not None


def test_housekeeping_begins_what_is_due_once(world):
    supporter = world.supporter()
    found = leave.ask(supporter, by=supporter.user, **days(3))
    Leave.objects.filter(pk=found.pk).update(starts_on=TODAY())
    housekeeping()
    housekeeping()
    assert AuditEntry.objects.filter(verb="leave.begin", object_id=found.pk).count() == 1


def test_who_is_back_earlier_is_found_again_and_may_call_off_or_move(world):
    supporter = world.supporter()
    away(world, supporter)
    leave.finish(leave.live_of(supporter), by=supporter.user)
    supporter.refresh_from_db()
    assert (supporter.state, Leave.objects.get().ends_on) == ("active", TODAY())
    ahead = leave.ask(supporter, by=supporter.user, **days(5, 9))
    moved = leave.move(ahead, by=supporter.user, **days(6, 30))
    assert (moved.starts_on, moved.ends_on) == (TODAY() + timedelta(days=6), TODAY() + timedelta(days=30))
    leave.call_off(moved, by=supporter.user)
    assert leave.live_of(supporter) is None


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (4, 3)])
def test_days_that_can_not_be_are_refused(world, start, end):
    supporter = world.supporter()
    with pytest.raises(NotPossible):
        leave.ask(supporter, by=supporter.user, **days(start, end))
    assert not Leave.objects.exists()


def test_there_is_one_leave_at_a_time_and_the_database_holds_it_too(world):
    supporter = world.supporter()
    found = leave.ask(supporter, by=supporter.user, **days(3, 5))
    with pytest.raises(NotPossible):
        leave.ask(supporter, by=supporter.user, **days(8, 9))
    with pytest.raises(IntegrityError), transaction.atomic():
        Leave.objects.create(supporter=supporter, starts_on=TODAY())
    with pytest.raises(IntegrityError), transaction.atomic():
        Leave.objects.filter(pk=found.pk).update(ends_on=TODAY())


@pytest.mark.parametrize("verb", list(leave.LIFECYCLE.table))
@pytest.mark.parametrize("state", ["asked", "agreed", "running", "over", "called_off"])
@pytest.mark.parametrize("part", ["supporter", "coordinator", "system", "nobody"])
def test_every_step_from_every_state_by_everyone(world, verb, state, part):
    supporter = world.supporter()
    found = Leave.objects.create(supporter=supporter, starts_on=TODAY(), state=state)
    by = {"supporter": supporter.user, "coordinator": world.coordinator, "system": None, "nobody": world.user()}[part]
    row = leave.LIFECYCLE.table[verb]
    expected = state in row.sources and part in row.roles
    assert leave.LIFECYCLE.available(found, verb, by=by) == expected
    step = leave.LIFECYCLE.transition(verb, found, by=by)
    if expected:
        with step:
            pass
    else:
        with pytest.raises(NotAllowed if part not in row.roles else NotPossible), step:
            pass


def test_a_broken_audit_row_leaves_no_leave_behind(world, monkeypatch):
    supporter = world.supporter()

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(leave, "record", broken)
    with pytest.raises(RuntimeError):
        leave.ask(supporter, by=supporter.user, **days(0))
    supporter.refresh_from_db()
    assert (Leave.objects.count(), supporter.state) == (0, "active")


# Stand-ins


def wished(world):
    """A person who must share a faith, their supporter on leave, and somebody else who shares it."""
    own = world.supporter({"faith:sikh": "show"}, name="Ada")
    match = world.match(world.request({"faith:sikh": "must"}), own)
    other = world.supporter({"faith:sikh": "show"}, name="Boniface", maximum=1)
    world.supporter({}, name="Cyprian")
    return match, other


def test_the_person_chooses_a_stand_in_who_shares_every_must(world):
    match, other = wished(world)
    away(world, match.supporter)
    person = match.request.person
    assert [one.name for one in invitations.who_can_stand_in(match.request, match)] == ["Boniface"]
    asked = invitations.ask_to_stand_in(match, other, by=person)
    assert told("invitation.received") >= {other.user_id}
    there = invitations.accept(asked, by=other.user)
    match.refresh_from_db()
    assert (there.stands_in_for, there.state, match.state) == (match, "meeting", "active")
    other.refresh_from_db()
    assert other.room_since is None, "standing in takes a place"
    match.request.refresh_from_db()
    assert match.request.state == "matched"


def test_who_does_not_share_every_must_can_not_be_asked_to_stand_in(world):
    match, _other = wished(world)
    away(world, match.supporter)
    stranger = world.supporter({}, name="Dee")
    with pytest.raises(NotPossible):
        invitations.ask_to_stand_in(match, stranger, by=match.request.person)
    with pytest.raises(NotPossible):
        invitations.ask_to_stand_in(match, match.supporter, by=match.request.person)


def test_without_a_leave_nobody_stands_in_and_only_the_person_decides(world):
    match, other = wished(world)
    with pytest.raises(NotPossible):
        invitations.ask_to_stand_in(match, other, by=match.request.person)
    away(world, match.supporter)
    for by in (match.supporter.user, world.user(), world.coordinator):
        with pytest.raises(NotAllowed):
            invitations.ask_to_stand_in(match, other, by=by)


def test_a_no_leaves_the_match_as_it_was_and_the_person_can_ask_again(world):
    match, other = wished(world)
    away(world, match.supporter)
    invitations.decline(invitations.ask_to_stand_in(match, other, by=match.request.person), by=other.user)
    match.request.refresh_from_db()
    assert match.request.state == "matched"
    page = world.client(match.request.person).get(reverse("support", args=[match.request.pk])).content.decode()
    assert "Boniface can't this time" in page
    assert reverse("stand-ins", args=[match.request.pk]) in page
    assert not invitations.who_can_stand_in(match.request, match).exists(), "who said no is not asked again"
    third = world.supporter({"faith:sikh": "show"}, name="Dee")
    invitations.expire(invitations.ask_to_stand_in(match, third, by=match.request.person))
    match.request.refresh_from_db()
    assert match.request.state == "matched"


def stand_in(world):
    match, other = wished(world)
    found = away(world, match.supporter)
    there = invitations.accept(invitations.ask_to_stand_in(match, other, by=match.request.person), by=other.user)
    return match, there, found


def test_when_the_supporter_is_back_the_stand_in_ends_kindly_and_their_place_is_free(world):
    match, there, found = stand_in(world)
    leave.finish(found, by=None)
    there.refresh_from_db()
    match.refresh_from_db()
    assert (there.state, match.state) == ("ended", "active")
    assert told("match.stand_in_over") == {match.request.person_id, there.supporter.user_id}
    there.supporter.refresh_from_db()
    assert there.supporter.room_since is not None
    match.request.refresh_from_db()
    assert match.request.state == "matched"


def test_ending_the_stand_in_ends_nothing_else(world):
    match, there, _found = stand_in(world)
    matches.end(there, by=match.request.person)
    match.refresh_from_db()
    match.request.refresh_from_db()
    assert (match.state, match.request.state) == ("active", "matched")
    with pytest.raises(NotPossible):
        matches.change(Match.objects.get(pk=there.pk), by=match.request.person)


@pytest.mark.parametrize("verb", [matches.end, matches.change])
def test_ending_or_changing_the_match_ends_the_stand_in_too(world, verb):
    match, there, _found = stand_in(world)
    verb(match, by=match.request.person)
    there.refresh_from_db()
    assert there.state == "ended"


def test_erasing_the_request_ends_both(world):
    match, there, _found = stand_in(world)
    world.client(match.request.person)
    from matching import own_data

    own_data.erase_requests(match.request.person_key)
    assert not Match.objects.filter(pk__in=[match.pk, there.pk]).exists()
    there.supporter.refresh_from_db()
    assert there.supporter.room_since is not None


def test_a_question_to_stand_in_is_taken_back_when_the_supporter_returns_first(world):
    match, other = wished(world)
    found = away(world, match.supporter)
    asked = invitations.ask_to_stand_in(match, other, by=match.request.person)
    leave.finish(found, by=match.supporter.user)
    assert Invitation.objects.get(pk=asked.pk).state == "withdrawn"
    with pytest.raises(NotPossible):
        invitations.accept(asked, by=other.user)


def test_the_person_takes_the_question_back(world):
    match, other = wished(world)
    away(world, match.supporter)
    asked = invitations.ask_to_stand_in(match, other, by=match.request.person)
    client = world.client(match.request.person)
    client.post(reverse("stand-in-take-back", args=[match.request.pk]))
    assert Invitation.objects.get(pk=asked.pk).state == "withdrawn"
    assert other.user_id in told("invitation.taken_back")


def test_one_stands_in_at_a_time_also_in_the_database(world):
    match, there, _found = stand_in(world)
    third = world.supporter({"faith:sikh": "show"}, name="Eve")
    with pytest.raises(NotPossible):
        invitations.ask_to_stand_in(match, third, by=match.request.person)
    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.create(request=match.request, supporter=third, place=1, stands_in_for=match)
    assert there.place == 1


def test_the_whole_way_in_pages(world):
    match, other = wished(world)
    supporter = world.client(match.supporter.user)
    first, last = TODAY(), TODAY() + timedelta(days=9)
    supporter.post(reverse("ask-leave"), {"starts_on": first.isoformat(), "ends_on": last.isoformat()})
    assert leave.live_of(match.supporter).state == "running"
    person, pk = world.client(match.request.person), match.request.pk
    assert reverse("stand-ins", args=[pk]) in person.get(reverse("support", args=[pk])).content.decode()
    page = person.get(reverse("stand-ins", args=[pk])).content.decode()
    assert "Boniface" in page
    assert "Cyprian" not in page
    assert person.post(reverse("stand-ins", args=[pk]), {}).context["form"].errors
    person.post(reverse("stand-ins", args=[pk]), {"chosen_one": str(other.pk)})
    asked = Invitation.objects.get(stands_in_for=match)
    helper = world.client(other.user)
    assert "stand in" in helper.get(reverse("invitation", args=[asked.pk])).content.decode()
    helper.post(reverse("invitation", args=[asked.pk]))
    overview = person.get(reverse("support", args=[pk])).content.decode()
    for name in ("stand-in-agreement", "stand-in-meeting", "stand-in-end", "agreement", "pause", "end"):
        assert reverse(name, args=[pk]) in overview
    for name in ("stand-in-agreement", "stand-in-meeting", "stand-in-end"):
        assert person.get(reverse(name, args=[pk])).status_code == 200
    person.post(reverse("stand-in-end", args=[pk]))
    assert invitations.stand_in_of(match) is None
    supporter.post(reverse("leave-of-mine"), {"back": "1"})
    match.supporter.refresh_from_db()
    assert match.supporter.state == "active"


def test_a_coordinator_answers_on_the_board_and_a_second_answer_is_told_kindly(world):
    supporter = world.supporter()
    found = leave.ask(supporter, by=supporter.user, **days(4, 8))
    client = world.client(world.coordinator)
    assert str(supporter) in client.get(reverse("work-board")).content.decode()
    client.post(reverse("work-board"), {"talk": str(found.pk)})
    assert Leave.objects.get().talk_wanted
    client.post(reverse("work-board"), {"agree": str(found.pk)})
    assert Leave.objects.get().state == "agreed"
    page = client.post(reverse("work-board"), {"agree": str(found.pk)}, follow=True).content.decode()
    assert "Somebody answered already" in page
