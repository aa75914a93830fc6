"""What is kept of supervision, whose it is, who sees it, how long."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from peersupport.audit.classes import DataClass, declare, fields
from supporters.supervision import models


def _old(now: datetime) -> QuerySet[Any]:
    return models.CheckIn.objects.filter(starts_at__lt=now - timedelta(days=2 * 365))


def declare_all() -> None:
    """Declare the records. The words of a check-in are in the vault, seen by its two people alone."""
    with_supervision = _("as long as the supervision it belongs to")
    declare(
        DataClass(
            models.SupervisorQualification,
            "user",
            fields(staff="user worked_as_peer trained outside changed_at"),
            _("as long as the account exists"),
        ),
        DataClass(
            models.Supervision,
            "supporter",
            fields(staff="id supporter supervisor every_weeks mode minutes until started_at ended_at owed_on"),
            _("as long as the supporter's profile"),
        ),
        DataClass(
            models.CheckIn,
            "supporter",
            fields(parties="id supervision wall_time time_zone minutes mode made_at", staff="state starts_at"),
            _("two years after it"),
            _old,
        ),
        DataClass(
            models.CheckInEntry,
            "supporter",
            fields(parties="id check_in kind author shared made_at", machine="text"),
            with_supervision,
        ),
        DataClass(
            models.ActionItem,
            "supporter",
            fields(parties="id check_in by_supporter author due_on done_at", machine="text"),
            with_supervision,
        ),
    )
