"""What is kept of leave, talks, gatherings and duty, whose it is, who sees it, how long."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from peersupport.audit.classes import DataClass, declare, fields
from supporters.staffing import models


def _old_leaves(now: datetime) -> QuerySet[Any]:
    return models.Leave.objects.filter(
        state__in=["over", "called_off"], starts_on__lt=(now - timedelta(days=730)).date()
    )


def _old_reviews(now: datetime) -> QuerySet[Any]:
    return models.Appraisal.objects.filter(starts_at__lt=now - timedelta(days=3 * 365))


def _old_gatherings(now: datetime) -> QuerySet[Any]:
    return models.Gathering.objects.filter(starts_at__lt=now - timedelta(days=1))


def _old_duties(now: datetime) -> QuerySet[Any]:
    return models.Duty.objects.filter(ends_at__lt=now - timedelta(days=1))


def _old_talks(now: datetime) -> QuerySet[Any]:
    return models.TalkAsked.objects.filter(asked_at__lt=now - timedelta(days=1))


def declare_all() -> None:
    """Declare the records."""
    declare(
        DataClass(
            models.Leave,
            "supporter",
            fields(staff="id supporter state talk_wanted asked_at agreed_by", agreed="starts_on ends_on"),
            _("two years"),
            _old_leaves,
        ),
        DataClass(
            models.Appraisal,
            "supporter",
            fields(parties="id leader wall_time time_zone minutes", staff="supporter state starts_at"),
            _("three years after it"),
            _old_reviews,
        ),
        DataClass(
            models.AppraisalEntry,
            "supporter",
            fields(parties="id review author made_at", machine="text"),
            _("as long as the talk it belongs to"),
        ),
        DataClass(
            models.Gathering,
            "user",
            fields(staff="id kind host state topic wall_time time_zone starts_at minutes where"),
            _("a day after it"),
            _old_gatherings,
        ),
        DataClass(
            models.Attendance, "user", fields(staff="id gathering user"), _("as long as the gathering it belongs to")
        ),
        DataClass(
            models.Duty, "user", fields(staff="id user starts_at ends_at phone"), _("a day after it"), _old_duties
        ),
        DataClass(
            models.TalkAsked, "user", fields(staff="id user phone asked_at taken_by taken_at"), _("one day"), _old_talks
        ),
    )
