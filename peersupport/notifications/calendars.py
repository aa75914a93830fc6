"""A private calendar feed for each user: when something is, never with whom or what about.

The address holds a token that is shown once and can be replaced or switched off. Apps register what is in it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from peersupport.accounts.models import User
from peersupport.audit.models import ActorRole
from peersupport.audit.recording import record
from peersupport.notifications.models import CalendarFeed
from peersupport.web.tokens import hash_of, new_token

#: What has been stays in the feed for so long, so that a calendar shows last week too.
BACK = timedelta(days=31)
AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Appointment:
    """Something with a time: `wall` is the clock on the wall in `zone`, without a zone of its own."""

    id: UUID
    wall: datetime
    zone: str
    minutes: int


Source = Callable[[User, datetime, datetime], Iterable[Appointment]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Register appointments of a user between two moments."""
    _sources.append(source)


@transaction.atomic
def begin(*, by: User) -> str:
    """Make the address of the user's feed, or a new one; an older one stops working. Returns its token, shown once."""
    token, hashed = new_token()
    feed, _made = CalendarFeed.objects.update_or_create(
        user=by, defaults={"token_hash": hashed, "made_at": timezone.now()}
    )
    record("calendar.begin", feed, by=by, role=ActorRole.YOURSELF, subjects=[by.pseudonym])
    return token


@transaction.atomic
def end(*, by: User) -> None:
    """Switch the feed off: the address stops working at once."""
    for feed in CalendarFeed.objects.filter(user=by):
        record("calendar.end", feed, by=by, role=ActorRole.YOURSELF, subjects=[by.pseudonym])
        feed.delete()


def owner_of(token: str) -> User | None:
    """Return whose feed a token opens, or None."""
    feed = CalendarFeed.objects.select_related("user").filter(token_hash=hash_of(token), user__is_active=True).first()
    return feed.user if feed else None


def feed_of(user: User) -> bytes:
    """Return the feed as iCalendar (RFC 5545), in the user's language; every title is the same neutral word."""
    now = timezone.now()
    with translation.override(user.language or settings.LANGUAGE_CODE):
        return file_of(one for source in _sources for one in source(user, now - BACK, now + AHEAD))


def file_of(appointments: Iterable[Appointment]) -> bytes:
    """Return appointments as iCalendar, in the language in force, every one under the same neutral word."""
    now, title = timezone.now(), gettext("Appointment")
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    for one in appointments:
        calendar.add_component(_event(one, title, now))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(one: Appointment, title: str, now: datetime) -> icalendar.Event:
    starts = one.wall.replace(tzinfo=ZoneInfo(one.zone), fold=0)
    event = icalendar.Event()
    event.add("uid", str(one.id))
    event.add("dtstamp", now)
    event.add("dtstart", starts)
    # The length is kept, whatever the clocks do meanwhile.
    event.add("duration", timedelta(minutes=one.minutes))
    event.add("summary", title)
    event.add("class", "PRIVATE")
    return event
