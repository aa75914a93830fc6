"""Which supporters a person sees, in which order, and why. No score, no staff ranking, no override.

The order rule, as it stands on the page: who shares more of what the person would like comes first; among
equals, who has had room longest. Only what a supporter shows (or showed this person) is ever looked at:
a private characteristic changes neither presence, order nor counts.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from matching import reach
from matching.models import Strength, SupportRequest
from matching.wishes import Must, Terms, Wishes, showed_any, wishes_of
from supporters.models import Characteristic, Option, Supporter, Visibility

PAGE = 8


@dataclass
class Reason:
    """One wish seen from one supporter: shared, not shared, or unknown."""

    option: Option
    strength: str
    known: str


@dataclass
class Suggestion:
    """A supporter with the reasons to see them."""

    supporter: Supporter
    reasons: list[Reason]
    languages: list[Option]

    @property
    def shared(self) -> list[Reason]:
        return [reason for reason in self.reasons if reason.known == "shared"]

    @property
    def others(self) -> list[Reason]:
        return [reason for reason in self.reasons if reason.known != "shared"]


class _Shown(NamedTuple):
    """What a supporter shows to everybody, by its keys."""

    option: UUID
    dimension: UUID
    one_answer: bool
    kind: str


_SHOWN = (
    "supporter_id",
    "option_id",
    "option__dimension_id",
    "option__dimension__one_answer",
    "option__dimension__kind",
)


class Search:
    """One look at supporters for one request; what it reads of the request it reads once.

    `private_counts` is for asking supporters about what they keep, never for a page of the person.
    """

    def __init__(self, request: SupportRequest, *, private_counts: bool = False) -> None:
        self.request, self.private_counts = request, private_counts

    @cached_property
    def wishes(self) -> Wishes:
        return wishes_of(self.request)

    @cached_property
    def terms(self) -> Terms:
        return self.wishes.terms(private_counts=self.private_counts)

    def within_reach(self) -> QuerySet[Supporter]:
        """Return who shares every must, in no order."""
        return reach.within_reach(self.terms)

    def ranked(self, start: int = 0, size: int = PAGE) -> list[UUID]:
        """Return the ids of supporters from place `start` on, in the order of the rule."""
        return reach.ids_in_order(self.terms, self._liked(self.wishes.likes), start, size)

    def closest(self, size: int = PAGE) -> list[UUID]:
        """When nobody shares every must: return who shares most of them, and at least one."""
        wanted = set().union(*self.wishes.musts)
        if not wanted:
            return []
        liked = self._liked(wanted)
        sharing = reach.practical(self.terms).filter(reach.share_any(liked))
        return list(reach.by_rank(sharing, liked).values_list("pk", flat=True)[:size])

    def _liked(self, options: set[UUID]) -> tuple[Must, ...]:
        return tuple(Must((option,), showed_any(self.wishes.disclosed, {option})) for option in sorted(options))

    def without_one(self) -> list[Option]:
        """Return the musts of which leaving out a single one would bring somebody into sight."""
        helpful = [must for must in self.terms.musts if reach.within_reach(self._but(must)).exists()]
        return [self.wishes.options[pk] for must in helpful for pk in must.options]

    def _but(self, must: Must) -> Terms:
        return self.terms._replace(musts=tuple(one for one in self.terms.musts if one is not must))

    def explain(self, ids: Sequence[UUID]) -> list[Suggestion]:
        """Return the supporters in the order given, with what is shared, what is not, and what is unknown."""
        supporters = Supporter.objects.in_bulk(list(ids))
        shown: dict[UUID, list[_Shown]] = defaultdict(list)
        told = Characteristic.objects.filter(supporter__in=list(ids), visibility=Visibility.SHOW)
        for supporter, *one in told.order_by("option__dimension__order", "option__order").values_list(*_SHOWN):
            shown[supporter].append(_Shown(*one))
        spoken = {one.option for told in shown.values() for one in told if one.kind == "language"}
        options = self.wishes.options_and(spoken)
        return [self._suggestion(supporters[pk], shown[pk], options) for pk in ids if pk in supporters]

    def _suggestion(self, supporter: Supporter, shown: list[_Shown], options: dict[UUID, Option]) -> Suggestion:
        languages = [options[one.option] for one in shown if one.kind == "language"]
        return Suggestion(supporter, self._reasons(supporter.pk, shown), languages)

    def _reasons(self, pk: UUID, shown: list[_Shown]) -> list[Reason]:
        wishes, reasons = self.wishes, []
        told, answered = {one.option for one in shown}, {one.dimension for one in shown if one.one_answer}
        for wished, option in wishes.options.items():
            if wishes.strength[wished] not in {Strength.MUST, Strength.LIKE}:
                continue
            if wished in told or pk in wishes.disclosed.get(wished, set()):
                known = "shared"
            else:
                known = "not" if option.dimension_id in answered else "unknown"
            reasons.append(Reason(option, wishes.strength[wished], known))
        return reasons

    def may_be_asked(self, ids: Sequence[UUID]) -> set[UUID]:
        """Return those of `ids` who can be asked now: with room, and kept apart from nobody.

        The person may ask somebody who does not share every must ("who shares most"): it is their choice.
        """
        return set(reach.with_room(self.terms).filter(pk__in=list(ids)).values_list("pk", flat=True))

    def newly_in_sight(self) -> QuerySet[Supporter]:
        """Return who is within reach and joined, or showed something, after the person asked to be told."""
        return self.within_reach().filter(seen_anew_at__gt=self.request.tell_me_since)
