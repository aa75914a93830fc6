"""What the floor below asks of matching: how many places a supporter has taken."""

from matching.models import Match
from matching.workflows import questions
from supporters import room, workflows
from supporters.models import Supporter


def places_taken(supporter: Supporter) -> int:
    """Return the number of live matches."""
    return Match.objects.live().filter(supporter=supporter).count()


def register_all() -> None:
    """Tell the floor below how to count, and what to do when a profile changes."""
    room.register_counter(places_taken)
    workflows.on_change(questions.supporter_changed)
