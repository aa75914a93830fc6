"""Consents: given, looked up, withdrawn. Apps register what a withdrawal means for their data."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from peersupport.accounts.models import Consent, ConsentKind, User
from peersupport.audit.models import ActorRole
from peersupport.audit.recording import Actor, record
from peersupport.organization.models import TextKind
from peersupport.organization.texts import latest
from peersupport.vault.door import ledger

OnWithdrawal = Callable[[UUID], None]
_on_withdrawal: dict[str, list[OnWithdrawal]] = {}


def on_withdrawal(kind: str, action: OnWithdrawal) -> None:
    """Register what happens to the data of `subject` when they take back a consent."""
    _on_withdrawal.setdefault(kind, []).append(action)


def notice_number() -> int:
    """Return the number of the privacy notice in force; 0 is the default one that ships with the product."""
    version = latest(TextKind.PRIVACY)
    return version.number if version else 0


@transaction.atomic
def give(kind: str, *, subject: UUID, by: Actor, how: str = "") -> Consent:
    """Record a consent with the notice that was in force. Giving it twice keeps the first."""
    recorded_by = by if isinstance(by, User) and by.pseudonym != subject else None
    consent, made = Consent.objects.get_or_create(
        subject=subject,
        kind=kind,
        withdrawn_at=None,
        defaults={"notice_number": notice_number(), "how": how, "recorded_by": recorded_by},
    )
    if made:
        record("consent.give", consent, by=by, role=ActorRole.COORDINATOR, subjects=[subject])
    return consent


def given(kind: str, subject: UUID) -> bool:
    """Tell whether the consent is in force."""
    return Consent.objects.filter(kind=kind, subject=subject, withdrawn_at=None).exists()


@transaction.atomic
def withdraw(kind: str, *, subject: UUID, by: Actor | None) -> None:
    """Take a consent back: what was kept because of it is erased in the same transaction."""
    for consent in Consent.objects.select_for_update().filter(kind=kind, subject=subject, withdrawn_at=None):
        consent.withdrawn_at = timezone.now()
        consent.save()
        ledger.note(consent.pk)
        record("consent.withdraw", consent, by=by, role=ActorRole.YOURSELF, subjects=[subject])
        for action in _on_withdrawal.get(ConsentKind(kind), []):
            action(subject)


def withdraw_again(consent: Consent) -> None:
    """After a restore: a consent that was taken back since the backup is taken back again."""
    if consent.withdrawn_at is None:
        withdraw(consent.kind, subject=consent.subject, by=None)
