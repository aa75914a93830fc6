"""Numbers for funders: meetings that took place, their hours and people, fixed by month and year, small ones hidden."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, QuerySet, Sum

from peersupport.organization.context import current
from peersupport.reports import hiding
from peersupport.reports.hiding import ALL, COLUMNS, IN_PERSON, NONE, SUM_IN_PERSON, Cell
from peersupport.reports.models import Figure
from sessions_log.models import Meeting, MeetingState

#: A month is fixed on this day of the next one, so that what is noted some days later counts.
FIXED_ON = 8


def months_of(year: int) -> list[str]:
    """Return the twelve months of a year, as they are named in the table."""
    return [f"{year}-{month:02d}" for month in range(1, 13)]


def last_fixed_month(day: date) -> str:
    """Return the newest month that is fixed on this day."""
    last = day.replace(day=1) - timedelta(days=1)
    if day.day < FIXED_ON:
        last = last.replace(day=1) - timedelta(days=1)
    return f"{last:%Y-%m}"


def _held() -> QuerySet[Meeting]:
    return Meeting.objects.filter(state=MeetingState.HELD).order_by()


def _counted(held: QuerySet[Meeting]) -> dict[str, Cell]:
    """Return the cells of a period. People are counted once in each column, so they are asked for, not added up."""
    counts: dict[str, Any] = {
        "sessions": Count("pk"),
        "minutes": Sum("minutes", default=0),
        "people": Count("match__request__person_key", distinct=True),
    }
    by_setting = held.values("setting").annotate(**counts).values_list("setting", *counts)
    cells = {setting: Cell(*values) for setting, *values in by_setting}
    cells[SUM_IN_PERSON] = Cell(**held.filter(setting__in=IN_PERSON).aggregate(**counts))
    cells[ALL] = Cell(**held.aggregate(**counts))
    return cells


def _of_period(period: str) -> QuerySet[Meeting]:
    """Return the meetings of a month or a year, by the clock on the wall where they took place."""
    year, month = int(period[:4]), int(period[5:] or 0)
    found = _held().filter(wall_time__gte=_first(year, month or 1))
    return found.filter(wall_time__lt=_first(year + 1, 1) if month in {0, 12} else _first(year, month + 1))


def _first(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=UTC)


def fix(day: date) -> int:
    """Fix every month and year that is over and not fixed yet; return how many. Safe to run at any time."""
    last, done = last_fixed_month(day), 0
    for period in _waiting(last):
        _fix_period(period)
        done += 1
    return done


def _waiting(last: str) -> Iterator[str]:
    first = _held().aggregate(first=Min("wall_time"))["first"]
    if first is None:
        return
    fixed = set(Figure.objects.filter(column=ALL).values_list("period", flat=True))
    for year in range(first.year, int(last[:4]) + 1):
        months = [month for month in months_of(year) if month <= last]
        yield from (month for month in months if month >= f"{first:%Y-%m}" and month not in fixed)
        if f"{year}-12" <= last and str(year) not in fixed:
            yield str(year)


@transaction.atomic
def _fix_period(period: str) -> None:
    cells, below = _counted(_of_period(period)), current().small_numbers_below
    if len(period) == 7:
        hidden = hiding.hidden_in_month(cells, below)
    else:
        months = [_fixed(month) for month in months_of(int(period))]
        cells = _summed([row for row, _hidden in months], cells)
        hidden = hiding.hidden_in_year(months, cells, below)
    Figure.objects.bulk_create(
        [
            Figure(
                period=period,
                column=column,
                hidden=column in hidden,
                sessions=cell.sessions,
                minutes=cell.minutes,
                people=cell.people,
            )
            for column, cell in cells.items()
            if cell.sessions or column == ALL
        ],
        ignore_conflicts=True,  # two workers at once fix the same
    )


def _summed(months: list[Mapping[str, Cell]], now: Mapping[str, Cell]) -> dict[str, Cell]:
    """Return the cells of a year: meetings and minutes as its months were fixed, so that what was erased or noted since
    can't be told from the difference. People can't be added up: they are counted now, and are at least a month's."""
    cells = {}
    for column in COLUMNS:
        there = [month[column] for month in months if column in month]
        if there:
            people = max([now.get(column, NONE).people, *(cell.people for cell in there)])
            cells[column] = Cell(sum(cell.sessions for cell in there), sum(cell.minutes for cell in there), people)
    return cells | ({} if ALL in cells else {ALL: NONE})


def _fixed(period: str) -> tuple[Mapping[str, Cell], set[str]]:
    rows = Figure.objects.filter(period=period)
    cells = {row.column: Cell(row.sessions, row.minutes, row.people) for row in rows}
    return cells, {row.column for row in rows if row.hidden}


@dataclass(frozen=True)
class FigureLine:
    """A month or the year in the table: what is shown in each column, None where it is hidden. Not fixed: no cells."""

    period: str
    cells: dict[str, Cell | None]
    # Where people are not told, although meetings and hours are: they would bound what is hidden beside them.
    people_hidden: frozenset[str] = frozenset()

    @property
    def fixed(self) -> bool:
        return bool(self.cells)


def lines(year: int) -> list[FigureLine]:
    """Return twelve months and the year, one query whatever there is."""
    rows: dict[str, dict[str, Cell | None]] = {}
    for row in Figure.objects.filter(period__in=[*months_of(year), str(year)]):
        cell = None if row.hidden else Cell(row.sessions, row.minutes, row.people)
        rows.setdefault(row.period, {})[row.column] = cell
    periods = (*months_of(year), str(year))
    some = {column for cells in rows.values() for column, cell in cells.items() if cell is None}
    return [_line(period, rows.get(period), some) for period in periods]


def _line(period: str, row: dict[str, Cell | None] | None, some: set[str]) -> FigureLine:
    """`some`: columns in which a cell of this year is hidden. A month with a hidden cell tells no people at all."""
    if row is None:
        return FigureLine(period, {})
    cells = {column: row.get(column, NONE) for column in COLUMNS}
    untold = some if len(period) == 4 else (set(COLUMNS) if None in cells.values() else set())
    return FigureLine(period, cells, frozenset(untold))


def years(day: date) -> list[int]:
    """Return the years there is something of, newest first, this year among them."""
    found = {int(period[:4]) for period in Figure.objects.filter(column=ALL).values_list("period", flat=True)}
    return sorted(found | {day.year}, reverse=True)
