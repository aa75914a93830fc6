"""Every state, every verb, every part: the tables are the rule, and nothing steps outside them."""

import pytest

from matching.models import InvitationState, MatchState, RequestState
from matching.workflows import invitations, matches, requests
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from supporters import workflows as supporter_workflows
from supporters.models import Status

LIFECYCLES = [
    (requests.LIFECYCLE, RequestState),
    (invitations.LIFECYCLE, InvitationState),
    (matches.LIFECYCLE, MatchState),
    (supporter_workflows.LIFECYCLE, Status),
]
PARTS = ["person", "lasting", "coordinator", "supporter", "system", None]
CELLS = [
    (lifecycle, state, verb, part)
    for lifecycle, states in LIFECYCLES
    for state in states.values
    for verb in lifecycle.table
    for part in PARTS
]


class Thing:
    """Stands in for a row: the table looks at nothing but the state."""

    def __init__(self, state):
        self.state = state


@pytest.mark.parametrize(
    ("lifecycle", "state", "verb", "part"), CELLS, ids=lambda value: str(getattr(value, "name", value))
)
def test_a_step_is_offered_exactly_where_the_table_says(lifecycle, state, verb, part, monkeypatch):
    monkeypatch.setattr(lifecycle, "actor_role", lambda by, thing: part)
    row = lifecycle.table[verb]
    offered = lifecycle.available(Thing(state), verb, by=None)
    assert offered == (state in row.sources and part in row.roles)


@pytest.mark.parametrize(("lifecycle", "states"), LIFECYCLES, ids=lambda value: getattr(value, "name", ""))
def test_tables_name_only_states_that_exist_and_every_state_can_be_left_or_is_an_end(lifecycle, states):
    named = {state for row in lifecycle.table.values() for state in (*row.sources, *row.targets)}
    assert named <= set(states.values)
    ends = {"accepted", "declined", "expired", "withdrawn", "ended"}
    left = {state for row in lifecycle.table.values() for state in row.sources}
    assert set(states.values) - left <= ends | {"invited"}


def test_nobody_but_the_supporter_says_yes_for_the_supporter(world):
    invitation = world.invitation()
    for by in (world.coordinator, world.administrator, invitation.request.person, world.supporter().user):
        with pytest.raises(NotAllowed):
            invitations.accept(invitation, by=by)
    assert world.fresh(invitation).state == "open"


def test_nobody_but_the_person_chooses_not_even_a_coordinator_who_does_not_look_after_it(world):
    request, supporter = world.request(), world.supporter()
    for by in (world.coordinator, world.administrator, supporter.user, world.user()):
        with pytest.raises(NotAllowed):
            invitations.choose(request, [supporter], by=by)


def test_a_coordinator_at_the_side_needs_a_clear_yes(world):
    request, supporter = world.helped_request(), world.supporter()
    with pytest.raises(NotPossible):
        invitations.choose(request, [supporter], by=world.coordinator, how="")
    assert not request.invitations.exists()
    invitations.choose(request, [supporter], by=world.coordinator, how="gesture")
    assert list(request.recorded_yeses.values_list("verb", "how")) == [("submit", "spoke"), ("choose", "gesture")]


def test_there_is_no_column_for_a_reason_to_pause_end_or_change():
    from matching.models import Match, SupportRequest

    names = {field.name for model in (Match, SupportRequest) for field in model._meta.get_fields()}
    assert not [name for name in names if "reason" in name or "why" in name or "score" in name]
