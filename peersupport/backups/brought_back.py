"""What a restore brings back that may have ended since the backup was made: roles, private links, passwords, sharings.

The ledger ends what it names by itself. What it can't name is listed here, kind by kind, and whoever restores decides:
keep it, or end it. Without an answer it ends: nobody gets back by a restore what was taken from them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from hiring.models import Application
from matching.models import PrivateLink
from peersupport.accounts.models import Role, RoleGrant, RoleInvitation
from peersupport.audit.recording import record
from peersupport.notifications.models import CalendarFeed
from peersupport.organization.models import Concern
from peersupport.vault import door as vault
from sessions_log.models import Sharing
from sessions_log.workflows import sharings

#: Stands before the id of a concern whose link was ended: no token has such a hash.
ENDED = "ended "


@dataclass(frozen=True)
class RestoredRight:
    """One kind of thing that came back: its name on the command line, what it is, its lines, how it is ended."""

    name: str
    what: str
    ended: str
    lines: Callable[[], list[str]]
    end: Callable[[], None]


def kinds() -> list[RestoredRight]:
    """Return every kind, in the order in which whoever restores is asked."""
    return [
        RestoredRight(
            "roles",
            "roles of trust, as they were",
            "Nobody holds a role of trust. Make a new one-time link "
            "(`manage.py serve --no-serve`), then invite the team again.",
            _roles,
            _end_roles,
        ),
        RestoredRight(
            "links",
            "private links and invitations that were open",
            "Every link has stopped working. Coordinators can hand out new ones.",
            _links,
            _end_links,
        ),
        RestoredRight(
            "passwords",
            "passwords that were changed since the backup",
            "They no longer open anything: these people set "
            "a new one by email, and open their notes with the recovery sheet.",
            _passwords,
            _end_passwords,
        ),
        RestoredRight(
            "sharings",
            "notes shared with a supervisor",
            "Nothing is shared. People can be asked again.",
            _sharings,
            _end_sharings,
        ),
    ]


def _roles() -> list[str]:
    grants = RoleGrant.objects.exclude(role=Role.SUPPORTER).select_related("user").order_by("role", "user__email")
    return [f"{grant.role}: {grant.user.email}, since {grant.granted_at:%Y-%m-%d}" for grant in grants]


def _end_roles() -> None:
    with transaction.atomic():
        for grant in RoleGrant.objects.exclude(role=Role.SUPPORTER).select_related("user"):
            record("role.take_back", grant.user, by=None, role="system", subjects=[grant.user.pseudonym])
            grant.delete()


def _links() -> list[str]:
    counted = {
        "links of requests": PrivateLink.objects.live().count(),
        "open invitations to a role": RoleInvitation.objects.filter(accepted_at=None).exclude(token_hash="").count(),
        "private calendars": CalendarFeed.objects.count(),
        "links of concerns": Concern.objects.exclude(code_hash__startswith=ENDED).count(),
        "links of applications": Application.objects.count(),
    }
    return [f"{name}: {number}" for name, number in counted.items() if number]


def _end_links() -> None:
    with transaction.atomic():
        PrivateLink.objects.live().update(replaced_at=timezone.now())
        RoleInvitation.objects.filter(accepted_at=None).delete()
        CalendarFeed.objects.all().delete()
        Concern.objects.update(code_hash=Concat(Value(ENDED), Cast("pk", CharField())))
        Application.objects.update(link_version=F("link_version") + 1)


def _passwords() -> list[str]:
    return [f"{user.email}" for user in vault.with_changed_passwords()]


def _end_passwords() -> None:
    with transaction.atomic():
        for user in vault.with_changed_passwords():
            vault.end_changed_password(user)
            user.set_unusable_password()
            user.save(update_fields=["password"])


def _open_sharings() -> Any:
    return Sharing.objects.filter(Q(state="asked") | Q(state="agreed"))


def _sharings() -> list[str]:
    counted = {
        "agreed": _open_sharings().filter(state="agreed").count(),
        "asked": _open_sharings().filter(state="asked").count(),
    }
    return [f"{name}: {number}" for name, number in counted.items() if number]


def _end_sharings() -> None:
    with transaction.atomic():
        for sharing in _open_sharings().select_related("match"):
            sharings.end_again(sharing)
            vault.ledger.note_at_once(sharing.pk)
