"""Writing audit rows. A state change and its row share one transaction."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from django.utils import timezone

from peersupport.audit.models import ActorRole, AuditEntry, AuditKind

HOUR = timedelta(hours=1)


class Actor(Protocol):
    """Whoever acts: a user, or somebody who opened a private link. `None` stands for the programme."""

    @property
    def pseudonym(self) -> UUID: ...


def record(
    verb: str, obj: Any, *, by: Actor | None, role: str, subjects: Iterable[UUID | None], kind: str = AuditKind.CHANGE
) -> None:
    """Write one row for each person whose data `obj` is."""
    actor = by.pseudonym if by else None
    AuditEntry.objects.bulk_create(
        AuditEntry(
            actor=actor,
            actor_role=_role(role, actor, subject),
            subject=subject,
            kind=kind,
            verb=verb,
            object_type=obj._meta.label,
            object_id=_identity(obj),
        )
        for subject in set(subjects)
    )


def record_read(what: str, obj: Any, *, by: Actor | None, role: str, subjects: Iterable[UUID | None]) -> None:
    """Write that somebody looked at `obj`; looking at one's own is not recorded."""
    others = {subject for subject in subjects if by is None or subject != by.pseudonym}
    if others:
        record(what, obj, by=by, role=role, subjects=others, kind=AuditKind.READ)


def record_reads(
    what: str,
    objects: Iterable[Any],
    *,
    by: Actor,
    role: str,
    subjects: Iterable[UUID | None],
    once_in: timedelta = HOUR,
) -> None:
    """Write that somebody looked at several things, each once in a while; two queries however many there are."""
    keys, now = {obj.pk: obj for obj in objects}, timezone.now()
    if not keys:
        return
    before = AuditEntry.objects.filter(actor=by.pseudonym, verb=what, object_id__in=list(keys), at__gt=now - once_in)
    known = set(before.values_list("object_id", flat=True))
    others = {subject for subject in subjects if subject != by.pseudonym}
    AuditEntry.objects.bulk_create(
        AuditEntry(
            actor=by.pseudonym,
            actor_role=_role(role, by.pseudonym, subject),
            subject=subject,
            kind=AuditKind.READ,
            verb=what,
            object_type=obj._meta.label,
            object_id=pk,
        )
        for pk, obj in keys.items()
        if pk not in known
        for subject in others
    )


def _role(role: str, actor: UUID | None, subject: UUID | None) -> str:
    if actor is None:
        return ActorRole.SYSTEM
    return ActorRole.YOURSELF if actor == subject else role


def _identity(obj: Any) -> UUID | None:
    return obj.pk if isinstance(obj.pk, UUID) else None
