"""What the platform itself keeps, and how long."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from peersupport.audit.classes import DataClass, declare, fields
from peersupport.web import models


def _old_limits(now: datetime) -> QuerySet[Any]:
    return models.RateLimit.objects.filter(expires_at__lt=now)


def _old_values(now: datetime) -> QuerySet[Any]:
    return models.CachedValue.objects.filter(expires_at__lt=now)


def _old_words(now: datetime) -> QuerySet[Any]:
    return models.KeptWords.objects.filter(expires_at__lt=now)


def _old_forms(now: datetime) -> QuerySet[Any]:
    return models.SubmittedForm.objects.filter(expires_at__lt=now)


def delete_what_is_over(now: datetime) -> None:
    """Delete words and answers whose hour is over. Called each minute, so that no word outlives its hour by much."""
    _old_words(now).delete()
    _old_forms(now).delete()


def declare_all() -> None:
    """Declare the records of the platform."""
    declare(
        DataClass(
            models.RateLimit, "nobody", fields(machine="key count expires_at"), _("until its time is over"), _old_limits
        ),
        DataClass(
            models.CachedValue,
            "nobody",
            fields(machine="key value signature expires_at"),
            _("until its time is over"),
            _old_values,
        ),
        DataClass(
            models.KeptWords, "nobody", fields(machine="id owner path sealed expires_at"), _("an hour"), _old_words
        ),
        DataClass(models.SubmittedForm, "nobody", fields(machine="key answer expires_at"), _("an hour"), _old_forms),
    )
