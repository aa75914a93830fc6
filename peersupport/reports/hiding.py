"""Which cells of a table with totals are hidden, so that no count of few people can be worked out from the others.

A month is a row: the settings, "in person" (their sum where people meet face to face) and "all". A year adds a row
below with the totals of its columns. A row is decided when its month is over and never again; a year hides totals of its
own where the months could be rebuilt from them. So an older report never tells what a newer one hides.

The hidden cells and the sums that bind them are a network: each sum is a node, each cell an edge between the sums it
stands in. How far a hidden cell could differ, as far as the reader can tell, is the flow that fits through the rest
(M. Fischetti and J. J. Salazar, "Models and algorithms for optimizing cell suppression", 2001, section on bounds).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

IN_PERSON = ("home", "organization", "services", "community")
APART = ("phone", "video")
SETTINGS = (*IN_PERSON, *APART)
SUM_IN_PERSON, ALL = "in_person", "all"
COLUMNS = (*IN_PERSON, SUM_IN_PERSON, *APART, ALL)
#: In minutes a hidden cell has to stay uncertain by so much; a meeting takes five at least.
UNSURE_MINUTES, SHORTEST = 60, 5


@dataclass(frozen=True)
class Cell:
    """What took place: how many meetings, how many minutes, how many people."""

    sessions: int = 0
    minutes: int = 0
    people: int = 0


Row = Mapping[str, Cell]
NONE = Cell()


@dataclass
class _Network:
    """The hidden cells of some rows as edges (from, to, value, least), for one measure."""

    edges: dict[tuple[int, str], tuple[str, str, int, int]] = field(default_factory=dict)

    def unsure(self, cell: tuple[int, str], enough: int) -> int:
        """Return by how much a hidden cell could differ (at most `enough`), as far as the other cells tell."""
        start, end, value, least = self.edges[cell]
        rest = {key: edge for key, edge in self.edges.items() if key != cell}
        down = min(value - least, _flow(rest, start, end, enough))
        return down + _flow(rest, end, start, enough - down)


def _flow(edges: Mapping[tuple[int, str], tuple[str, str, int, int]], source: str, sink: str, enough: int) -> int:
    """Return the largest flow from source to sink, at most `enough`: forwards without end, backwards to the least."""
    room: dict[tuple[str, str, tuple[int, str]], int] = {}
    ways: dict[str, list[tuple[str, str, tuple[int, str]]]] = {}
    for key, (start, end, value, least) in edges.items():
        for way, size in (((start, end, key), enough), ((end, start, key), value - least)):
            room[way] = size
            ways.setdefault(way[0], []).append(way)
    found = 0
    while found < enough:
        came: dict[str, tuple[str, str, tuple[int, str]]] = {}
        queue = [source]
        while queue and sink not in came:
            for way in ways.get(queue.pop(0), []):
                if room[way] > 0 and way[1] not in came and way[1] != source:
                    came[way[1]] = way
                    queue.append(way[1])
        if sink not in came:
            break
        path, at = [], sink
        while at != source:
            path.append(came[at])
            at = came[at][0]
        size = min(enough - found, *(room[way] for way in path))
        for way in path:
            room[way] -= size
            room[way[1], way[0], way[2]] += size
        found += size
    return found


def _edge(row: int, column: str, *, year: bool, columns: bool) -> tuple[str, str]:
    """Return the two sums a cell stands in. Without a row of totals the columns bind nothing: they are one node."""
    node = f"col {column}" if columns else "free"
    inner, outer = f"in person {row}", f"row {row}"
    if column == SUM_IN_PERSON:
        ends = (outer, inner)
    elif column == ALL:
        ends = (node, outer)
    else:
        ends = (inner if column in IN_PERSON else outer, node)
    return (ends[1], ends[0]) if year else ends


def _networks(rows: Sequence[tuple[Row, set[str], bool]]) -> tuple[_Network, _Network]:
    sessions, minutes = _Network(), _Network()
    columns = any(year for _row, _hidden, year in rows)
    for number, (row, hidden, year) in enumerate(rows):
        for column in hidden:
            start, end = _edge(number, column, year=year, columns=columns)
            cell = row.get(column, NONE)
            sessions.edges[number, column] = (start, end, cell.sessions, 1)
            minutes.edges[number, column] = (start, end, cell.minutes, SHORTEST)
    return sessions, minutes


def few(row: Row, below: int) -> set[str]:
    """Return the columns that are about too few people to be shown."""
    return {column for column in COLUMNS if 0 < row.get(column, NONE).people < below}


def _exposed(rows: Sequence[tuple[Row, set[str], bool]], guarded: Iterable[tuple[int, str]], below: int) -> bool:
    sessions, minutes = _networks(rows)
    return any(
        sessions.unsure(cell, below - 1) < below - 1 or minutes.unsure(cell, UNSURE_MINUTES) < UNSURE_MINUTES
        for cell in guarded
    )


def _smallest(row: Row, hidden: set[str]) -> str | None:
    """Return what is hidden next: the smallest setting, then the sum of meetings in person, then all."""
    there = [column for column in COLUMNS if column not in hidden and row.get(column, NONE).sessions]
    order = {SUM_IN_PERSON: 1, ALL: 2}
    return min(there, key=lambda column: (order.get(column, 0), row[column].sessions, column), default=None)


def _enough(row: Row, hidden: set[str], exposed: Callable[[set[str]], bool]) -> set[str]:
    """Hide more columns of a row until nothing is exposed, then show again each that did not help."""
    few_ones = set(hidden)
    while exposed(hidden):
        column = _smallest(row, hidden)
        if column is None:
            break
        hidden = hidden | {column}
    for column in sorted(hidden - few_ones, key=lambda one: -row[one].sessions):
        if not exposed(hidden - {column}):
            hidden = hidden - {column}
    return hidden


def hidden_in_month(row: Row, below: int) -> set[str]:
    """Return which columns of a month are hidden."""
    guarded = [(0, column) for column in few(row, below)]
    return _enough(row, few(row, below), lambda hidden: _exposed([(row, hidden, False)], guarded, below))


def hidden_in_year(months: Sequence[tuple[Row, set[str]]], year: Row, below: int) -> set[str]:
    """Return which totals of a year are hidden, beside what its months hide already."""
    hidden = few(year, below)
    rows = [(row, kept, False) for row, kept in months]
    guarded = [(number, column) for number, (row, _kept) in enumerate(months) for column in few(row, below)]
    guarded += [(len(months), column) for column in hidden]
    return _enough(year, hidden, lambda hidden: _exposed([*rows, (year, hidden, True)], guarded, below))
