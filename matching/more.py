"""Further links on the page of a match: floors above register what they have there for whoever looks."""

from collections.abc import Callable
from typing import Any

from matching.models import Match

Links = Callable[[Match, Any], list[tuple[Any, str]]]
_all: list[Links] = []


def register(links: Links) -> None:
    """Register a maker of links, each as (words, address)."""
    _all.append(links)


def links(match: Match | None, by: Any) -> list[tuple[Any, str]]:
    """Return every further link of a match for whoever acts."""
    return [one for make in _all for one in make(match, by)] if match else []
