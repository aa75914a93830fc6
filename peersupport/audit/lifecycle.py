"""Lifecycles as tables that somebody who does not code can review, and the one way to take a step in them.

A step is one transaction: lock, check, change, audit row, outbox row (the caller writes the outbox row
inside). Buttons ask `available`, verbs go through `step`: a screen and a rule cannot disagree.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from peersupport.audit.recording import record

Who = Callable[[Any, Any], str | None]  # (actor, object) -> in which part they act, or None


class NotPossible(Exception):
    """The step does not fit the state things are in now. `message` is in plain words, for the page."""

    def __init__(self, message: Any = None) -> None:
        self.message = message or _("Something changed meanwhile, so this is not possible now. Please look again.")
        super().__init__(str(self.message))


class NotAllowed(Exception):
    """Whoever asks for the step has no part in it."""


@dataclass(frozen=True)
class Transition:
    """From any of `sources` to `target` (None: the state stays) by whoever has one of the parts in `who`."""

    verb: str
    sources: frozenset[str]
    target: str | None
    who: frozenset[str]


def transition(verb: str, sources: Sequence[str], target: str | None, *who: str) -> Transition:
    """Write one line of a table."""
    return Transition(verb, frozenset(sources), target, frozenset(who))


class Lifecycle:
    """A table of transitions, the part each actor plays, and whose data the object is."""

    def __init__(
        self,
        name: str,
        transitions: Sequence[Transition],
        *,
        part: Who,
        subjects: Callable[[Any], Sequence[Any]],
    ) -> None:
        self.name, self.part, self.subjects = name, part, subjects
        self.table = {row.verb: row for row in transitions}

    def available(self, obj: Any, verb: str, *, by: Any) -> bool:
        """Tell whether `by` may take this step now."""
        row = self.table[verb]
        return obj.state in row.sources and self.part(by, obj) in row.who

    def verbs(self, obj: Any, *, by: Any) -> list[str]:
        """Return the steps `by` may take now."""
        return [verb for verb in self.table if self.available(obj, verb, by=by)]

    @contextmanager
    def step(self, verb: str, obj: Any, *, by: Any, first: Sequence[Any] = ()) -> Iterator[Any]:
        """Lock `first` and then `obj`, check the step, give the fresh object, save its new state, audit.

        Everybody locks in the order request, supporter, invitation, match: nobody waits in a circle.
        Raises NotAllowed, NotPossible.
        """
        row = self.table[verb]
        with transaction.atomic():
            for other in first:
                lock(other)
            fresh = lock(obj)
            part = self.part(by, fresh)
            if part not in row.who:
                raise NotAllowed(f"{self.name}.{verb}")
            if fresh.state not in row.sources:
                raise NotPossible
            yield fresh
            fresh.state = row.target or fresh.state
            fresh.save()
            record(f"{self.name}.{verb}", fresh, by=by, role=str(part), subjects=self.subjects(fresh))


def lock(obj: models.Model) -> Any:
    """Fetch the row again and hold it until the transaction ends.

    Raises NotPossible when it has gone.
    """
    manager = type(obj)._default_manager
    try:
        return manager.select_for_update(no_key=True).get(pk=obj.pk)
    except type(obj).DoesNotExist:  # type: ignore[attr-defined]
        raise NotPossible from None
