"""Counts that could tell who declined, or what somebody wished, if they moved at once: fixed month by month."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from matching import board
from peersupport.organization.context import current
from peersupport.reports.figures import last_fixed_month
from peersupport.reports.models import MonthlyCount
from supporters.models import Option


def fix(day: date) -> bool:
    """Fix the newest month that is over, once; tell whether anything was fixed. Safe to run at any time."""
    period = last_fixed_month(day)
    if MonthlyCount.objects.filter(period=period, kind=MonthlyCount.FIXED).exists():
        return False
    below = current().small_numbers_below
    reasons = board.declined_by_reason(*_stretch(period))
    counts = {(MonthlyCount.REASON, key): number for key, number in reasons.items()}
    counts |= {(MonthlyCount.UNMET, str(key)): number for key, number in board.unmet_wishes().items()}
    with transaction.atomic():
        rows = [
            MonthlyCount(period=period, kind=kind, key=key, number=number)
            for (kind, key), number in counts.items()
            if number >= max(below, 1)
        ]
        rows.append(MonthlyCount(period=period, kind=MonthlyCount.FIXED))
        MonthlyCount.objects.bulk_create(rows, ignore_conflicts=True)  # two workers at once fix the same
    return True


def _stretch(period: str) -> tuple[datetime, datetime]:
    """Return the first moment of a month and of the next, by the organization's clock."""
    zone = ZoneInfo(current().time_zone)
    first = datetime(int(period[:4]), int(period[5:]), 1, tzinfo=zone)
    return first, (first + timedelta(days=32)).replace(day=1)


def newest() -> str:
    """Return the newest month that is fixed, or ""."""
    row = MonthlyCount.objects.filter(kind=MonthlyCount.FIXED).order_by("-period").first()
    return row.period if row else ""


def reasons(period: str) -> dict[str, int]:
    """Return how often supporters said no in a month, by their note; what is below the threshold is not there."""
    rows = MonthlyCount.objects.filter(period=period, kind=MonthlyCount.REASON)
    return dict(rows.values_list("key", "number"))


def unmet(period: str) -> list[tuple[Option, int]]:
    """Return the musts nobody with room showed when the month was fixed, most wished first."""
    rows = MonthlyCount.objects.filter(period=period, kind=MonthlyCount.UNMET).values_list("key", "number")
    numbers: dict[Any, int] = {UUID(key): number for key, number in rows}
    options = Option.objects.select_related("dimension").in_bulk(list(numbers))
    found = [(options[pk], number) for pk, number in numbers.items() if pk in options]
    return sorted(found, key=lambda row: (-row[1], str(row[0])))
