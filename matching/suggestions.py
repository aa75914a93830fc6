"""Which supporters a person sees, in which order, and why. No score, no staff ranking, no override.

The order rule, as it stands on the page: who shares more of what the person would like comes first; among
equals, who has had room longest. Only what a supporter shows (or showed this person) is ever looked at:
a private characteristic changes neither presence, order nor counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, FilteredRelation, IntegerField, OuterRef, Q, QuerySet, When

from matching.models import Disclosure, NotAgain, Strength, SupportRequest
from supporters.models import (
    ANY_PLACE,
    ANY_TIME,
    FACE_TO_FACE,
    Boundary,
    Characteristic,
    Option,
    Supporter,
    Visibility,
)

PAGE = 8


@dataclass
class Wishes:
    """A request's wishes, sorted: single musts, groups of which one is enough, likes, rather-nots."""

    musts: list[set[UUID]] = field(default_factory=list)
    practical: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    likes: set[UUID] = field(default_factory=set)
    rather_not: set[UUID] = field(default_factory=set)
    options: dict[UUID, Option] = field(default_factory=dict)
    strength: dict[UUID, str] = field(default_factory=dict)

    @property
    def topics(self) -> set[UUID]:
        """What a supporter's limits are compared with: what the person wishes to share."""
        return self.likes.union(*self.musts)


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


def wishes_of(request: SupportRequest) -> Wishes:
    """Read the wishes. In a dimension with one answer at most, several musts mean: one of them."""
    wishes, one_of = Wishes(), defaultdict(set)
    for wish in request.wish_set.select_related("option__dimension").order_by("option__dimension__order", "option"):
        option, pk = wish.option, wish.option_id
        wishes.options[pk], wishes.strength[pk] = option, wish.strength
        if wish.strength == Strength.PRACTICAL:
            wishes.practical[option.dimension.kind].add(pk)
        elif wish.strength == Strength.LIKE:
            wishes.likes.add(pk)
        elif wish.strength == Strength.RATHER_NOT:
            wishes.rather_not.add(pk)
        elif option.dimension.one_answer:
            one_of[option.dimension_id].add(pk)
        else:
            wishes.musts.append({pk})
    wishes.musts += one_of.values()
    return wishes


def _shows(options: Iterable[UUID], *, private_counts: bool = False) -> Exists:
    told = Characteristic.objects.filter(supporter=OuterRef("pk"), option__in=list(options))
    return Exists(told if private_counts else told.filter(visibility=Visibility.SHOW))


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
    def disclosed(self) -> dict[UUID, set[UUID]]:
        """Option to the supporters who showed it to this person."""
        shown: dict[UUID, set[UUID]] = defaultdict(set)
        if not self.private_counts:
            # Only while it is kept from others: what is shown to everybody is not counted twice.
            told = Characteristic.objects.filter(
                supporter=OuterRef("supporter"), option=OuterRef("option"), visibility=Visibility.ASK
            )
            rows = Disclosure.objects.filter(Exists(told), request=self.request)
            for option, supporter in rows.values_list("option_id", "supporter_id"):
                shown[option].add(supporter)
        return shown

    @cached_property
    def apart(self) -> list[UUID]:
        """Whom either side would rather not meet again, who said no, whom they had: one query."""
        silent = NotAgain.objects.filter(person_key=self.request.person_key).order_by().values_list("supporter")
        said_no = self.request.invitations.filter(state__in=["declined", "expired"]).order_by().values_list("supporter")
        former = self.request.matches.filter(state="ended").order_by().values_list("supporter")
        return [row[0] for row in silent.union(said_no, former)]

    def with_room(self) -> QuerySet[Supporter]:
        """Return who has room, kept apart from nobody and within the other's limits."""
        query = Supporter.objects.with_room()
        if self.apart:
            query = query.exclude(pk__in=self.apart)
        if self.request.person_id:
            query = query.exclude(user=self.request.person_id)
        if self.request.looked_after_by_id:  # nobody acts on both sides
            query = query.exclude(user=self.request.looked_after_by_id)
        if self.wishes.rather_not:
            query = query.filter(~_shows(self.wishes.rather_not))
        if self.wishes.topics:
            limits = Boundary.objects.filter(supporter=OuterRef("pk"), option__in=list(self.wishes.topics))
            query = query.filter(~Exists(limits))
        return query

    def practical(self) -> QuerySet[Supporter]:
        """Return who also fits in place, time, language and area."""
        request, wanted = self.request, self.wishes.practical
        where, when = request.places or ANY_PLACE, request.times or ANY_TIME
        query = self.with_room()
        if where != ANY_PLACE:
            query = query.annotate(where_fits=F("places").bitand(where)).filter(where_fits__gt=0)
        if when != ANY_TIME:
            query = query.annotate(when_fits=F("times").bitand(when)).filter(when_fits__gt=0)
        if languages := wanted.get("language"):
            query = query.filter(_shows(languages))
        if areas := wanted.get("area"):
            query = query.annotate(from_afar=F("places").bitand(where & ~FACE_TO_FACE))
            query = query.filter(Q(from_afar__gt=0) | _shows(areas))
        return query

    def within_reach(self, *, without: set[UUID] | None = None) -> QuerySet[Supporter]:
        """Return who shares every must (but `without`), in no order."""
        query = self.practical()
        for group in self.wishes.musts:
            if group is not without:
                query = query.filter(self._must(group))
        return query

    def _must(self, group: set[UUID]) -> Q:
        showed_me = set().union(*(self.disclosed.get(option, set()) for option in group))
        shown = Q(_shows(group, private_counts=self.private_counts))
        return shown | Q(pk__in=showed_me) if showed_me else shown

    def in_order(self, query: QuerySet[Supporter], liked: set[UUID]) -> QuerySet[Any]:
        """Order by how many of `liked` are shared (`rank`), then by who has had room longest."""
        if not liked:
            return query.order_by("room_since", "pk")
        condition = Q(characteristics__option__in=list(liked), characteristics__visibility=Visibility.SHOW)
        relation = FilteredRelation("characteristics", condition=condition)
        rank: Any = Count("likes")
        for option in liked:
            if supporters := self.disclosed.get(option):
                rank = rank + Case(When(pk__in=supporters, then=1), default=0, output_field=IntegerField())
        grouped = query.annotate(likes=relation).values("pk", "room_since").annotate(rank=rank)
        return grouped.order_by("-rank", "room_since", "pk")

    def ranked(self, start: int = 0, size: int = PAGE) -> list[UUID]:
        """Return the ids of supporters from place `start` on, in the order of the rule."""
        ordered = self.in_order(self.within_reach(), self.wishes.likes)
        return list(ordered.values_list("pk", flat=True)[start : start + size])

    def closest(self, size: int = PAGE) -> list[UUID]:
        """When nobody shares every must: return who shares most of them, and at least one."""
        wanted = set().union(*self.wishes.musts)
        if not wanted:
            return []
        ordered = self.in_order(self.practical(), wanted).filter(rank__gt=0)
        return list(ordered.values_list("pk", flat=True)[:size])

    def without_one(self) -> list[Option]:
        """Return the musts of which leaving out a single one would bring somebody into sight."""
        helpful = [group for group in self.wishes.musts if self.within_reach(without=group).exists()]
        return [self.wishes.options[pk] for group in helpful for pk in group]

    def explain(self, ids: Sequence[UUID]) -> list[Suggestion]:
        """Return the supporters in the order given, with what is shared, what is not, and what is unknown."""
        supporters = Supporter.objects.in_bulk(list(ids))
        shown: dict[UUID, dict[UUID, Option]] = defaultdict(dict)
        rows = Characteristic.objects.filter(supporter__in=list(ids), visibility=Visibility.SHOW)
        for row in rows.select_related("option__dimension").order_by("option__dimension__order", "option__order"):
            shown[row.supporter_id][row.option_id] = row.option
        return [self._suggestion(supporters[pk], shown[pk]) for pk in ids if pk in supporters]

    def _suggestion(self, supporter: Supporter, shown: dict[UUID, Option]) -> Suggestion:
        languages = [option for option in shown.values() if option.dimension.kind == "language"]
        return Suggestion(supporter, self._reasons(supporter.pk, shown), languages)

    def _reasons(self, pk: UUID, shown: dict[UUID, Option]) -> list[Reason]:
        wishes, reasons = self.wishes, []
        answered = {option.dimension_id for option in shown.values() if option.dimension.one_answer}
        for wished, option in wishes.options.items():
            if wishes.strength[wished] not in {Strength.MUST, Strength.LIKE}:
                continue
            if wished in shown or pk in self.disclosed.get(wished, set()):
                known = "shared"
            else:
                known = "not" if option.dimension_id in answered else "unknown"
            reasons.append(Reason(option, wishes.strength[wished], known))
        return reasons

    def may_be_asked(self, ids: Sequence[UUID]) -> set[UUID]:
        """Return those of `ids` who can be asked now: with room, and kept apart from nobody.

        The person may ask somebody who does not share every must ("who shares most"): it is their choice.
        """
        return set(self.with_room().filter(pk__in=list(ids)).values_list("pk", flat=True))

    def newly_in_sight(self) -> QuerySet[Supporter]:
        """Return who is within reach and joined, or showed something, after the person asked to be told."""
        return self.within_reach().filter(seen_anew_at__gt=self.request.tell_me_since)
