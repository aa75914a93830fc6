"""The clock of the worker: how often it beats, and where it notes what it last started.

Celery's own clock keeps its times in a shelve, which is a file of pickles: whoever can write to it runs code in the
worker. This one keeps one row for each task.
"""

import logging
from datetime import datetime
from typing import Any

from celery.beat import ScheduleEntry, Scheduler
from celery.schedules import schedule
from django.db import DatabaseError, close_old_connections, connection

log = logging.getLogger("peersupport.beat")
PREFIX = "task:"


class Every(schedule):  # type: ignore[misc]
    """Every so many seconds. What last ran in the future, by a clock that has been put right, is due now."""

    def is_due(self, last_run_at: datetime) -> Any:
        return super().is_due(
            min(last_run_at, self.now() - self.run_every) if last_run_at > self.now() else last_run_at
        )


class RowScheduler(Scheduler):  # type: ignore[misc]
    """Celery's scheduler, whose times survive a restart as rows of `reminders.Heartbeat`."""

    def setup_schedule(self) -> None:
        super().setup_schedule()
        try:
            times = _times()
        except DatabaseError as problem:  # the worker starts all the same, with every interval begun anew
            log.warning("when tasks last ran could not be read (%s)", type(problem).__name__)
            return
        begun = {}
        for name, entry in self.schedule.items():
            if name in times:
                entry.last_run_at = times[name]
            else:
                begun[name] = entry.last_run_at
        try:
            _note_beginnings(begun)
        except DatabaseError as problem:
            log.warning("when tasks began to wait could not be noted (%s)", type(problem).__name__)

    def reserve(self, entry: ScheduleEntry) -> ScheduleEntry:
        """Note that a task starts now."""
        started = super().reserve(entry)
        try:
            _note(entry.name, started.last_run_at)
        except DatabaseError as problem:
            log.warning("when a task ran could not be noted (%s)", type(problem).__name__)
        return started


def _close_what_broke() -> None:
    """Let go of a connection that the database ended meanwhile; inside a transaction that would end the transaction."""
    if not connection.in_atomic_block:
        close_old_connections()


def _times() -> dict[str, datetime]:
    from peersupport.notifications.models import Heartbeat

    _close_what_broke()
    rows = Heartbeat.objects.filter(name__startswith=PREFIX)
    return {row.name.removeprefix(PREFIX): row.at for row in rows}


def _note_beginnings(times: dict[str, datetime]) -> None:
    """Note since when each task waits for its first run: a worker restarted often would begin its wait anew each time."""
    from peersupport.notifications.models import Heartbeat

    _close_what_broke()
    rows = [Heartbeat(name=PREFIX + name, at=at) for name, at in times.items()]
    Heartbeat.objects.bulk_create(rows, ignore_conflicts=True)


def _note(name: str, at: datetime) -> None:
    from peersupport.notifications.models import Heartbeat

    _close_what_broke()
    Heartbeat.objects.update_or_create(name=PREFIX + name, defaults={"at": at})
