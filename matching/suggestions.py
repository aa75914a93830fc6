"""Which supporters a person sees, in which order, and why. No score, no staff ranking, no override.

The order rule, as it stands on the page: who shares more of what the person would like comes first; among
equals, who has had room longest. Only what a supporter shows (or showed this person) is ever looked at:
a private characteristic changes neither presence, order nor counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, FilteredRelation, IntegerField, OuterRef, Q, QuerySet, When

from matching.models import Disclosure, NotAgain, Strength, SupportRequest
from supporters.models import (
    ANY_SETTING,
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


def _disclosed(request: SupportRequest) -> dict[UUID, set[UUID]]:
    """Return option -> supporters who showed it to this person."""
    shown = defaultdict(set)
    for option, supporter in Disclosure.objects.filter(request=request).values_list("option_id", "supporter_id"):
        shown[option].add(supporter)
    return shown


def _practical(query: QuerySet[Supporter], request: SupportRequest, wishes: Wishes) -> QuerySet[Supporter]:
    where, when = request.places or ANY_SETTING, request.times or ANY_TIME
    query = query.annotate(where_fits=F("places").bitand(where), when_fits=F("times").bitand(when))
    query = query.filter(where_fits__gt=0, when_fits__gt=0)
    if languages := wishes.practical.get("language"):
        query = query.filter(_shows(languages))
    if areas := wishes.practical.get("area"):
        query = query.annotate(from_afar=F("places").bitand(where & ~FACE_TO_FACE))
        query = query.filter(Q(from_afar__gt=0) | _shows(areas))
    return query


def _kept_apart(query: QuerySet[Supporter], request: SupportRequest, wishes: Wishes) -> QuerySet[Supporter]:
    """Take out whom either side would rather not meet, limits, and who said no to this request."""
    apart = NotAgain.objects.filter(person_key=request.person_key).values("supporter")
    # A coordinator acts for the person elsewhere; nobody is suggested to themselves.
    query = query.exclude(pk__in=list(apart.values_list("supporter", flat=True)) + _said_no(request))
    if request.person_id:
        query = query.exclude(user=request.person_id)
    if wishes.rather_not:
        query = query.exclude(_shows(wishes.rather_not))
    if wishes.topics:
        limits = Boundary.objects.filter(supporter=OuterRef("pk"), option__in=list(wishes.topics))
        query = query.exclude(Exists(limits))
    return query


def _said_no(request: SupportRequest) -> list[UUID]:
    answered = request.invitations.filter(state__in=["declined", "expired"])
    former = request.matches.filter(state="ended")
    return [*answered.values_list("supporter", flat=True), *former.values_list("supporter", flat=True)]


def within_reach(request: SupportRequest, *, private_counts: bool = False) -> QuerySet[Supporter]:
    """Return supporters who share every must and fit in time and place, without order.

    `private_counts` is for asking supporters only, never for a page of the person.
    """
    wishes = wishes_of(request)
    query = _kept_apart(_practical(Supporter.objects.with_room(), request, wishes), request, wishes)
    disclosed = {} if private_counts else _disclosed(request)
    for group in wishes.musts:
        query = query.filter(_must(group, disclosed, private_counts))
    return query


def _must(group: set[UUID], disclosed: dict[UUID, set[UUID]], private_counts: bool) -> Q:
    showed_me = set().union(*(disclosed.get(option, set()) for option in group))
    shown = Q(_shows(group, private_counts=private_counts))
    return shown | Q(pk__in=showed_me) if showed_me else shown


def _in_order(query: QuerySet[Supporter], liked: set[UUID], disclosed: dict[UUID, set[UUID]]) -> QuerySet[Supporter]:
    """Order by how many of `liked` are shared, then by who has had room longest."""
    if not liked:
        return query.order_by("room_since", "pk")
    relation = FilteredRelation(
        "characteristics",
        condition=Q(characteristics__option__in=list(liked), characteristics__visibility=Visibility.SHOW),
    )
    query = query.annotate(likes=relation).values("pk", "room_since").annotate(shared=Count("likes"))
    more: Any = F("shared")
    for option in liked:
        if supporters := disclosed.get(option):
            more = more + Case(When(pk__in=supporters, then=1), default=0, output_field=IntegerField())
    return query.annotate(rank=more).order_by("-rank", "room_since", "pk")


def ranked(request: SupportRequest, start: int = 0, size: int = PAGE) -> list[UUID]:
    """Return the ids of supporters from place `start` on, in the order of the rule."""
    wishes, disclosed = wishes_of(request), _disclosed(request)
    query = _kept_apart(_practical(Supporter.objects.with_room(), request, wishes), request, wishes)
    for group in wishes.musts:
        query = query.filter(_must(group, disclosed, False))
    ordered = _in_order(query, wishes.likes, disclosed)
    return list(ordered.values_list("pk", flat=True)[start : start + size])


def closest(request: SupportRequest, size: int = PAGE) -> list[UUID]:
    """When nobody shares every must: return who shares most of them, and at least one."""
    wishes, disclosed = wishes_of(request), _disclosed(request)
    wanted = set().union(*wishes.musts)
    if not wanted:
        return []
    query = _kept_apart(_practical(Supporter.objects.with_room(), request, wishes), request, wishes)
    ordered = _in_order(query, wanted, disclosed).filter(rank__gt=0)
    return list(ordered.values_list("pk", flat=True)[:size])


def without_one(request: SupportRequest) -> list[Option]:
    """Return the musts of which leaving out a single one would bring somebody into sight."""
    wishes, disclosed = wishes_of(request), _disclosed(request)
    base = _kept_apart(_practical(Supporter.objects.with_room(), request, wishes), request, wishes)
    helpful = []
    for left_out in wishes.musts:
        query = base
        for group in wishes.musts:
            if group is not left_out:
                query = query.filter(_must(group, disclosed, False))
        if query.exists():
            helpful += [wishes.options[pk] for pk in left_out]
    return helpful


def explain(request: SupportRequest, ids: Sequence[UUID]) -> list[Suggestion]:
    """Return the supporters in the order given, with what is shared, what is not, and what is unknown."""
    wishes, disclosed = wishes_of(request), _disclosed(request)
    supporters = Supporter.objects.in_bulk(list(ids))
    shown: dict[UUID, dict[UUID, Option]] = defaultdict(dict)
    rows = Characteristic.objects.filter(supporter__in=list(ids), visibility=Visibility.SHOW)
    for row in rows.select_related("option__dimension").order_by("option__dimension__order", "option__order"):
        shown[row.supporter_id][row.option_id] = row.option
    return [
        Suggestion(
            supporters[pk],
            _reasons(pk, wishes, shown[pk], disclosed),
            [option for option in shown[pk].values() if option.dimension.kind == "language"],
        )
        for pk in ids if pk in supporters
    ]  # fmt: skip


def _reasons(pk: UUID, wishes: Wishes, shown: dict[UUID, Option], disclosed: dict[UUID, set[UUID]]) -> list[Reason]:
    answered = {option.dimension_id for option in shown.values() if option.dimension.one_answer}
    reasons = []
    for wished, option in wishes.options.items():
        if wishes.strength[wished] not in {Strength.MUST, Strength.LIKE}:
            continue
        if wished in shown or pk in disclosed.get(wished, set()):
            known = "shared"
        else:
            known = "not" if option.dimension_id in answered else "unknown"
        reasons.append(Reason(option, wishes.strength[wished], known))
    return reasons


def may_be_asked(request: SupportRequest, ids: Sequence[UUID]) -> set[UUID]:
    """Return those of `ids` who can be asked now: room, and kept apart from nobody.

    The person may ask somebody who does not share every must ("who shares most"): it is their choice.
    """
    query = _kept_apart(Supporter.objects.with_room(), request, wishes_of(request))
    return set(query.filter(pk__in=list(ids)).values_list("pk", flat=True))


def newly_in_sight(request: SupportRequest) -> QuerySet[Supporter]:
    """Return supporters within reach who joined, or showed something, after the person asked to be told."""
    return within_reach(request).filter(seen_anew_at__gt=request.tell_me_since)
