"""Lifecycles as tables that somebody who does not code can review, and the one way to change a state.

A transition is one transaction: lock, check, change, audit row, outbox row (the caller writes the outbox row inside).
Buttons ask `StateMachine.available`, workflows go through `StateMachine.transition`: a page and a rule cannot disagree.
Nothing else assigns a state.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from peersupport.audit.recording import record

#: Returns in which role an actor acts on an object, or None when they have no part in it.
ActorRole = Callable[[Any, Any], str | None]


class NotPossible(Exception):
    """The transition does not fit the current state. `message` is in plain words, for the page."""

    def __init__(self, message: Any = None) -> None:
        self.message = message or _("Something changed meanwhile, so this is not possible now. Please look again.")
        super().__init__(str(self.message))


class NotAllowed(Exception):
    """The actor has none of the roles that may do this."""


class WrongState(AssertionError):
    """A workflow left an object in a state that its transition does not declare. This is a programming error."""


@dataclass(frozen=True)
class Transition:
    """From any of `sources` to one of `targets` (none: the state stays) by an actor with one of `roles`."""

    action: str
    sources: frozenset[str]
    targets: frozenset[str]
    roles: frozenset[str]

    @property
    def target(self) -> str | None:
        """The only target, or None when the state stays or the workflow decides between several."""
        return next(iter(self.targets)) if len(self.targets) == 1 else None

    def allows(self, before: str, after: str) -> bool:
        """Tell whether this transition may lead from one state to the other."""
        return after in self.targets if self.targets else after == before


def transition(action: str, sources: Sequence[str], targets: str | Sequence[str] | None, *roles: str) -> Transition:
    """Return one row of a table. `targets` is a state, several of which the workflow chooses one, or None."""
    several = [targets] if isinstance(targets, str) else targets or []
    return Transition(action, frozenset(sources), frozenset(several), frozenset(roles))


class StateMachine:
    """A table of transitions, the role of each actor, and whose data the object is.

    `on_change` is called with an object whose state has just changed, before it is saved.
    """

    def __init__(
        self,
        name: str,
        transitions: Sequence[Transition],
        *,
        actor_role: ActorRole,
        subjects: Callable[[Any], Sequence[Any]],
        on_change: Callable[[Any], None] | None = None,
    ) -> None:
        self.name, self.actor_role, self.subjects, self.on_change = name, actor_role, subjects, on_change
        self.table = {row.action: row for row in transitions}

    def available(self, obj: Any, action: str, *, by: Any) -> bool:
        """Tell whether `by` may take this action now."""
        row = self.table[action]
        return obj.state in row.sources and self.actor_role(by, obj) in row.roles

    def actions(self, obj: Any, *, by: Any) -> list[str]:
        """Return the actions `by` may take now."""
        return [action for action in self.table if self.available(obj, action, by=by)]

    @contextmanager
    def transition(self, action: str, obj: Any, *, by: Any, first: Sequence[Any] = ()) -> Iterator[Any]:
        """Lock `first` and then `obj`, check the transition, yield the locked object, then change its state, save and audit it.

        The object comes in its old state. A workflow calls `enter` where a transition has several targets, or where what
        it does needs the new state before the end.
        Everybody locks in the order request, supporter, invitation, match, so that nobody waits in a circle.

        Raises NotAllowed, NotPossible, and WrongState when the object ends in a state that is not declared.
        """
        row = self.table[action]
        with transaction.atomic():
            for other in first:
                lock(other)
            locked = lock(obj)
            role = self.actor_role(by, locked)
            if role not in row.roles:
                raise NotAllowed(f"{self.name}.{action}")
            if locked.state not in row.sources:
                raise NotPossible
            before = locked.state
            yield locked
            if row.target:
                self.enter(locked, row.target)
            if not row.allows(before, locked.state):
                raise WrongState(f"{self.name}.{action} left {locked.state}")
            locked.save()
            record(f"{self.name}.{action}", locked, by=by, role=str(role), subjects=self.subjects(locked))

    def enter(self, locked: Any, state: str) -> None:
        """Change the state of a locked object, inside `transition`."""
        if locked.state != state:
            locked.state = state
            if self.on_change:
                self.on_change(locked)


def lock(obj: models.Model) -> Any:
    """Return the row of `obj` as it is now, locked until the transaction ends.

    Raises NotPossible when it is gone.
    """
    manager = type(obj)._default_manager
    try:
        return manager.select_for_update(no_key=True).get(pk=obj.pk)
    except type(obj).DoesNotExist:  # type: ignore[attr-defined]
        raise NotPossible from None
