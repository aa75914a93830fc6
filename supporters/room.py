"""Whether a supporter has room for somebody new, kept in one column so that the search is fast.

The floor above knows how many places are taken: it registers a counter here.
"""

from collections.abc import Callable

from django.utils import timezone

from supporters.models import Status, Supporter

_counters: list[Callable[[Supporter], int]] = []
_gates: list[Callable[[Supporter], bool]] = []


def register_counter(counter: Callable[[Supporter], int]) -> None:
    """Register how to count places that are taken."""
    _counters.append(counter)


def register_gate(gate: Callable[[Supporter], bool]) -> None:
    """Register something else that has to hold before anybody new is sent to a supporter."""
    _gates.append(gate)


def taken(supporter: Supporter) -> int:
    """Return how many places of the supporter are taken now."""
    return sum(counter(supporter) for counter in _counters)


def set_room(supporter: Supporter) -> None:
    """Set `room_since` from status and load, keeping the moment room began. The caller holds the lock and saves."""
    if not _can_take_somebody(supporter):
        supporter.room_since = None
    elif supporter.room_since is None:
        supporter.room_since = supporter.seen_anew_at = timezone.now()


def _can_take_somebody(supporter: Supporter) -> bool:
    ready = supporter.state == Status.ACTIVE and supporter.accepting and supporter.confirmed_at is not None
    ready = ready and supporter.user_id is not None and taken(supporter) < supporter.maximum
    return ready and all(gate(supporter) for gate in _gates)
