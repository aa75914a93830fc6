"""Who stands in a roster twice. Worked out from the whole file, so that every batch sees the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from supporters.importing.rows import Reading


@dataclass
class Doubles:
    """Row number to the number of the row that came first.

    `same`: the same person. `shared`: another own number with the same address, so another person.
    """

    same: dict[int, int] = field(default_factory=dict)
    shared: dict[int, int] = field(default_factory=dict)


def doubles_in(readings: Iterable[Reading]) -> Doubles:
    """Find doubled rows among rows in their order."""
    found = Doubles()
    by_number: dict[str, int] = {}
    by_email: dict[str, Reading] = {}
    for reading in readings:
        first = by_email.get(reading.email) if reading.email else None
        if reading.own in by_number:
            found.same[reading.number] = by_number[reading.own]
        elif first and not (reading.own and first.own):
            found.same[reading.number] = first.number
        else:
            _note(reading, first, found, by_number, by_email)
    return found


def _note(
    reading: Reading,
    first: Reading | None,
    found: Doubles,
    by_number: dict[str, int],
    by_email: dict[str, Reading],
) -> None:
    if reading.own:
        by_number[reading.own] = reading.number
    if first:
        found.shared[reading.number] = first.number
    elif reading.email:
        by_email[reading.email] = reading
