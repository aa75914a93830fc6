"""What the floor below asks of matching: how many places a supporter has taken."""

from matching.models import Match
from matching.workflows import matches, questions, requests
from peersupport.accounts.models import Role
from peersupport.accounts.workflows import on_taken_back
from supporters import room, workflows
from supporters.models import Supporter
from supporters.staffing import leave


def places_taken(supporter: Supporter) -> int:
    """Return the number of live matches."""
    return Match.objects.live().filter(supporter=supporter).count()


def register_all() -> None:
    """Tell the floor below how to count, and what to do when a profile changes."""
    room.register_counter(places_taken)
    workflows.on_change(questions.supporter_changed)
    leave.on_known(matches.tell_of_leave)
    leave.on_over(lambda over: matches.end_stand_ins_of(over.supporter))
    workflows.before_set_aside(matches.end_all_of_supporter)
    on_taken_back(Role.COORDINATOR, requests.release_all)
