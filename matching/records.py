"""What matching keeps, whose it is, who sees it, how long."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from matching import models
from peersupport.audit.classes import DataClass, declare, fields
from peersupport.organization.context import current

DRAFT_DAYS = 30


def _over(now: datetime) -> QuerySet[Any]:
    """Drafts that nobody came back to, and requests closed longer than the organization keeps them."""
    closed = Q(state="closed", closed_at__lt=now - timedelta(days=30 * current().months_kept))
    draft = Q(state="draft", created_at__lt=now - timedelta(days=DRAFT_DAYS))
    return models.SupportRequest.objects.filter(closed | draft)


def declare_all() -> None:
    """Declare the records of matching."""
    with_request = _("with its request")
    declare(
        DataClass(
            models.SupportRequest,
            "person",
            fields(
                parties="id person state",
                machine="person_key created_at submitted_at questions_due",
                agreed="call_me language email email_safe phone call_safe voicemail_safe text_safe safe_times places "
                "times words show_words show_wishes share_contact wishes tell_me tell_me_since",
                staff="help_wanted helped_by wanted_coordinator looked_after_by state_since closed_at",
            ),
            _("drafts 30 days; a closed request as long as the organization set"),
            _over,
        ),
        DataClass(models.Wish, "person", fields(agreed="id request option strength made_at"), with_request),
        DataClass(
            models.PrivateLink,
            "person",
            fields(machine="id request purpose token_hash made_at expires_at used_at replaced_at"),
            with_request,
        ),
        DataClass(
            models.Invitation,
            "person",
            fields(
                parties="id request supporter state turn made_at sent_at answer_by answered_at passed_on_to stands_in_for",
                nobody="decline_reason",
            ),
            with_request,
        ),
        DataClass(
            models.DisclosureQuestion,
            "supporter",
            fields(nobody="id request supporter option state asked_at"),
            with_request,
        ),
        DataClass(models.Disclosure, "supporter", fields(agreed="id request supporter option"), with_request),
        DataClass(
            models.Match,
            "person",
            fields(
                parties="id request supporter place agreement person_yes_at supporter_yes_at first_meeting_at "
                "first_meeting_where person_paused supporter_paused stands_in_for",
                staff="state made_at active_since ended_at",
            ),
            with_request,
        ),
        DataClass(
            models.NotAgain,
            "user",
            fields(nobody="id supporter person_key by_supporter"),
            _("as long as both are here"),
        ),
        DataClass(models.RecordedYes, "person", fields(staff="id request verb how coordinator at"), with_request),
    )
