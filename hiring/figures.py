"""Who applies and who is hired, as counts: from the history and from counts that stay when applications are erased (G7, G32)."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import ExtractYear

from hiring.models import HistoryLine, Vacancy
from peersupport.ui.numbers import suppressed

#: The columns of the table, each by the line of the history it counts.
STEPS = ("open", "applied", "withdrawn", "invite", "offer", "declined", "start")


@dataclass(frozen=True)
class Year:
    """One year: a count for each of STEPS, None where it is hidden."""

    year: int
    cells: list[int | None]


def by_year(threshold: int) -> list[Year]:
    """Return what happened in each year, newest first; counts of fewer than `threshold` people are hidden.

    No sums stand beside them. How many vacancies opened tells of no person, and is never hidden.
    """
    lines = HistoryLine.objects.filter(what__in=STEPS).order_by()
    rows = lines.annotate(year=ExtractYear("at")).values_list("year", "what").annotate(
        number=Count("pk")
    )  # fmt: skip
    found: dict[int, dict[str, int]] = {}
    for year, what, number in rows:
        found.setdefault(year, {})[what] = number
    years = []
    for year, counts in sorted(found.items(), reverse=True):
        shown: dict[str, int | None] = suppressed({step: counts.get(step, 0) for step in STEPS}, threshold)
        shown["open"] = counts.get("open", 0)
        years.append(Year(year, [shown[step] for step in STEPS]))
    return years


def by_language(threshold: int) -> list[tuple[str, int | None, int | None]]:
    """Return for each language how many applied in it and how many of them started, small counts hidden."""
    applied: Counter[str] = Counter()
    started: Counter[str] = Counter()
    for counts in Vacancy.objects.values_list("counted_languages", flat=True):
        for language, (some, of_them) in counts.items():
            applied[language] += some
            started[language] += of_them
    names: dict[str, Any] = dict(settings.LANGUAGES)
    first, second = suppressed(applied, threshold), suppressed({key: started[key] for key in applied}, threshold)
    return [
        (names.get(key, key), first[key], second[key]) for key in sorted(applied, key=lambda one: (-applied[one], one))
    ]
