"""The rights over one's own data: each app registers how to show and how to erase what is somebody's."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from peersupport.accounts.models import Consent, User
from peersupport.audit.models import AuditEntry
from peersupport.organization.models import Concern


@dataclass(frozen=True)
class PersonalData:
    """One part of what is somebody's: `show` gives plain values for the copy, `erase` removes it."""

    name: str
    title: Any
    show: Callable[[User], Any]
    erase: Callable[[User], None]


_parts: list[PersonalData] = []


def register(*parts: PersonalData) -> None:
    """Register parts; what is registered last is erased first."""
    _parts.extend(parts)


def everything_of(user: User) -> dict[str, Any]:
    """Return a copy of all that is the user's, as plain values for JSON."""
    return {"account": _account(user)} | {part.name: part.show(user) for part in _parts} | _records(user)


def erase_everything_of(user: User) -> None:
    """Erase every registered part, the upper floors first; the caller deletes the account itself."""
    for part in reversed(_parts):
        part.erase(user)
    Concern.objects.filter(raised_by=user).update(raised_by=None, how_to_reach="")


def erase_again(user: User) -> None:
    """After a restore: an account that was deleted since the backup is deleted again."""
    erase_everything_of(user)
    Consent.objects.filter(subject=user.pseudonym).delete()
    user.delete()


def _account(user: User) -> dict[str, Any]:
    return {
        "email": user.email,
        "name": user.name,
        "language": user.language,
        "time_zone": user.time_zone,
        "roles": sorted(user.roles),
        "joined": user.date_joined,
    }


def _records(user: User) -> dict[str, Any]:
    mine = AuditEntry.objects.filter(subject=user.pseudonym)
    return {
        "consents": list(
            Consent.objects.filter(subject=user.pseudonym).values("kind", "given_at", "withdrawn_at", "notice_number")
        ),
        "concerns": list(Concern.objects.filter(raised_by=user).values("words", "raised_at", "state")),
        "who_looked_or_changed": list(mine.values("at", "actor_role", "kind", "verb")),
    }
