"""Meetings: planned, moved, held or not; times as the clock on the wall, wherever it hangs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from matching.workflows import matches
from peersupport.notifications.models import Message
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from sessions_log.models import Meeting
from sessions_log.workflows import meetings

SOON = timezone.now().replace(tzinfo=None, second=0, microsecond=0) + timedelta(days=3)
HOW = {"time_zone": "Europe/Madrid", "minutes": 45, "setting": "community"}


def plan(match, by, wall_time=SOON, **how):
    return meetings.plan(match, by=by, wall_time=wall_time, **(HOW | how))


@pytest.mark.parametrize("who", ["person", "supporter"])
def test_either_plans_and_the_other_is_told(world, who):
    match = world.match()
    person, supporter = match.request.person, match.supporter.user
    by, other = (person, supporter) if who == "person" else (supporter, person)
    Message.objects.all().delete()
    session = plan(match, by)
    assert session.state == "planned"
    assert list(Message.objects.values_list("kind", "recipient")) == [("session.news", other.pk)]


def test_strangers_and_coordinators_plan_nothing(world):
    match = world.match()
    for stranger in (world.coordinator, world.administrator, world.user()):
        with pytest.raises(NotAllowed):
            plan(match, stranger)
        with pytest.raises(NotAllowed):
            meetings.did_not(plan(match, match.request.person), by=stranger)


def test_what_is_over_already_is_noted_as_held_and_tells_nobody(world):
    match = world.match()
    Message.objects.all().delete()
    session = plan(match, match.supporter.user, wall_time=SOON - timedelta(days=9))
    assert session.state == "held"
    assert not Message.objects.exists()


STEPS = {
    "planned": {"move": "planned", "took_place": "held", "did_not": "not_held"},
    "held": {"did_not": "not_held", "correct": "held"},
    "not_held": {"took_place": "held", "correct": "not_held"},
}


@pytest.mark.parametrize("state", STEPS)
@pytest.mark.parametrize("verb", ["move", "took_place", "did_not", "correct"])
@pytest.mark.parametrize("who", ["person", "supporter", "coordinator"])
def test_every_step_from_every_state_by_everyone(world, state, verb, who):
    match = world.match()
    session = plan(match, match.request.person)
    Meeting.objects.filter(pk=session.pk).update(state=state, starts_at=timezone.now() - timedelta(hours=3))
    session = Meeting.objects.get(pk=session.pk)
    by = {"person": match.request.person, "supporter": match.supporter.user, "coordinator": world.coordinator}[who]
    more = {"wall_time": SOON, **HOW} if verb in {"move", "correct"} else {}
    expected = STEPS[state].get(verb) if who != "coordinator" else None
    if expected is None:
        with pytest.raises((NotAllowed, NotPossible)):
            getattr(meetings, verb)(session, by=by, **more)
        assert Meeting.objects.get(pk=session.pk).state == state
    else:
        assert getattr(meetings, verb)(session, by=by, **more).state == expected


def test_what_has_not_begun_has_not_taken_place(world):
    match = world.match()
    session = plan(match, match.request.person)
    with pytest.raises(NotPossible, match="not begun"):
        meetings.took_place(session, by=match.request.person)


@pytest.mark.parametrize(
    ("zone", "wall", "utc"),
    [
        ("Europe/Madrid", datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 1, 30)),  # a time that night leaves out
        ("Europe/Madrid", datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 0, 30)),  # twice: the first one
        ("America/Santiago", datetime(2026, 7, 1, 9, 0), datetime(2026, 7, 1, 13, 0)),
        ("Asia/Kolkata", datetime(2026, 7, 1, 9, 0), datetime(2026, 7, 1, 3, 30)),
    ],
)
def test_the_clock_on_the_wall_and_its_moment(zone, wall, utc):
    assert meetings.utc_of(wall, zone) == utc.replace(tzinfo=UTC)


def test_a_match_that_ended_has_no_new_meetings(world):
    match = world.match()
    matches.end(match, by=match.request.person)
    with pytest.raises(NotPossible):
        plan(match, match.supporter.user)


def test_both_are_told_the_day_before_once_and_not_after_it_was_called_off(world):
    from peersupport.notifications import outbox, registry

    match = world.match()
    session = plan(match, match.supporter.user, wall_time=SOON + timedelta(days=10), time_zone="UTC")
    outbox.write_due(timezone.now())
    at = session.starts_at - timedelta(days=1)
    for now in (at - timedelta(seconds=1), at + timedelta(seconds=1), at + timedelta(minutes=5)):
        outbox.write_due(now)
    told = Message.objects.filter(kind="session.day")
    assert {one.recipient for one in told} == {match.request.person, match.supporter.user}
    assert told.count() == 2
    kind = registry.get("session.day")
    assert all(kind.is_still_relevant(one) for one in told)
    meetings.did_not(session, by=match.request.person)
    assert not any(kind.is_still_relevant(one) for one in told)


def test_who_has_no_account_is_on_the_list_to_ring_the_day_before(world):
    from peersupport.notifications import outbox

    match = world.match(world.helped_request())
    session = plan(match, match.supporter.user, wall_time=SOON + timedelta(days=10), time_zone="UTC")
    outbox.write_due(timezone.now())
    outbox.write_due(session.starts_at - timedelta(hours=23))
    assert (
        Message.objects.filter(kind="session.day", recipient=None, recipient_key=match.request.person_key).count() == 1
    )
