"""Who applies and who is hired, as counts: from the history and from counts that stay when applications are erased (G7, G32)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models.functions import ExtractYear

from hiring.models import HistoryLine, Vacancy
from peersupport.web.numbers import suppressed

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
    # One person counts once, however often an offer was changed.
    people = lines.annotate(year=ExtractYear("at")).values_list("year", "what", "vacancy", "number").distinct()
    found: dict[int, Counter[str]] = {}
    for year, what, _vacancy, _number in people.iterator():
        found.setdefault(year, Counter())[what] += 1
    years = []
    for year, counts in sorted(found.items(), reverse=True):
        shown: dict[str, int | None] = suppressed({step: counts.get(step, 0) for step in STEPS}, threshold)
        shown["open"] = counts.get("open", 0)
        years.append(Year(year, [shown[step] for step in STEPS]))
    return years


def _beside_sums(counts: Mapping[str, int], threshold: int) -> dict[str, int | None]:
    """Hide small counts, and the next smallest ones until what is hidden can't be worked out from the sums of the years."""
    shown = suppressed(counts, threshold)
    for key in sorted(counts, key=lambda one: (counts[one], one)):
        hidden = [one for one, count in shown.items() if count is None]
        if not hidden or (len(hidden) > 1 and sum(counts[one] for one in hidden) >= threshold):
            break
        if shown[key] is not None and counts[key]:
            shown[key] = None
    return shown


def by_language(threshold: int) -> list[tuple[str, int | None, int | None]]:
    """Return for each language how many applied in it and how many of them started, small counts hidden."""
    applied: Counter[str] = Counter()
    started: Counter[str] = Counter()
    for counts in Vacancy.objects.values_list("counted_languages", flat=True):
        for language, (some, of_them) in counts.items():
            applied[language] += some
            started[language] += of_them
    names: dict[str, Any] = dict(settings.LANGUAGES)
    first, second = _beside_sums(applied, threshold), _beside_sums({key: started[key] for key in applied}, threshold)
    return [
        (names.get(key, key), first[key], second[key]) for key in sorted(applied, key=lambda one: (-applied[one], one))
    ]
