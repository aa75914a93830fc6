"""What is kept about supporters, whose it is, who sees it, how long."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from peersupport.audit.classes import DataClass, declare, fields
from supporters import models


def _old_runs(now: datetime) -> QuerySet[Any]:
    return models.ImportRun.objects.filter(started_at__lt=now - timedelta(days=30))


def declare_all() -> None:
    """Declare the records of supporters."""
    always = _("as long as the organization uses it")
    with_profile = _("with the profile")
    declare(
        DataClass(
            models.Dimension, "organization", fields(public="id key kind names helps one_answer order active"), always
        ),
        DataClass(models.Option, "organization", fields(public="id dimension key names order active"), always),
        DataClass(
            models.Supporter,
            "supporter",
            fields(
                signed_in="id name pronouns title paid story places times options",
                parties="phone",
                staff="user invitation state maximum accepting confirmed_at external_id created_at training_first",
                machine="room_since seen_anew_at",
            ),
            _("until its owner deletes it"),
        ),
        DataClass(models.Characteristic, "supporter", fields(agreed="id supporter option visibility"), with_profile),
        DataClass(models.Boundary, "supporter", fields(nobody="id supporter option"), with_profile),
        DataClass(
            models.ImportRun,
            "organization",
            fields(staff="id state file_name digest notes headers columns started_by started_at finished_at"),
            _("30 days"),
            _old_runs,
        ),
        DataClass(
            models.ImportRow,
            "supporter",
            fields(staff="id run number cells problem outcome tried remarks"),
            _("30 days"),
        ),
        DataClass(models.RememberedValue, "organization", fields(staff="id dimension value option"), always),
    )
