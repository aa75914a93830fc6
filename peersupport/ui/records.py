"""What the platform itself keeps, and how long."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from peersupport.audit.classes import Record, declare, fields
from peersupport.ui import models


def _old_limits(now: datetime) -> QuerySet[Any]:
    return models.RateLimit.objects.filter(expires_at__lt=now)


def _old_values(now: datetime) -> QuerySet[Any]:
    return models.CachedValue.objects.filter(expires_at__lt=now)


def declare_all() -> None:
    """Declare the records of the platform."""
    declare(
        Record(
            models.RateLimit, "nobody", fields(machine="key count expires_at"), _("until its time is over"), _old_limits
        ),
        Record(
            models.CachedValue,
            "nobody",
            fields(machine="key value signature expires_at"),
            _("until its time is over"),
            _old_values,
        ),
    )
