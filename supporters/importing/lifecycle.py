"""The states of an import, and who may change them."""

from peersupport.accounts.models import Role, User
from peersupport.workflow.state_machine import StateMachine, transition
from supporters.models import ImportRun, ImportState

S = ImportState
#: The states in which nothing has been taken over yet.
BEFORE_TAKING = [S.COLUMNS, S.VALUES, S.TRIED]


def _actor_role(by: User | None, run: ImportRun) -> str | None:
    """Return the role; nobody means the command line, or the worker."""
    if by is None:
        return "system"
    return "coordinator" if by.holds(Role.COORDINATOR) else None


LIFECYCLE = StateMachine(
    "import",
    [
        transition("choose_columns", BEFORE_TAKING, S.VALUES, "coordinator", "system"),
        transition("choose_values", [S.VALUES, S.TRIED], S.TRIED, "coordinator", "system"),
        transition("start", [S.TRIED], S.RUNNING, "coordinator", "system"),
        transition("cancel", [*BEFORE_TAKING, S.RUNNING], S.CANCELLED, "coordinator", "system"),
        transition("finish", [S.RUNNING], S.DONE, "system"),
    ],
    actor_role=_actor_role,
    subjects=lambda run: [None],
)
