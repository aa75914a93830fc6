"""What a person choosing a supporter sees of a profile."""

from typing import Any

from supporters.bits import times_by_day, words_for_settings
from supporters.models import Supporter


def shown(supporter: Supporter) -> dict[str, Any]:
    """Return what a person choosing sees of places, times and shown characteristics."""
    told = supporter.characteristics.filter(visibility="show").select_related("option__dimension")
    about: dict[str, list[Any]] = {}
    for item in told.order_by("option__dimension__order", "option__order"):
        about.setdefault(str(item.option.dimension), []).append(item.option)
    places = words_for_settings(supporter.places)
    return {"about": list(about.items()), "places": places, "times": times_by_day(supporter.times)}
