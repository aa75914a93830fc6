"""What matters to the person who asks, as the search needs it: read from the database in one query."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, CharField, Exists, F, OuterRef, QuerySet, Value, When

from matching.models import Disclosure, Invitation, Match, NotAgain, Strength, SupportRequest, Wish
from supporters.models import ANY_PLACE, ANY_TIME, FACE_TO_FACE, Characteristic, Option, Visibility

Keys = tuple[Any, ...]


class Must(NamedTuple):
    """One of these is to be shared; `showed_me` are supporters who showed one of them to this person."""

    options: Keys
    showed_me: Keys


class Terms(NamedTuple):
    """What a search asks for."""

    apart: Keys
    person: Any
    coordinator: Any
    rather_not: Keys
    where: Any
    when: Any
    languages: Keys
    areas: Keys
    from_afar: Any
    musts: tuple[Must, ...]
    private_counts: bool


@dataclass
class Wishes:
    """A request's wishes, sorted: groups of musts of which one is enough, likes, rather-nots, practical ones.

    `disclosed` tells for an option who showed it to this person, `apart` whom either side would rather not meet
    again, who said no, and whom they had.
    """

    request: SupportRequest
    musts: list[set[UUID]] = field(default_factory=list)
    practical: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    likes: set[UUID] = field(default_factory=set)
    rather_not: set[UUID] = field(default_factory=set)
    disclosed: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    apart: set[UUID] = field(default_factory=set)
    strength: dict[UUID, str] = field(default_factory=dict)

    @cached_property
    def options(self) -> dict[UUID, Option]:
        """The options that were wished, in the order of the catalogue."""
        return _in_order_of_catalogue(set(self.strength))

    def options_and(self, others: set[UUID]) -> dict[UUID, Option]:
        """Return the options that were wished and others, in one query."""
        found = _in_order_of_catalogue(self.strength.keys() | others)
        self.options = {pk: option for pk, option in found.items() if pk in self.strength}
        return found

    def terms(self, *, private_counts: bool) -> Terms:
        """Return what to search for. With `private_counts`, what was shown to one person counts no more."""
        disclosed = {} if private_counts else self.disclosed
        request = self.request
        where, when = request.places or ANY_PLACE, request.times or ANY_TIME
        return Terms(
            apart=_sorted(self.apart),
            person=request.person_id,
            coordinator=request.looked_after_by_id,
            rather_not=_sorted(self.rather_not),
            where=None if where == ANY_PLACE else where,
            when=None if when == ANY_TIME else when,
            languages=_sorted(self.practical["language"]),
            areas=_sorted(self.practical["area"]),
            from_afar=where & ~FACE_TO_FACE,
            musts=tuple(
                Must(_sorted(group), showed_any(disclosed, group))
                for group in sorted(self.musts, key=lambda group: (len(group), _sorted(group)))
            ),
            private_counts=private_counts,
        )


def _in_order_of_catalogue(keys: set[UUID]) -> dict[UUID, Option]:
    found = Option.objects.filter(pk__in=list(keys)).select_related("dimension")
    return {option.pk: option for option in found.order_by("dimension__order", "pk")}


def showed_any(disclosed: dict[UUID, set[UUID]], options: set[UUID]) -> Keys:
    """Return the supporters who showed the person one of the options."""
    return _sorted(set().union(*(disclosed.get(option, set()) for option in options)))


def wishes_of(request: SupportRequest) -> Wishes:
    """Read the wishes. In a dimension with one answer at most, several musts mean: one of them."""
    wishes, musts = Wishes(request), defaultdict(set)
    for sort, first, second, kind in _matters(request):
        if sort == "apart":
            wishes.apart.add(first)
        elif sort == "disclosed":
            wishes.disclosed[first].add(second)
        else:
            wishes.strength[first] = sort
        if sort == Strength.MUST:
            musts[second].add(first)
        elif sort == Strength.LIKE:
            wishes.likes.add(first)
        elif sort == Strength.RATHER_NOT:
            wishes.rather_not.add(first)
        elif sort == Strength.PRACTICAL:
            wishes.practical[kind].add(first)
    wishes.musts = list(musts.values())
    return wishes


def _matters(request: SupportRequest) -> QuerySet[Any]:
    """Each row: which sort, one key, perhaps another, and the kind of dimension."""
    wish = Wish.objects.filter(request=request)
    one_answer = When(option__dimension__one_answer=True, then="option__dimension")
    wished = _rows(wish, F("strength"), "option", Case(one_answer, default="option"), F("option__dimension__kind"))
    # Only while it is kept from others: what is shown to everybody is not counted twice.
    told = Characteristic.objects.filter(
        supporter=OuterRef("supporter"), option=OuterRef("option"), visibility=Visibility.ASK
    )
    disclosed = Disclosure.objects.filter(Exists(told), request=request)
    apart = [
        NotAgain.objects.filter(person_key=request.person_key),
        Invitation.objects.filter(request=request, state__in=["declined", "expired"]),
        Match.objects.lasting().filter(request=request, state="ended"),
    ]
    others = [_rows(disclosed, _word("disclosed"), "option", F("supporter"), _word(""))]
    others += [_rows(one, _word("apart"), "supporter", F("supporter"), _word("")) for one in apart]
    return wished.union(*others, all=True)


def _rows(queryset: QuerySet[Any], sort: Any, first: str, second: Any, kind: Any) -> QuerySet[Any]:
    named = {"sort": sort, "first": F(first), "second": second, "of_kind": kind}
    return queryset.order_by().annotate(**named).values_list(*named)


def _word(word: str) -> Value:
    return Value(word, CharField())


def _sorted(keys: set[UUID]) -> Keys:
    return tuple(sorted(keys))
