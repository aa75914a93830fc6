"""Times to talk: no member, room or candidate in two places at once; moved and called off without loss."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from hiring.models import Application, Booking, Slot
from hiring.workflows import applying, panel, talks
from hiring.workflows.applying import token_of
from peersupport.notifications import outbox
from peersupport.notifications.models import Message
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from tests.hiring.conftest import House
from tests.matching.test_two_at_once import big_world, needs_threads, released_together

__all__ = ["big_world"]


@pytest.fixture
def talking(house):
    house.open((True, False))
    house.rows = [house.candidate(number) for number in (1, 2)]
    house.close()
    house.rows = [house.invited(row) for row in house.rows]
    return house


def by(application):
    return applying.Candidate(application)


def test_a_candidate_chooses_one_time_and_may_change_it(talking):
    one, _two = talking.rows
    first, second = talking.slot(10), talking.slot(12)
    talks.choose(first, one, by=by(one))
    talks.choose(second, one, by=by(one))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.application, second.application) == (None, one)
    assert Message.objects.filter(kind="talk.news", recipient=talking.coordinator).exists()


def test_a_time_that_is_taken_or_over_or_anothers_is_refused(talking):
    one, two = talking.rows
    slot = talking.slot()
    talks.choose(slot, one, by=by(one))
    with pytest.raises(NotPossible):
        talks.choose(slot, two, by=by(two))
    with pytest.raises(NotAllowed):
        talks.choose(slot, two, by=by(one))
    Slot.objects.update(starts_at=timezone.now() - timedelta(hours=1), application=None)
    with pytest.raises(NotPossible):
        talks.choose(slot, two, by=by(two))


@pytest.mark.parametrize("hour", [9, 10, 10.5])
def test_no_member_and_no_room_is_in_two_places_at_once(talking, hour):
    talking.slot(10)
    other = House(talking.world)
    other.members = []
    member = panel.add(other.vacancy, talking.members[1].user, by=other.coordinator)
    panel.state_peer(member, True, by=member.user)
    other.open(())
    other.close()
    wall = datetime(2031, 5, 5, int(hour), 30 if hour != 10 else 0)
    with pytest.raises(NotPossible):
        talks.propose(
            other.vacancy, by=other.coordinator, wall_time=wall, time_zone="Europe/Madrid", minutes=60, place="Room 9"
        )
    with pytest.raises(NotPossible):
        talks.propose(
            talking.vacancy,
            by=talking.coordinator,
            wall_time=wall,
            time_zone="Europe/Madrid",
            minutes=60,
            place=" room 3 ",
        )
    first = Booking.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.create(slot=first.slot, what=first.what, at=first.at)


def test_the_same_clock_in_another_zone_is_another_moment(talking):
    talking.slot(10)
    talks.propose(
        talking.vacancy,
        by=talking.coordinator,
        wall_time=datetime(2031, 5, 5, 10),
        time_zone="America/Santiago",
        minutes=60,
        place="Room 3",
    )
    assert Slot.objects.count() == 2


def test_moving_keeps_who_has_chosen_it_and_a_move_that_can_not_be_changes_nothing(talking):
    one, _two = talking.rows
    slot, other = talking.slot(10), talking.slot(14)
    talks.choose(slot, one, by=by(one))
    Message.objects.all().delete()
    when = {"time_zone": "Europe/Madrid", "minutes": 60, "place": "Room 3"}
    with pytest.raises(NotPossible):
        talks.move(slot, by=talking.coordinator, wall_time=datetime(2031, 5, 5, 14, 30), **when)
    slot.refresh_from_db()
    assert slot.wall_time.hour == 10
    assert Booking.objects.filter(slot=slot).count() == 4 * 12, "two members, the room and the candidate"
    talks.move(slot, by=talking.coordinator, wall_time=datetime(2031, 5, 6, 9), **when)
    slot.refresh_from_db()
    assert (slot.application, slot.wall_time.day) == (one, 6)
    assert Message.objects.filter(kind="application.news", recipient_key=one.pk).exists()
    assert other.occupies.count() == 3 * 12


def test_called_off_frees_everybody_and_tells_them(talking):
    one, _two = talking.rows
    slot = talking.slot()
    talks.choose(slot, one, by=by(one))
    talks.call_off(slot, by=talking.coordinator)
    assert not Booking.objects.exists()
    assert Message.objects.filter(kind="application.news", recipient_key=one.pk).exists()
    talking.slot()


def test_only_who_runs_it_proposes_moves_and_calls_off_on_a_grid_of_five_minutes(talking):
    slot, other = talking.slot(), talking.world.user("coordinator")
    when = {"wall_time": datetime(2031, 5, 5, 16), "time_zone": "Europe/Madrid", "minutes": 60, "place": "Room 3"}
    for act in (
        lambda: talks.propose(talking.vacancy, by=other, **when),
        lambda: talks.move(slot, by=other, **when),
        lambda: talks.call_off(slot, by=other),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NotPossible):
        talks.propose(talking.vacancy, by=talking.coordinator, **(when | {"wall_time": datetime(2031, 5, 5, 16, 3)}))


def test_withdrawing_and_leaving_free_what_was_taken(talking):
    one, _two = talking.rows
    slot = talking.slot()
    talks.choose(slot, one, by=by(one))
    applying.withdraw(Application.objects.get(pk=one.pk), by=by(one))
    assert not Booking.objects.filter(what__contains=str(one.pk)).exists()
    slot.refresh_from_db()
    assert slot.application is None
    member = talking.members[1]
    panel.leave(member, by=member.user)
    assert not Booking.objects.filter(what__contains=str(member.user_id)).exists()


def test_the_day_before_panel_and_candidate_are_told_once(talking):
    one, _two = talking.rows
    slot = talking.slot()
    talks.choose(slot, one, by=by(one))
    for minutes in (0, 10):
        outbox.write_due(slot.starts_at - timedelta(hours=23, minutes=50 - minutes))
    told = Message.objects.filter(kind="talk.day").values_list("recipient", flat=True)
    assert sorted(told) == sorted(member.user_id for member in talking.members)
    assert Message.objects.filter(kind="application.day", recipient_key=one.pk).count() == 1


def test_choosing_in_pages_with_a_neutral_calendar_file(talking):
    one, two = talking.rows
    slot = talking.slot()
    client, page = talking.world.client(), reverse("application", args=[token_of(one)])
    assert str(slot.pk) in client.get(page).content.decode()
    client.post(page, {"slot": str(slot.pk)})
    assert Slot.objects.get().application == one
    file = client.get(reverse("application-calendar", args=[token_of(one)]))
    assert file["Content-Type"].startswith("text/calendar")
    text = file.content.decode()
    assert "Appointment" in text
    assert "Room 3" not in text
    assert "Peer" not in text
    client.post(page, {"another": "1"})
    assert Message.objects.filter(kind="talk.another", recipient=talking.coordinator).exists()
    other = reverse("application", args=[token_of(two)])
    client.post(other, {"slot": str(slot.pk)})
    assert Slot.objects.get().application == one
    staff = talking.world.client(talking.coordinator)
    form = {"day": "2031-05-07", "time": "10:00", "minutes": "45", "place": "Room 4", "time_zone": "Europe/Madrid"}
    assert staff.post(reverse("slots", args=[talking.vacancy.pk]), form | {"time": "10:03"}).context["form"].errors
    staff.post(reverse("slots", args=[talking.vacancy.pk]), form)
    assert Slot.objects.count() == 2


@needs_threads
@pytest.mark.postgres
def test_two_who_choose_one_time_at_once_get_it_once(big_world):
    house = House(big_world)
    house.open((True,))
    rows = [house.candidate(number) for number in range(1, 7)]
    house.close()
    rows = [house.invited(row) for row in rows]
    slot = house.slot()
    said = released_together([lambda row=row: talks.choose(slot, row, by=by(row)) for row in rows])
    assert sum(isinstance(one, Slot) for one in said) == 1
    assert Booking.objects.filter(what__startswith="candidate").count() == 12
