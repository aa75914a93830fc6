"""What stands in one row of a roster. No database: the same row always reads the same."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from peersupport.web.phones import plain_phone
from supporters.default_catalogue import AGE_BANDS
from supporters.importing.layout import AGE_GROUP, FIXED, Layout
from supporters.importing.lexicon import CatalogueLexicon
from supporters.models import Option, Supporter
from supporters.roster.errors import BadValue
from supporters.roster.text import is_empty, shorten
from supporters.roster.values import (
    age_band,
    age_from,
    birth_year_from,
    birth_year_to_age,
    email_from,
    whole_number,
)

TEXTS: dict[str, int] = {
    name: getattr(Supporter._meta.get_field(name), "max_length", 0)
    for name in ("name", "pronouns", "title", "phone", "story")
}
_LONGEST_NUMBER = 100
_LEFT_OUT_SHOWN = 5


@dataclass
class Reading:
    """A row as values. `problem` says why it cannot be taken; `remarks` what was left out of it."""

    number: int
    own: str = ""
    email: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    options: list[Option] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    problem: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.own or self.email or self.fields or self.options)


def read_row(
    number: int, cells: Sequence[str], layout: Layout, lexicon: CatalogueLexicon, today: datetime.date
) -> Reading:
    """Read one row; a value that its column cannot mean is a problem of the whole row."""
    reading = Reading(number)
    try:
        _read_fields(reading, cells, layout)
        _read_options(reading, cells, layout, lexicon)
        _read_age(reading, cells, layout, lexicon, today)
    except BadValue as bad:
        reading.problem = str(bad)
        return reading
    if reading.is_empty:
        reading.problem = _now("Nothing in this row can be kept.")
    return reading


def read_keys(number: int, cells: Sequence[str], layout: Layout, today: datetime.date) -> Reading | None:
    """Read only what tells whose row it is; None for a row that will be refused for what stands in it."""
    reading = Reading(number)
    try:
        _read_fields(reading, cells, layout)
        _years(cells, layout, today)
    except BadValue:
        return None
    return reading


def _read_fields(reading: Reading, cells: Sequence[str], layout: Layout) -> None:
    fixed = layout.fixed
    if "identity" in fixed:
        reading.own = _text(cells[fixed["identity"]], "identity", _LONGEST_NUMBER)
    if "email" in fixed:
        reading.email = email_from(cells[fixed["email"]]) or ""
    for name, longest in TEXTS.items():
        if name in fixed and (text := _text(cells[fixed[name]], name, longest)):
            reading.fields[name] = text
    if "max_people" in fixed:
        most = whole_number(cells[fixed["max_people"]], 0, 50)
        reading.fields |= {} if most is None else {"maximum": most}


def _text(cell: str, target: str, longest: int | None) -> str:
    """The text of a cell, on one line but for a story. Raises BadValue when it is too long to keep whole."""
    text = "" if is_empty(cell) else cell.strip() if target == "story" else " ".join(cell.split())
    if target == "phone":
        text = plain_phone(text)
    if longest and len(text) > longest:
        message = _("“{value}” is longer than {longest} characters ({column}).")
        raise BadValue(format_lazy(message, value=shorten(text), longest=longest, column=FIXED[target]))
    return text


def _read_options(reading: Reading, cells: Sequence[str], layout: Layout, lexicon: CatalogueLexicon) -> None:
    left_out: dict[str, list[str]] = {}
    for at, dimension in layout.dimensions:
        if dimension not in lexicon or not cells[at]:
            continue
        for value in lexicon.pieces(dimension, cells[at]):
            option = lexicon.look_up(dimension, value).option
            if option is None:
                left_out.setdefault(dimension, []).append(value)
            else:
                _add(reading, option, lexicon.dimension(dimension))
    reading.remarks += [_left_out(lexicon.dimension(key), values) for key, values in left_out.items()]


def _add(reading: Reading, option: Option, dimension: Any) -> None:
    """Add an answer, once; the first counts where only one fits."""
    if option in reading.options:
        return
    if dimension.one_answer and any(other.dimension_id == dimension.pk for other in reading.options):
        words = {"option": option, "name": dimension}
        reading.remarks.append(_now("“%(option)s” was left out: “%(name)s” takes one answer.") % words)
        return
    reading.options.append(option)


def _left_out(dimension: Any, values: Iterable[str]) -> str:
    shown = ", ".join(f"“{shorten(value)}”" for value in list(values)[:_LEFT_OUT_SHOWN])
    return _now("Left out of %(name)s: %(values)s.") % {"name": dimension, "values": shown}


def _read_age(
    reading: Reading, cells: Sequence[str], layout: Layout, lexicon: CatalogueLexicon, today: datetime.date
) -> None:
    age = _years(cells, layout, today)
    if age is None or AGE_GROUP not in lexicon:
        return
    option = lexicon.option(AGE_GROUP, age_band(age, AGE_BANDS))
    if option:
        _add(reading, option, lexicon.dimension(AGE_GROUP))
    else:
        reading.remarks.append(_now("No age group of the catalogue fits the age %(age)d.") % {"age": age})


def _years(cells: Sequence[str], layout: Layout, today: datetime.date) -> int | None:
    if "age" in layout.fixed:
        return age_from(cells[layout.fixed["age"]])
    if "birth_year" in layout.fixed:
        year = birth_year_from(cells[layout.fixed["birth_year"]])
        return None if year is None else birth_year_to_age(year, today)
    return None
