"""Queries whose SQL is written once answer what the queryset would."""

import uuid

import pytest
from django.db.models import UUIDField

from matching.models import Match
from peersupport.organization.models import Organization
from peersupport.ui.written import Given, Objects, Shapes, one_of
from supporters.models import Option, Supporter


def test_objects_are_what_the_queryset_gives(world):
    first, second = world.match(), world.match()
    mine = Objects(
        lambda: Match.objects.filter(supporter=Given("supporter", UUIDField())).select_related("request").order_by("pk")
    )
    assert mine.all(supporter=first.supporter_id) == [first]
    (found,) = mine.all(supporter=second.supporter_id)
    assert found == second
    assert found.made_at == second.made_at
    assert "request" in found._state.fields_cache
    assert found.request.call_me == second.request.call_me
    assert mine.first(supporter=uuid.uuid4()) is None


def test_objects_leave_out_what_only_leaves_out(world):
    supporter = world.supporter(name="Somebody")
    one = Objects(lambda: Supporter.objects.filter(pk=Given("pk", UUIDField())).only("name"))
    found = one.first(pk=supporter.pk)
    assert found.name == "Somebody"
    assert "story" in found.get_deferred_fields()
    assert found.story == ""


def test_columns_of_json_and_time_zones_come_as_the_model_has_them(world):
    (found,) = Objects(lambda: Organization.objects.all()).all()
    assert found.legal_duties == {"en": "A child in danger."}
    assert found.minimum_age == Organization.objects.get().minimum_age


@pytest.mark.parametrize("number", [1, 2, 5])
def test_a_shape_serves_other_keys_of_the_same_number(world, number):
    shapes = Shapes(lambda keys, places: Option.objects.filter(one_of("pk", keys)).order_by("pk").values_list("key")[
        places.start : places.stop])  # fmt: skip
    options = list(Option.objects.order_by("pk")[: 2 * number])
    for some in (options[:number], options[number:]):
        rows = shapes.rows(tuple(one.pk for one in some), range(10))
        assert [key for (key,) in rows] == [one.key for one in some]
    assert shapes._written.cache_info().misses == 1
