"""What is kept about concerns and the organization, for whom and how long."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from peersupport.audit.classes import DataClass, declare, fields
from peersupport.audit.models import AuditEntry
from peersupport.organization import models


def _old_audit(now: datetime) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(at__lt=now - timedelta(days=730))


def _old_concerns(now: datetime) -> QuerySet[models.Concern]:
    return models.Concern.objects.filter(closed_at__lt=now - timedelta(days=730))


def declare_all() -> None:
    """Declare the records of the audit and of the organization."""
    always = _("as long as the organization uses it")
    declare(
        DataClass(
            AuditEntry,
            "user",
            fields(machine="id at actor actor_role subject kind verb object_type object_id"),
            _("two years, without names"),
            _old_audit,
        ),
        DataClass(
            models.Organization,
            "organization",
            fields(
                public="id name about contact_phone contact_email contact_hours time_zone supporter_title legal_duties "
                "agreement_words minimum_age hours_to_answer leave_page_url",
                staff="small_numbers_below months_kept months_notes_kept supporter_checks",
            ),
            always,
            mail=frozenset({"name"}),
        ),
        DataClass(models.EmergencyNumber, "organization", fields(public="id country label number hours order"), always),
        DataClass(models.OutsideBody, "organization", fields(public="id name how order"), always),
        DataClass(
            models.TextVersion,
            "organization",
            fields(public="id kind number bodies published_at", staff="published_by"),
            always,
        ),
        DataClass(models.ConcernContact, "organization", fields(public="id introduction", staff="user active"), always),
        DataClass(
            models.Concern,
            "user",
            fields(agreed="id contact raised_by words how_to_reach state raised_at closed_at", machine="code_hash"),
            _("two years after it is closed"),
            _old_concerns,
        ),
        DataClass(
            models.ConcernReply, "user", fields(agreed="id concern from_contact words at"), _("with its concern")
        ),
    )
