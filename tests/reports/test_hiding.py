"""Hidden cells stay hidden: an attacker with every table that is shown tries to work them out.

The attacker's way is another one than the code's: sums are solved as equations, then bounds are pushed through them.
"""

import random
from fractions import Fraction

import pytest

from peersupport.reports import hiding
from peersupport.reports.hiding import ALL, APART, COLUMNS, IN_PERSON, NONE, SETTINGS, SUM_IN_PERSON, Cell

BELOW = 5
SUMS = {SUM_IN_PERSON: IN_PERSON, ALL: (SUM_IN_PERSON, *APART)}


def added(cells, people):
    return Cell(sum(cell.sessions for cell in cells), sum(cell.minutes for cell in cells), people)


def row_of(settings, together=None):
    """Return a row from its settings; people of sums: as many as there can be at most, or `together` of them."""
    row = dict(settings)
    for name, parts in SUMS.items():
        cells = [row[part] for part in parts if part in row]
        most = sum(cell.people for cell in cells)
        least = max((cell.people for cell in cells), default=0)
        row[name] = added(cells, most if together is None else least + round((most - least) * together))
    return {column: cell for column, cell in row.items() if cell.sessions}


def drawn_row(draw):
    """A month of a small organization: most settings empty or about few people."""
    settings = {}
    for column in SETTINGS:
        people = draw.choice([0, 0, 1, 2, 3, 4, 5, 6, 9, 20])
        if people:
            sessions = people + draw.choice([0, 0, 1, 2, 8])
            settings[column] = Cell(sessions, sum(draw.choice([5, 30, 45, 60]) for _ in range(sessions)), people)
    return row_of(settings, draw.random())


def year_of(rows, draw):
    columns = {
        column: [row[column] for row in rows if column in row]
        for column in SETTINGS
        if any(column in row for row in rows)
    }
    return row_of(
        {
            column: added(cells, draw.randint(max(cell.people for cell in cells), sum(cell.people for cell in cells)))
            for column, cells in columns.items()
        },
        draw.random(),
    )


class Attacker:
    """Knows every cell that is shown and how they add up; finds what the hidden ones can be."""

    def __init__(self, rows, measure, least, upright=()):
        """`rows`: (cells, hidden); `upright`: the row numbers that add up to the last row, if it is shown too."""
        self.rows, self.measure = rows, measure
        hidden = [(number, column) for number, (_row, kept) in enumerate(rows) for column in sorted(kept)]
        self.bounds = {cell: [least, float("inf")] for cell in hidden}
        self.equations = []
        for number in range(len(rows)):
            for total, parts in SUMS.items():
                self._equation([((number, part), 1) for part in parts] + [((number, total), -1)])
        if upright:
            for column in COLUMNS:
                self._equation([((number, column), 1) for number in upright] + [((len(rows) - 1, column), -1)])

    def _known(self, cell):
        return getattr(self.rows[cell[0]][0].get(cell[1], NONE), self.measure)

    def _equation(self, terms):
        unknown = {cell: sign for cell, sign in terms if cell in self.bounds}
        known = sum(sign * self._known(cell) for cell, sign in terms if cell not in self.bounds)
        if unknown:
            self.equations.append((unknown, -known))

    def solved(self):
        """Return the hidden cells that the equations alone give away."""
        cells = list(self.bounds)
        matrix = [[Fraction(left.get(cell, 0)) for cell in cells] + [Fraction(right)] for left, right in self.equations]
        pivots, top = [], 0
        for column in range(len(cells)):
            found = next((at for at in range(top, len(matrix)) if matrix[at][column]), None)
            if found is None:
                continue
            matrix[top], matrix[found] = matrix[found], matrix[top]
            matrix[top] = [value / matrix[top][column] for value in matrix[top]]
            for at in range(len(matrix)):
                if at != top and matrix[at][column]:
                    factor = matrix[at][column]
                    matrix[at] = [one - factor * other for one, other in zip(matrix[at], matrix[top], strict=True)]
            pivots.append((top, column))
            top += 1
        return {
            cells[column]: matrix[at][-1] for at, column in pivots if sum(1 for value in matrix[at][:-1] if value) == 1
        }

    def narrowed(self):
        """Return for each hidden cell the least and the most it can be, bounds pushed through the sums until nothing moves."""
        moved = True
        while moved:
            moved = False
            for left, right in self.equations:
                for cell, sign in left.items():
                    low, high = 0, 0
                    for other, factor in left.items():
                        if other != cell:
                            ends = [factor * end for end in self.bounds[other]]
                            low, high = low + min(ends), high + max(ends)
                    ends = sorted([sign * (right - high), sign * (right - low)])
                    now = [max(self.bounds[cell][0], ends[0]), min(self.bounds[cell][1], ends[1])]
                    if now != self.bounds[cell]:
                        self.bounds[cell], moved = now, True
        return self.bounds


def guarded(rows):
    return [(number, column) for number, (row, _kept) in enumerate(rows) for column in hiding.few(row, BELOW)]


def found_out(rows, upright=()):
    """Return the cells about few people that an attacker works out, or knows too closely."""
    out = []
    for measure, least, unsure in (("sessions", 1, BELOW - 1), ("minutes", 5, 60)):
        attacker = Attacker(rows, measure, least, upright)
        solved = attacker.solved()
        bounds = attacker.narrowed()
        for cell in guarded(rows):
            assert bounds[cell][0] <= attacker._known(cell) <= bounds[cell][1], "the attacker reckons rightly"
            if cell in solved or bounds[cell][1] - bounds[cell][0] < unsure:
                out.append((measure, cell))
    return out


def months_and_year(draw):
    rows = [drawn_row(draw) for _ in range(12)]
    months = [(row, hiding.hidden_in_month(row, BELOW)) for row in rows]
    year = year_of(rows, draw)
    return months, (year, hiding.hidden_in_year(months, year, BELOW))


@pytest.mark.parametrize("seed", range(40))
def test_no_hidden_cell_can_be_worked_out_from_months_years_or_both(seed):
    draw = random.Random(seed)
    months, year = months_and_year(draw)
    for month in months:
        assert found_out([month]) == [], "one month alone"
        assert hiding.few(month[0], BELOW) <= month[1], "what is about few people is hidden"
    assert found_out([*months, year], upright=range(12)) == [], "twelve months and their year"
    for first in (0, 3, 7):
        assert found_out(months[first : first + 4]) == [], "a part of the year, without totals of the year"


def test_without_the_second_hiding_the_attacker_finds_cells():
    """The positive control: hiding small cells alone gives them away."""
    found = 0
    for seed in range(40):
        draw = random.Random(seed)
        rows = [drawn_row(draw) for _ in range(12)]
        plain = [(row, hiding.few(row, BELOW)) for row in [*rows, year_of(rows, draw)]]
        found += bool(found_out(plain, upright=range(12)))
    assert found == 40


def test_a_year_without_hiding_of_its_own_would_tell_what_its_months_hide():
    found = 0
    for seed in range(40):
        months, year = months_and_year(random.Random(seed))
        found += bool(found_out([*months, (year[0], hiding.few(year[0], BELOW))], upright=range(12)))
    assert found > 5


def test_two_who_met_once_each_are_not_told_by_the_sum_of_two():
    row = row_of({"home": Cell(1, 60, 1), "phone": Cell(1, 60, 1), "video": Cell(30, 1800, 9)})
    assert "video" in hiding.hidden_in_month(row, BELOW), "one and one is two: more has to be hidden"


def test_nothing_is_hidden_where_nobody_can_be_recognized():
    row = row_of({"home": Cell(9, 540, 5), "phone": Cell(30, 900, 12)})
    assert hiding.hidden_in_month(row, BELOW) == set()
    assert hiding.hidden_in_year([(row, set())], row, BELOW) == set()


def test_nothing_is_hidden_that_does_not_help():
    row = row_of(
        {"home": Cell(2, 60, 2), "services": Cell(9, 300, 6), "phone": Cell(30, 900, 12), "video": Cell(7, 300, 7)}
    )
    assert hiding.hidden_in_month(row, BELOW) == {"home", "services"}, "the phone and video tell nothing of those two"


def test_what_stays_shown_is_worth_showing():
    """Of a middling organization most totals are there."""
    draw, shown = random.Random(1), 0
    for _ in range(40):
        settings = {
            column: Cell(draw.randint(8, 60), 3000, draw.randint(6, 20)) for column in ("home", "phone", "community")
        }
        settings["video"] = Cell(3, 120, 2)
        shown += ALL not in hiding.hidden_in_month(row_of(settings), BELOW)
    assert shown == 40
