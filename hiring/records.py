"""What hiring keeps, whose it is, who sees it, how long."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from hiring import models
from peersupport.audit.classes import DataClass, declare, fields

DRAFT_DAYS = 30
#: Applications are erased so long after the vacancy is over; reserves when their time is over.
KEPT = timedelta(days=180)


#: A vacancy nobody ever ended does not keep applications for ever: so long after it closed they are erased too.
AT_MOST = timedelta(days=365)


def over(now: datetime) -> QuerySet[Any]:
    """Return applications whose time is over: old drafts, those of vacancies that ended long ago, or were left lying."""
    draft = Q(state="draft", made_at__lt=now - timedelta(days=DRAFT_DAYS))
    done = Q(vacancy__ended_at__lt=now - KEPT) | Q(vacancy__ended_at=None, vacancy__closes_at__lt=now - AT_MOST)
    kept = Q(state="reserve", reserve_until__gte=now.date())
    return models.Application.objects.filter(draft | done & ~kept)


def declare_all() -> None:
    """Declare the records. Applications are erased by the housekeeping of hiring, which keeps counts and history."""
    always = _("as long as the organization uses it")
    with_vacancy = _("as long as the vacancy")
    with_application = _("with its application")
    panel = "id application outcome reasons decided_by decided_at"
    declare(
        DataClass(models.JobDescription, "organization", fields(staff="id words duties changed_at retired"), always),
        DataClass(
            models.JobVersion,
            "organization",
            fields(public="words duties number", staff="id job made_at made_by"),
            always,
        ),
        DataClass(
            models.InterviewQuestion,
            "organization",
            fields(staff="id key theme value competence words anchors active"),
            always,
        ),
        DataClass(
            models.Vacancy,
            "organization",
            fields(
                public="id version posts paid rate beside benefits imbalance wall_close time_zone closes_at state",
                staff="run_by new_to_peers score_by bar reveal hide_names kind_words opened_at made_at ended_at counted_applied "
                "counted_withdrawn counted_hired counted_languages",
                machine="next_number",
            ),
            always,
        ),
        DataClass(
            models.Criterion,
            "organization",
            fields(public="words", staff="id vacancy question order anchors competence weight"),
            with_vacancy,
        ),
        DataClass(
            models.Application,
            "candidate",
            fields(
                agreed="name email phone language lived why relevance strengths adjustments brings_somebody",
                staff="id vacancy number state made_at sent_at feedback told_at reserve_until scored_at to_ring_since",
                machine="link_version link_printed was_shown started_as",
            ),
            _("half a year after the vacancy is over; a draft 30 days"),
        ),
        DataClass(
            models.Attachment,
            "candidate",
            fields(agreed="id application name type size content added_at"),
            with_application,
        ),
        DataClass(
            models.Offer,
            "candidate",
            fields(
                staff="application starts_on supervisor every_weeks mode first_at time_zone answer_by made_by made_at answered_at"
            ),
            with_application,
        ),
        DataClass(
            models.PanelMember, "user", fields(staff="id vacancy user is_peer chairs joined_at left_at"), with_vacancy
        ),
        DataClass(models.PanelInvitation, "user", fields(staff="id vacancy invitation"), with_vacancy),
        DataClass(models.Recusal, "user", fields(nobody="id member application"), with_application),
        DataClass(
            models.Scorecard,
            "user",
            fields(agreed="id member application submitted_at by_peer potential"),
            with_application,
        ),
        DataClass(models.Score, "user", fields(agreed="id scorecard criterion level mark evidence"), with_application),
        DataClass(models.Reopened, "user", fields(staff="id scorecard reason by at before"), with_application),
        DataClass(models.Decision, "candidate", fields(staff=panel.replace("id ", "", 1)), with_application),
        DataClass(
            models.Override,
            "candidate",
            fields(staff="id application reason first second first_is_peer confirmed_at"),
            with_application,
        ),
        DataClass(
            models.Slot,
            "candidate",
            fields(staff="id vacancy wall_time time_zone starts_at minutes place application made_at"),
            with_vacancy,
        ),
        DataClass(models.Booking, "nobody", fields(machine="id slot what at"), with_vacancy),
        DataClass(models.HistoryLine, "organization", fields(staff="id vacancy at what number actor reason"), always),
    )
