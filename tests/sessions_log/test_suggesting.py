"""Times for the next meeting: when both have time, first the usual one, never beside another meeting."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from matching.models import SupportRequest
from sessions_log import suggesting
from sessions_log.models import Meeting
from supporters.models import ANY_TIME, Supporter

NOW = datetime(2030, 5, 1, 9, tzinfo=UTC)  # a Wednesday
MONDAY_MORNING, TUESDAY_AFTERNOON, FRIDAY_EVENING = 1 << 0, 1 << 4, 1 << 14


@pytest.fixture
def match(world):
    found = world.match(world.request(show_wishes=True))
    Supporter.objects.filter(pk=found.supporter_id).update(times=MONDAY_MORNING | TUESDAY_AFTERNOON)
    SupportRequest.objects.filter(pk=found.request_id).update(times=TUESDAY_AFTERNOON | FRIDAY_EVENING)
    return type(found).objects.select_related("request", "supporter").get(pk=found.pk)


def meet(match, wall, **how):
    return Meeting.objects.create(
        match=match,
        wall_time=wall.replace(tzinfo=UTC),
        starts_at=wall.replace(tzinfo=UTC),
        time_zone="UTC",
        setting="phone",
        **({"state": "held"} | how),
    )


def test_only_when_both_have_time(match):
    times = suggesting.next_times(match, "person", "UTC", NOW)
    assert times == [datetime(2030, 5, 7, 15), datetime(2030, 5, 14, 15)]


def test_the_usual_day_and_hour_comes_first(match):
    meet(match, datetime(2030, 4, 23, 14, 30))
    assert suggesting.next_times(match, "person", "UTC", NOW)[0] == datetime(2030, 5, 7, 14, 30)
    meet(match, datetime(2030, 4, 26, 9))  # a Friday morning: not a time both said
    assert datetime(2030, 5, 3, 9) not in suggesting.next_times(match, "person", "UTC", NOW)


def test_nothing_beside_another_meeting_of_the_supporter(match, world):
    other = world.match(supporter=match.supporter)
    meet(other, datetime(2030, 5, 7, 14), state="planned")
    assert suggesting.next_times(match, "person", "UTC", NOW) == [datetime(2030, 5, 14, 15)]


def test_a_supporter_learns_nothing_of_times_the_person_did_not_show(match):
    match.request.show_wishes = False
    assert suggesting.times_of_both(match, "supporter") == MONDAY_MORNING | TUESDAY_AFTERNOON
    assert suggesting.times_of_both(match, "person") == TUESDAY_AFTERNOON


def test_where_nobody_said_anything_nothing_is_suggested(world):
    match = world.match()
    Supporter.objects.filter(pk=match.supporter_id).update(times=0)
    SupportRequest.objects.filter(pk=match.request_id).update(times=0)
    match = type(match).objects.select_related("request", "supporter").get(pk=match.pk)
    assert suggesting.times_of_both(match, "person") == ANY_TIME
    assert suggesting.next_times(match, "person", "UTC", NOW) == []


@pytest.mark.parametrize("zone", ["Europe/Madrid", "America/Santiago", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_every_time_is_ahead_and_fits_in_the_zone_of_whoever_looks(match, zone):
    for hours in range(0, 24 * 7, 5):
        now = NOW + timedelta(hours=hours)
        for wall in suggesting.next_times(match, "person", zone, now):
            assert wall.weekday() == 1
            assert wall.hour == 15


def test_a_click_fills_the_form(match, world):
    client = world.client(match.request.person)
    page = client.get(reverse("plan-session", args=[match.pk]))
    ((wall, address), *_rest) = page.context["times"]
    filled = client.get(reverse("plan-session", args=[match.pk]), {"at": address})
    assert f'value="{wall:%Y-%m-%d}"' in filled.content.decode()
    for nonsense in ("x", "2030-02-31T10:00", "2030-02-01T10:00+00:00"):
        assert client.get(reverse("plan-session", args=[match.pk]), {"at": nonsense}).status_code == 200
