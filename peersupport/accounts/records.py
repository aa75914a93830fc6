"""What is kept about accounts, for whom and how long."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from peersupport.accounts import models
from peersupport.audit.classes import DataClass, declare, fields


def _old_invitations(now: datetime) -> QuerySet[Any]:
    # An address that came with a roster and was never written to stays with its profile.
    over = models.RoleInvitation.objects.filter(accepted_at=None, expires_at__lt=now - timedelta(days=30))
    return over.exclude(token_hash="")


def _old_consents(now: datetime) -> QuerySet[Any]:
    return models.Consent.objects.filter(withdrawn_at__lt=now - timedelta(days=3 * 365))


def declare_all() -> None:
    """Declare the records of accounts."""
    account = _("as long as the account exists")
    declare(
        DataClass(
            models.User,
            "user",
            fields(
                nobody="password last_login language time_zone mail_wanted mail_off digest_at wording_helper quiet_from quiet_until date_joined "
                "address_changed_at old_address_private",
                staff="id email name is_active works_for_service",
                machine="pseudonym is_superuser groups user_permissions",
            ),
            account,
        ),
        DataClass(models.RoleGrant, "user", fields(staff="id user role granted_by granted_at for_service"), account),
        DataClass(
            models.RoleInvitation,
            "user",
            fields(
                staff="id role email language invited_by invited_at expires_at accepted_at accepted_by",
                machine="token_hash",
            ),
            _("30 days after it ran out"),
            _old_invitations,
        ),
        DataClass(
            models.Consent,
            "user",
            fields(nobody="id subject kind notice_number given_at how recorded_by withdrawn_at"),
            _("three years after it is withdrawn, as proof"),
            _old_consents,
        ),
    )
