"""What each column of a roster is taken for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from peersupport.workflow.state_machine import NotPossible
from supporters.models import Dimension
from supporters.roster.guessing import Target, guess_columns, is_health_column

FIXED: dict[str, Any] = {
    "identity": _("Own number"),
    "email": _("E-mail address"),
    "name": _("Name"),
    "pronouns": _("Pronouns"),
    "title": _("Title"),
    "phone": _("Phone number"),
    "story": _("Own story"),
    "max_people": _("How many people at most"),
    "age": _("Age in years"),
    "birth_year": _("Year of birth"),
}
#: Targets of the reader that are dimensions of the catalogue; everything else is "dimension:key".
NAMED = {"languages": "spoken-language", "area": "area"}
AGE_GROUP = "age-group"
#: More columns than one may hold these, such as "Language 1" and "Language 2".
_AGES = {"age", "birth_year"}


def dimension_of(target: str) -> str | None:
    """Return the key of the dimension whose values stand in such a column, if there is one."""
    return NAMED.get(target) or (target.removeprefix("dimension:") if target.startswith("dimension:") else None)


def target_for(dimension: str) -> str:
    """Return the target of a column that holds values of this dimension."""
    return next((target for target, key in NAMED.items() if key == dimension), f"dimension:{dimension}")


def targets() -> dict[str, Any]:
    """Return what a column can be, with its name for people; dimensions in use only."""
    dimensions = {dimension.key: dimension for dimension in Dimension.objects.in_use()}
    fixed = {key: name for key, name in FIXED.items() if key not in _AGES or AGE_GROUP in dimensions}
    return fixed | {target_for(key): str(dimension) for key, dimension in dimensions.items()}


def guess(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """Guess what the columns are: position (as JSON keeps it) to target. Health data is never guessed."""
    offered = targets()
    dimensions = Dimension.objects.in_use().exclude(key__in=NAMED.values())
    known = [Target(target_for(item.key), (item.key, *item.names.values())) for item in dimensions]
    found = guess_columns(headers, rows, known)
    return {str(at): target for at, target in found.items() if target in offered}


def left_out_as_health(headers: Sequence[str]) -> set[int]:
    """Return the columns that seem to hold health data."""
    return {at for at, header in enumerate(headers) if is_health_column(header)}


def check(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the columns that are not left out. Raises NotPossible when they do not fit together."""
    kept = {at: target for at, target in chosen.items() if target}
    offered = targets()
    if not kept:
        raise NotPossible(_("Say for at least one column what it is."))
    if any(target not in offered for target in kept.values()):
        raise NotPossible
    _refuse_twice(list(kept.values()), offered)
    return kept


def _refuse_twice(kept: list[str], offered: Mapping[str, Any]) -> None:
    twice = next((target for target in kept if kept.count(target) > 1 and target in FIXED), None)
    if twice:
        raise NotPossible(_("Two columns are “%(name)s”. Choose one of them.") % {"name": offered[twice]})
    if set(kept) >= _AGES:
        raise NotPossible(_("Choose either the age or the year of birth, not both."))


@dataclass(frozen=True)
class Layout:
    """Where things stand in a row: fixed target to column, and the columns of each dimension."""

    fixed: Mapping[str, int]
    dimensions: Sequence[tuple[int, str]]

    @classmethod
    def of(cls, kept: Mapping[str, str]) -> Layout:
        places = sorted((int(at), target) for at, target in kept.items())
        fixed = {target: at for at, target in places if target in FIXED}
        return cls(fixed, list(_dimension_columns(places)))

    @property
    def recognises_people(self) -> bool:
        """Whether a row can be known again in a file that was corrected."""
        return "identity" in self.fixed or "email" in self.fixed


def _dimension_columns(places: Iterable[tuple[int, str]]) -> Iterable[tuple[int, str]]:
    return ((at, key) for at, target in places if (key := dimension_of(target)))
