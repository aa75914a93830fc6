"""Who is within reach of a request, and in which order, in SQL. The rule is told in `suggestions`."""

from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from matching.wishes import Keys, Must, Terms
from supporters.models import Characteristic, Supporter, Visibility


def with_room(terms: Terms) -> QuerySet[Supporter]:
    """Return who has room and is kept apart from nobody.

    What a supporter would rather not support changes nothing here: whoever changes one wish after the other and watches
    who vanishes would learn it. The invitation tells the supporter, who answers as they like.
    """
    query = Supporter.objects.with_room()
    if terms.apart:
        query = query.exclude(pk__in=terms.apart)
    for nobody_acts_on_both_sides in (terms.person, terms.coordinator):
        if nobody_acts_on_both_sides:
            query = query.exclude(user=nobody_acts_on_both_sides)
    if terms.rather_not:
        query = query.filter(~_shows(terms.rather_not))
    return query


def practical(terms: Terms) -> QuerySet[Supporter]:
    """Return who also fits in place, time, language and area."""
    query = with_room(terms)
    if terms.where is not None:
        query = query.alias(where_fits=F("places").bitand(terms.where)).exclude(where_fits=0)
    if terms.when is not None:
        query = query.alias(when_fits=F("times").bitand(terms.when)).exclude(when_fits=0)
    if terms.languages:
        query = query.filter(_shows(terms.languages))
    if terms.areas:
        query = query.alias(from_afar=F("places").bitand(terms.from_afar))
        query = query.filter(~Q(from_afar=0) | _shows(terms.areas))
    return query


def within_reach(terms: Terms) -> QuerySet[Supporter]:
    """Return who shares every must, in no order."""
    query = practical(terms)
    for must in terms.musts:
        shown = _shows(must.options, private_counts=terms.private_counts)
        query = query.filter(shown | Q(pk__in=must.showed_me) if must.showed_me else shown)
    return query


def _shows(options: Keys, *, private_counts: bool = False) -> Exists:
    told = Characteristic.objects.filter(option__in=options, supporter=OuterRef("pk"))
    return Exists(told if private_counts else told.filter(visibility=Visibility.SHOW))


def by_rank(query: QuerySet[Supporter], liked: tuple[Must, ...]) -> QuerySet[Any]:
    """Order by how many of `liked` are shared (`rank`), then by who has had room longest: for few supporters."""
    shown = Characteristic.objects.filter(
        option__in=_options(liked), supporter=OuterRef("pk"), visibility=Visibility.SHOW
    )
    counted = shown.order_by().values("supporter").annotate(number=Count("pk")).values("number")
    rank: Any = Coalesce(Subquery(counted), 0)
    for like in liked:
        if like.showed_me:
            rank = rank + Case(When(pk__in=like.showed_me, then=1), default=0, output_field=IntegerField())
    return query.alias(rank=rank).order_by("-rank", "room_since", "pk")


def share_any(liked: tuple[Must, ...]) -> Any:
    """The condition that a supporter shows at least one of `liked`, to everybody or to this person."""
    shown = _shows(_options(liked))
    showed_me = tuple(supporter for like in liked for supporter in like.showed_me)
    return shown | Q(pk__in=showed_me) if showed_me else shown


def ids_in_order(terms: Terms, liked: tuple[Must, ...], start: int, size: int) -> list[UUID]:
    """Return the ids of those within reach from place `start` on, in the order of the rule.

    Nobody who shares no like comes before somebody who does. So without musts, when many are within reach,
    the others are looked for only when a page is not full.
    """
    if terms.musts and liked:
        return list(_few(terms, liked, range(start, start + size)))
    supporter_ids = list(_sharing(terms, liked, range(start, start + size))) if liked else []
    if len(supporter_ids) < size:
        first = 0 if supporter_ids else start - _number_sharing(terms, liked, at_most=start)
        supporter_ids += list(_others(terms, liked, range(first, first + size - len(supporter_ids))))
    return supporter_ids


def _number_sharing(terms: Terms, liked: tuple[Must, ...], *, at_most: int) -> int:
    """Return how many share something; `at_most` is where the page begins that had none of them."""
    return len(_sharing(terms, liked, range(at_most))) if liked and at_most else 0


def _few(terms: Terms, liked: tuple[Must, ...], places: range) -> QuerySet[Any]:
    return by_rank(within_reach(terms), liked).values_list("pk", flat=True)[places.start : places.stop]


def _sharing(terms: Terms, liked: tuple[Must, ...], places: range) -> QuerySet[Any]:
    query = within_reach(terms)
    if any(like.showed_me for like in liked):
        return by_rank(query.filter(share_any(liked)), liked).values_list("pk", flat=True)[places.start : places.stop]
    shown = Q(characteristics__option__in=_options(liked), characteristics__visibility=Visibility.SHOW)
    grouped = query.filter(shown).values("pk", "room_since").alias(rank=Count("characteristics__option"))
    return grouped.order_by("-rank", "room_since", "pk").values_list("pk", flat=True)[places.start : places.stop]


def _others(terms: Terms, liked: tuple[Must, ...], places: range) -> QuerySet[Any]:
    query = within_reach(terms)
    if liked:
        query = query.filter(~Q(share_any(liked)))
    return query.order_by("room_since", "pk").values_list("pk", flat=True)[places.start : places.stop]


def _options(liked: tuple[Must, ...]) -> Keys:
    return tuple(option for like in liked for option in like.options)
