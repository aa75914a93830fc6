"""The private calendar: by a token alone, replaced or switched off at once, with times and nothing else."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.urls import reverse

from peersupport.accounts.models import User
from peersupport.notifications import calendars
from peersupport.notifications.models import CalendarFeed
from sessions_log.models import Meeting
from tests.making import World

SECRET = "Umbrellanthropy"


def planned(match, wall, zone="Europe/Madrid", **how):
    moment = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return Meeting.objects.create(
        match=match,
        wall_time=wall.replace(tzinfo=UTC),
        starts_at=moment,
        time_zone=zone,
        setting="home",
        minutes=50,
        **how,
    )


def soon(days=3, hour=10):
    return datetime.now().replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=days)


def fetch(world, token):
    return world.client().get(reverse("calendar-feed", args=[token]))


def events(world, token):
    return [one for one in icalendar.Calendar.from_ical(fetch(world, token).content).walk("VEVENT")]


def test_it_shows_when_and_nothing_else(world: World):
    match = world.match(world.request(call_me=SECRET, words=SECRET), world.supporter(name=SECRET, story=SECRET))
    planned(match, soon())
    planned(match, soon(5), state="not_held")
    for user in (match.request.person, match.supporter.user):
        answer = fetch(world, calendars.begin(by=user))
        text = answer.content.decode()
        assert answer["Content-Type"].startswith("text/calendar")
        assert "no-store" in answer["Cache-Control"]
        for word in (SECRET, "home", "support", "peer", user.email, str(match.pk)):
            assert word.lower() not in text.lower(), word
        (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
        assert event["SUMMARY"] == "Appointment"
        assert set(event) == {"UID", "DTSTAMP", "DTSTART", "DURATION", "SUMMARY", "CLASS"}


def test_nobody_elses_meetings_are_in_it(world):
    planned(world.match(), soon())
    assert events(world, calendars.begin(by=world.user("coordinator"))) == []
    assert events(world, calendars.begin(by=world.user())) == []


@pytest.mark.parametrize(
    ("zone", "wall"),
    [
        ("Europe/Madrid", datetime(2026, 10, 25, 2, 30)),
        ("America/Santiago", datetime(2027, 4, 3, 23, 30)),
        ("Asia/Kolkata", datetime(2027, 1, 1, 9)),
        ("Africa/Cairo", datetime(2027, 4, 30, 0, 30)),
    ],
)
def test_times_are_the_clock_on_the_wall_in_their_zone(world, zone, wall, monkeypatch):
    monkeypatch.setattr(calendars.timezone, "now", lambda: wall.replace(tzinfo=UTC) - timedelta(days=2))
    match = world.match()
    planned(match, wall, zone)
    (event,) = events(world, calendars.begin(by=match.request.person))
    start = event.decoded("DTSTART")
    assert start.replace(tzinfo=None) == wall
    assert start.utcoffset() == wall.replace(tzinfo=ZoneInfo(zone)).utcoffset()
    assert event.decoded("DURATION") == timedelta(minutes=50)


def test_the_title_is_in_ones_language(world):
    match = world.match()
    planned(match, soon())
    titles = set()
    for language in ("en", "es", "fr", "ar"):
        User.objects.filter(pk=match.request.person_id).update(language=language)
        titles.add(str(events(world, calendars.begin(by=User.objects.get(pk=match.request.person_id)))[0]["SUMMARY"]))
    assert len(titles) == 4


def test_a_new_address_ends_the_old_one_and_off_ends_both(world):
    user = world.user()
    client = world.client(user)
    first = calendars.begin(by=user)
    page = client.post(reverse("my-calendar"))
    second = page.content.decode().split("/calendar/")[1].split(".ics")[0]
    assert fetch(world, first).status_code == 404
    assert fetch(world, second).status_code == 200
    assert second not in client.get(reverse("my-calendar")).content.decode(), "shown once"
    assert second not in str(CalendarFeed.objects.values())
    client.post(reverse("my-calendar"), {"off": "1"})
    assert fetch(world, second).status_code == 404


def test_an_account_that_is_shut_has_no_calendar(world):
    user = world.user()
    token = calendars.begin(by=user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert fetch(world, token).status_code == 404
