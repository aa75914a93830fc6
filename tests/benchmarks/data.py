"""Invented supporters and people, as an organization of some size would have them. Nobody here exists."""

import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from matching.models import Disclosure, NotAgain, Strength, SupportRequest, Wish
from supporters.models import ANY_PLACE, ANY_TIME, Boundary, Characteristic, Dimension, Option, Supporter

_FIRST = ["Alba", "Bruno", "Chloé", "Dalia", "Emre", "Farah", "Gaël", "Hana", "Íñigo", "June", "Kofi", "Lina", "ليلى"]
_LAST = ["Fictive", "O'Sample", "de la Muestra", "Exemple", "Invented", "Nobody", "مثال"]
START = datetime(2024, 1, 1, tzinfo=UTC)
TOLD = 12
SHOWN = 0.7
WITH_ROOM = 0.7
BATCH = 5000


def add_supporters(number: int, *, seed: int) -> None:
    """Add `number` supporters with about TOLD characteristics each, in batches; then let the database count."""
    chance = random.Random(seed)
    dimensions = [(one, list(one.options.all())) for one in Dimension.objects.prefetch_related("options")]
    for start in range(0, number, BATCH):
        supporters = [_supporter(chance) for _ in range(min(BATCH, number - start))]
        Supporter.objects.bulk_create(supporters)
        told = (item for one in supporters for item in _told(one, dimensions, chance))
        Characteristic.objects.bulk_create(told, batch_size=BATCH)
        Boundary.objects.bulk_create(item for one in supporters for item in _limits(one, dimensions, chance))
    settle()


def settle() -> None:
    """What the database does by itself after a while: clean up and count, so that its plans are the usual ones."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _supporter(chance: random.Random) -> Supporter:
    room = chance.random() < WITH_ROOM
    active = room or chance.random() < 0.5
    since = START + timedelta(seconds=chance.randrange(60_000_000))
    return Supporter(
        id=uuid.UUID(int=chance.getrandbits(128), version=4),
        name=f"{chance.choice(_FIRST)} {chance.choice(_LAST)}",
        title=chance.choice(["", "Peer supporter", "Peer supporter in training"]),
        state="active" if active else "training",
        story="I have been there, and I know how long a night can be. " * chance.randrange(6),
        places=chance.randrange(1, ANY_PLACE + 1),
        times=chance.randrange(1, ANY_TIME + 1),
        maximum=chance.randrange(1, 6),
        accepting=room or chance.random() < 0.5,
        confirmed_at=since if active else None,
        room_since=since if room else None,
        seen_anew_at=since if room else None,
    )


def _told(supporter: Supporter, dimensions: list[Any], chance: random.Random) -> list[Characteristic]:
    """One or two languages, an area, and some ten other things; 70 % of those are shown."""
    chosen: list[tuple[Option, str]] = []
    for dimension, options in dimensions:
        if dimension.kind in {"language", "area"}:
            chosen += [(option, "show") for option in chance.sample(options, chance.choice((1, 1, 2)))]
    others = [pair for pair in dimensions if pair[0].kind not in {"language", "area"}]
    while len(chosen) < TOLD:
        dimension, options = chance.choice(others)
        option = chance.choice(options)
        taken = {
            one.dimension_id if one.dimension_id == dimension.pk and dimension.one_answer else one.pk
            for one, _seen in chosen
        }
        if option.pk not in taken and dimension.pk not in taken:
            chosen.append((option, "show" if chance.random() < SHOWN else "ask"))
    return [Characteristic(supporter=supporter, option=option, visibility=seen) for option, seen in chosen]


def _limits(supporter: Supporter, dimensions: list[Any], chance: random.Random) -> list[Boundary]:
    if chance.random() < 0.8:
        return []
    topics = [option for dimension, options in dimensions if dimension.kind == "topic" for option in options]
    return [Boundary(supporter=supporter, option=option) for option in chance.sample(topics, chance.choice((1, 2)))]


LIKES = [
    "lived-experience:voices",
    "lived-experience:loss",
    "understanding:life",
    "recovery:belonging",
    "treatment:own-ways",
    "services:hospital",
]
MUSTS = ["lived-experience:fear", "understanding:many"]


def add_request(person: Any = None, *, musts: bool) -> SupportRequest:
    """Add a request as people make them: six likes, a language, places, times; with musts also a rather-not,
    an area, somebody kept apart and somebody who showed this person something.
    """
    now = datetime.now(UTC)
    request = SupportRequest.objects.create(
        person=person, state="choosing", call_me="Somebody", submitted_at=now, places=0b110011, times=0b1010101 << 6
    )
    wishes = [(name, Strength.LIKE) for name in LIKES] + [("spoken-language:en", Strength.PRACTICAL)]
    if musts:
        wishes += [(name, Strength.MUST) for name in MUSTS] + [("treatment:harmed", Strength.RATHER_NOT)]
        wishes += [("area:north", Strength.PRACTICAL), ("area:centre", Strength.PRACTICAL)]
    Wish.objects.bulk_create(
        Wish(request=request, option=_option(name), strength=strength) for name, strength in wishes
    )
    if musts:
        first, second = Supporter.objects.with_room().order_by("pk")[:2]
        NotAgain.objects.create(supporter=first, person_key=request.person_key, by_supporter=False)
        Disclosure.objects.create(request=request, supporter=second, option=_option(MUSTS[0]))
        Disclosure.objects.create(request=request, supporter=second, option=_option(LIKES[0]))
    return SupportRequest.objects.get(pk=request.pk)


def _option(name: str) -> Option:
    dimension, key = name.split(":")
    return Option.objects.get(dimension__key=dimension, key=key)
