"""The search in SQL beside the rule written out naively in Python, page by page."""

import random

import pytest
from django.utils import timezone

from matching.models import Disclosure
from matching.suggestions import Search
from supporters.models import Characteristic, Supporter

LIKES = ["interests:music", "interests:sport", "faith:sikh", "gender:woman"]
MUST = "recovery:own-life"


def some_supporters(world, chance, number=14):
    start = timezone.now() - timezone.timedelta(days=30)
    for _ in range(number):
        told = {name: chance.choice(["show", "ask"]) for name in LIKES if chance.random() < 0.4}
        told[MUST] = chance.choice(["show", "show", "ask"])
        supporter = world.supporter(told)
        since = start + timezone.timedelta(hours=chance.randrange(6))  # some at the same moment
        Supporter.objects.filter(pk=supporter.pk).update(room_since=since)


def by_the_rule(world, request, *, must):
    """More shared likes first, then room longest, then the key; nobody who does not show the must."""
    likes = {world.option(*name.split(":")).pk for name in LIKES}
    needed = {world.option(*MUST.split(":")).pk} if must else set()
    ordered = []
    for supporter in Supporter.objects.exclude(room_since=None):
        shown = set(
            Characteristic.objects.filter(supporter=supporter, visibility="show").values_list("option", flat=True)
        )
        shown |= set(Disclosure.objects.filter(supporter=supporter, request=request).values_list("option", flat=True))
        if needed <= shown:
            ordered.append((-len(shown & likes), supporter.room_since, supporter.pk))
    return [pk for _rank, _since, pk in sorted(ordered)]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("must", [False, True])
@pytest.mark.parametrize("disclosed", [False, True])
def test_pages_put_together_are_the_whole_order(world, seed, must, disclosed):
    chance = random.Random(seed)
    some_supporters(world, chance)
    request = world.request(dict.fromkeys(LIKES, "like") | ({MUST: "must"} if must else {}))
    if disclosed:
        for told in Characteristic.objects.filter(visibility="ask")[::2]:
            Disclosure.objects.create(request=request, supporter=told.supporter, option=told.option)
    expected = by_the_rule(world, request, must=must)
    assert expected
    for size in (3, 5, 50):
        pages = [Search(request).ranked(start, size) for start in range(0, len(expected) + size, size)]
        assert [pk for page in pages for pk in page] == expected


def test_without_likes_who_has_had_room_longest_comes_first(world):
    some_supporters(world, random.Random(9), number=5)
    request = world.request()
    expected = list(Supporter.objects.order_by("room_since", "pk").values_list("pk", flat=True))
    assert Search(request).ranked(0, 2) + Search(request).ranked(2, 2) + Search(request).ranked(4, 2) == expected


def test_two_requests_of_the_same_shape_get_their_own_answers(world):
    music, sport = world.supporter({"interests:music": "show"}), world.supporter({"interests:sport": "show"})
    first, second = world.request({"interests:music": "must"}), world.request({"interests:sport": "must"})
    assert Search(first).ranked() == [music.pk]
    assert Search(second).ranked() == [sport.pk]
