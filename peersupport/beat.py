"""How often the clock of the worker beats, also after the machine's own clock was put back."""

from datetime import datetime
from typing import Any

from celery.schedules import schedule


class Every(schedule):  # type: ignore[misc]
    """Every so many seconds. What last ran in the future, by a clock that has been put right, is due now."""

    def is_due(self, last_run_at: datetime) -> Any:
        return super().is_due(
            min(last_run_at, self.now() - self.run_every) if last_run_at > self.now() else last_run_at
        )
