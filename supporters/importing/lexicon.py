"""What the words in a roster's cells stand for: options of the catalogue, or left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from supporters.default_catalogue import SYNONYMS
from supporters.importing.layout import Layout
from supporters.models import Dimension, Option, RememberedValue
from supporters.roster.text import fold
from supporters.roster.values import guess_option, split_values

#: Dimension key, then key of the value, to key of the option (None: left out).
Decisions = Mapping[str, Mapping[str, str | None]]

#: Values of one column whose meaning is guessed; in a roster with more of them the others are chosen by hand.
VALUES_GUESSED = 5_000


def value_key(text: str) -> str:
    """Return the key under which a value is remembered: spellings that differ in nothing but form share it."""
    return (fold(text) or text.strip())[:200]


@dataclass(frozen=True)
class Meaning:
    """What a value stands for. `decided`: somebody said so; otherwise the catalogue's words did, or nothing."""

    option: Option | None
    decided: bool = False

    @property
    def known(self) -> bool:
        return self.decided or self.option is not None


@dataclass
class _Words:
    dimension: Dimension
    options: dict[str, Option]
    decided: dict[str, str | None]
    names: dict[str, list[str]]
    found: dict[str, Meaning] = field(default_factory=dict)


class CatalogueLexicon:
    """The words of the dimensions that are asked for, loaded once; looking up asks the database nothing."""

    def __init__(self, dimensions: Iterable[str], decisions: Decisions | None = None) -> None:
        wanted = Dimension.objects.in_use().filter(key__in=set(dimensions)).with_options()
        self._words = {dimension.key: _words(dimension) for dimension in wanted}
        self._remember(wanted)
        for key, decided in (decisions or {}).items():
            if key in self._words:
                self._words[key].decided.update(decided)

    def _remember(self, dimensions: Iterable[Dimension]) -> None:
        kept = RememberedValue.objects.filter(dimension__in=list(dimensions)).select_related("dimension", "option")
        for item in kept:
            words = self._words[item.dimension.key]
            if item.option is None or item.option.key in words.options:
                words.decided[item.value] = item.option.key if item.option else None

    def __contains__(self, dimension: str) -> bool:
        return dimension in self._words

    def dimension(self, key: str) -> Dimension:
        return self._words[key].dimension

    def options(self, key: str) -> list[Option]:
        return list(self._words[key].options.values())

    def option(self, dimension: str, key: str | None) -> Option | None:
        """Return an option by its key, if it is in use."""
        words = self._words.get(dimension)
        return words.options.get(key or "") if words else None

    def decided(self) -> dict[str, dict[str, str | None]]:
        """Return what people decided, as a run keeps it."""
        return {key: dict(words.decided) for key, words in self._words.items() if words.decided}

    def pieces(self, dimension: str, cell: str) -> list[str]:
        """Return the values in a cell; one that is known as a whole ("Korea, Republic of") is not split."""
        values = split_values(cell)
        return [cell] if len(values) > 1 and self.look_up(dimension, cell).known else values

    def look_up(self, dimension: str, text: str) -> Meaning:
        """Tell what a value stands for: what people decided first, then the names and spellings we know."""
        words = self._words[dimension]
        key = value_key(text)
        if key not in words.found:
            guesses = len(words.found) < VALUES_GUESSED
            words.found[key] = _meaning(words, key, text if guesses else "")
        return words.found[key]


def _words(dimension: Any) -> _Words:
    options = {option.key: option for option in dimension.shown_options}
    synonyms = SYNONYMS.get(dimension.key, {})
    names = {key: [*option.names.values(), *synonyms.get(key, [])] for key, option in options.items()}
    return _Words(dimension, options, {}, names)


def _meaning(words: _Words, key: str, text: str) -> Meaning:
    if key in words.decided:
        chosen = words.decided[key]
        return Meaning(words.options.get(chosen) if chosen else None, decided=True)
    guessed = guess_option(text, words.names)
    return Meaning(words.options[guessed] if guessed else None)


@dataclass
class SeenValue:
    """One value of a roster: how it is spelled first, how many rows have it, what it stands for."""

    dimension: str
    key: str
    spelling: str
    meaning: Meaning
    rows: int = 0


def values_in(rows: Iterable[list[str]], layout: Layout, lexicon: CatalogueLexicon) -> list[SeenValue]:
    """Return each value of the mapped dimensions, most frequent first."""
    seen: dict[tuple[str, str], SeenValue] = {}
    for cells in rows:
        for dimension, value in _row_values(cells, layout, lexicon):
            place = (dimension, value_key(value))
            if place not in seen:
                seen[place] = SeenValue(*place, value, lexicon.look_up(dimension, value))
            seen[place].rows += 1
    return sorted(seen.values(), key=lambda item: (-item.rows, item.dimension, item.key))


def _row_values(cells: list[str], layout: Layout, lexicon: CatalogueLexicon) -> Iterable[tuple[str, str]]:
    for at, dimension in layout.dimensions:
        if dimension in lexicon and cells[at]:
            yield from ((dimension, value) for value in lexicon.pieces(dimension, cells[at]))
