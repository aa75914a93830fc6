"""When the two could meet next: from when both said they have time, and from when they met last."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from matching.models import Match
from sessions_log.models import Meeting, MeetingState
from supporters.models import ANY_TIME, PARTS

#: The hour a part of the day stands for.
HOURS = (time(10), time(15), time(18))
#: So far ahead, and with so much time around another meeting.
DAYS_AHEAD, APART = 15, timedelta(hours=2)


def times_of_both(match: Match, part: str) -> int:
    """Return when both have time, as bits. A supporter sees the person's times only where the person shows wishes."""
    theirs = match.request.times
    if part == "supporter" and not match.request.show_wishes:
        theirs = 0
    return (match.supporter.times or ANY_TIME) & (theirs or ANY_TIME)


def next_times(match: Match, part: str, zone: str, now: datetime) -> list[datetime]:
    """Return up to three times for the next meeting, as the clock on the wall in `zone` shows them.

    The day and hour of the last meeting comes first. Nothing close to another meeting of either is given, and nothing
    at all where both said nothing about when they have time and never met.
    """
    last = Meeting.objects.filter(match=match).exclude(state=MeetingState.NOT_HELD).order_by("-starts_at").first()
    both = times_of_both(match, part)
    if last is None and both == ANY_TIME:
        return []
    # A supporter learns nothing of the meetings the person has with somebody else, such as a stand-in.
    own = Meeting.objects.filter(match__supporter=match.supporter)
    if part != "supporter":
        own = own | Meeting.objects.filter(match__request=match.request)
    taken = list(
        own.exclude(match__state="ended")
        .filter(
            state=MeetingState.PLANNED,
            starts_at__gte=now - timedelta(days=1),
            starts_at__lte=now + timedelta(days=DAYS_AHEAD + 8),
        )
        .values_list("starts_at", flat=True)
    )
    found: list[datetime] = []
    for wall in _candidates(both, last, zone, now):
        moment = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        free = all(abs(moment - other) >= APART for other in taken)
        if moment > now and free and wall not in found:
            found.append(wall)
        if len(found) == 3:
            break
    return found


def _candidates(both: int, last: Meeting | None, zone: str, now: datetime) -> Iterator[datetime]:
    today = now.astimezone(ZoneInfo(zone)).date()
    if last is not None:
        usual = last.wall_time.replace(tzinfo=None)
        while usual.date() <= today:
            usual += timedelta(days=7)
        if usual.date() <= today + timedelta(days=DAYS_AHEAD) and _fits(both, usual):
            yield usual
    if both == ANY_TIME:
        return  # everything fits, so the list would say nothing
    for ahead in range(1, DAYS_AHEAD + 1):
        for hour in HOURS:
            wall = datetime.combine(today + timedelta(days=ahead), hour)
            if _fits(both, wall):
                yield wall


def _fits(both: int, wall: datetime) -> bool:
    hour = wall.time()
    part = 0 if hour < time(12) else (1 if hour < time(17) else 2)
    return bool(both >> (wall.weekday() * len(PARTS) + part) & 1)
