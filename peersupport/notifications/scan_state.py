"""How far each kind has looked for what is due, so that nothing is told twice, and nothing is left out after an outage.

The marks of all kinds are read once for a scan, and written once a minute: what was found meanwhile is found again, and
its row is there already.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta

from peersupport.notifications.models import Heartbeat

NAME = "due:"
#: How far a kind looks back that has never looked.
FIRST = timedelta(hours=1)
WRITTEN_EVERY = timedelta(minutes=1)

_marks: ContextVar["Marks | None"] = ContextVar("marks", default=None)


class Marks:
    """Up to when each kind has looked, in one scan."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.before = {mark.name: mark.at for mark in Heartbeat.objects.filter(name__startswith=NAME)}
        self.asked: set[str] = set()

    def since(self, key: str) -> datetime:
        """Return up to when a kind has looked, and note that it looks until now.

        A mark that is ahead of the clock was made by a clock that has been put back: it tells nothing.
        """
        self.asked.add(NAME + key)
        mark = self.before.get(NAME + key, self.now - FIRST)
        return mark if mark <= self.now else self.now - FIRST

    def leave(self, key: str) -> None:
        """A kind could not look: next time it looks from where it was."""
        self.asked.discard(NAME + key)

    def write(self) -> None:
        """Keep how far was looked, now and then."""
        old = [
            name
            for name in self.asked
            if abs(self.now - self.before.get(name, datetime.min.replace(tzinfo=self.now.tzinfo))) >= WRITTEN_EVERY
        ]
        Heartbeat.objects.bulk_create(
            [Heartbeat(name=name, at=self.now) for name in sorted(old)],
            update_conflicts=True,
            update_fields=["at"],
            unique_fields=["name"],
        )


@contextmanager
def scan(now: datetime) -> Iterator[Marks]:
    """Look once with every kind; how far was looked is kept when all have."""
    marks = Marks(now)
    token = _marks.set(marks)
    try:
        yield marks
    finally:
        _marks.reset(token)
    marks.write()


def since(key: str, now: datetime) -> datetime:
    """Return up to when a kind has looked. Outside of a scan: an hour ago."""
    marks = _marks.get()
    return marks.since(key) if marks else now - FIRST


def morning(day: date) -> datetime:
    """Return when something of a whole day is told: the same moment however often it is looked for (UTC)."""
    return datetime.combine(day, datetime.min.time(), UTC)
