"""Which column of somebody's spreadsheet probably holds what; health data is never guessed at."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .text import fold, is_empty
from .words import FILLERS, FIXED_NAMES, HEALTH_PHRASES, HEALTH_STEMS, NOT_MISTYPED, OTHERS

_ENOUGH = 0.88  # of difflib: "Langauges" passes, "Package" for "age" does not
_FUZZY_LENGTH = 5
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
_UNNAMED = re.compile(r"(?:column|columna|colonne|العمود|عمود) \d+")


@dataclass(frozen=True)
class Target:
    """Something a column can be mapped to beyond the fixed ones: a dimension of the catalogue.

    `key` e.g. "dimension:gender"; `names` are headers that mean it, in any language.
    """

    key: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Column:
    header: str  # folded
    bare: str  # folded, without filler words
    cells: tuple[str, ...]  # not empty


def is_health_column(header: str) -> bool:
    """Whether a column seems to tell of diagnosis, treatment, medication, hospital, symptoms, family history
    or how health interferes with work (English, Spanish, French, Arabic). Such columns are left out unless
    a person maps them.
    """
    folded = _header_key(header)
    words = [_without_article(word) for word in folded.split()]
    joined = folded.replace(" ", "")
    return any(word.startswith(HEALTH_STEMS) for word in words) or any(
        f" {phrase}" in f" {folded}" or phrase.replace(" ", "") in joined for phrase in HEALTH_PHRASES
    )


def guess_columns(
    headers: Sequence[str], sample_rows: Sequence[Sequence[str]], targets: Sequence[Target] = ()
) -> dict[int, str]:
    """Column index to target key, for the columns that are clear; each target at most once, best match first.

    `sample_rows` are some tens of rows of the table; they confirm or contradict a header, and find a
    column of addresses under any header. `targets` are the dimensions; the fixed targets are FIXED_NAMES.
    """
    names = _names_by_target(targets)
    columns = {
        at: _column(header, at, sample_rows) for at, header in enumerate(headers) if not is_health_column(header)
    }
    found = sorted((-score, at, key) for at, column in columns.items() for key, score in _scores(column, names))
    guesses: dict[int, str] = {}
    for _score, at, key in found:
        if at not in guesses and key not in guesses.values():
            guesses[at] = key
    return dict(sorted(guesses.items()))


def _names_by_target(targets: Sequence[Target]) -> dict[str, frozenset[str]]:
    given = [*FIXED_NAMES.items(), *((target.key, target.names) for target in targets)]
    return {key: frozenset(filter(None, (fold(name) for name in names))) for key, names in given}


def _column(header: str, at: int, rows: Sequence[Sequence[str]]) -> _Column:
    folded = _header_key(header)
    bare = " ".join(word for word in folded.split() if word not in FILLERS) or folded
    cells = tuple(row[at].strip() for row in rows if at < len(row) and not is_empty(row[at]))
    return _Column(folded, bare, cells)


def _header_key(header: str) -> str:
    return fold(_CAMEL.sub(" ", header))[:200]


def _without_article(word: str) -> str:
    return word.removeprefix("ال") if len(word) > 4 else word


def _scores(column: _Column, names: dict[str, frozenset[str]]) -> Iterator[tuple[str, float]]:
    """Each target that this column may be, with how sure that is (0 to 1)."""
    if OTHERS & set(column.header.split()):
        return
    for key, known in names.items():
        score = _header_score(column, known)
        if score and not _contradicted(key, column.cells):
            yield key, score
    if _share(column.cells, _is_address) > 0.6:
        yield "email", 0.8
    if _UNNAMED.fullmatch(column.header) and _looks_like_ages(column.cells):
        yield "age", 0.6


def _header_score(column: _Column, known: frozenset[str]) -> float:
    if column.header in known:
        return 1.0
    if column.bare in known:
        return 0.97
    if column.bare in NOT_MISTYPED:
        return 0.0
    likeness = [_likeness(column.bare, name) for name in known]
    best = max(likeness, default=0.0)
    return best * 0.95 if best >= _ENOUGH else 0.0


def _likeness(header: str, name: str) -> float:
    """difflib's ratio for names long enough to be mistyped, else 0. The first letter must be right."""
    if len(name) < _FUZZY_LENGTH or abs(len(header) - len(name)) > 2 or header[:1] != name[:1]:
        return 0.0
    return difflib.SequenceMatcher(None, header, name, autojunk=False).ratio()


def _contradicted(key: str, cells: tuple[str, ...]) -> bool:
    """Whether what stands below a header speaks against it: "Age" over "25 to 34"."""
    if not cells:
        return False
    if key == "email":
        return _share(cells, lambda cell: "@" in cell) < 0.3
    if key in ("age", "max_people"):
        return _share(cells, lambda cell: cell[:1].isdecimal() and cell.split(".")[0].isdecimal()) < 0.5
    return key in ("name", "phone") and _share(cells, _is_address) > 0.5


def _share(cells: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, cells)) / len(cells) if cells else 0.0


def _is_address(cell: str) -> bool:
    return _EMAIL.fullmatch(cell[:254]) is not None


def _looks_like_ages(cells: tuple[str, ...]) -> bool:
    """Mostly whole numbers from 10 to 100, some of them twice: a running number never repeats."""
    ages = [cell for cell in cells if cell.isdecimal() and len(cell) <= 3 and 10 <= int(cell) <= 100]
    return len(cells) >= 5 and len(ages) > 0.6 * len(cells) and len(set(ages)) < len(ages)
