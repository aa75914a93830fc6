"""What hiring keeps, whose it is, who sees it, how long."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from hiring import models
from peersupport.audit.classes import Record, declare, fields

DRAFT_DAYS = 30
#: Applications are erased so long after the vacancy is over; reserves when their time is over.
KEPT = timedelta(days=180)


def over(now: datetime) -> QuerySet[Any]:
    """Return applications whose time is over: old drafts, and those of vacancies that are done or cancelled."""
    draft = Q(state="draft", made_at__lt=now - timedelta(days=DRAFT_DAYS))
    done = Q(vacancy__state__in=["done", "cancelled"], vacancy__closes_at__lt=now - KEPT)
    kept = Q(state="reserve", reserve_until__gte=now.date())
    return models.Application.objects.filter(draft | done & ~kept)


def declare_all() -> None:
    """Declare the records. Applications are erased by the housekeeping of hiring, which keeps counts and history."""
    always = _("as long as the organization uses it")
    with_vacancy = _("as long as the vacancy")
    with_application = _("with its application")
    panel = "id application outcome reasons decided_by decided_at"
    declare(
        Record(models.JobDescription, "organization", fields(staff="id words duties changed_at retired"), always),
        Record(models.JobVersion, "organization", fields(public="words duties number", staff="id job made_at made_by"), always),
        Record(models.Question, "organization", fields(staff="id key theme value competence words anchors active"), always),
        Record(models.Vacancy, "organization", fields(
            public="id version posts paid rate beside benefits imbalance wall_close time_zone closes_at state",
            staff="run_by new_to_peers score_by bar reveal hide_names kind_words opened_at made_at counted_applied "
                  "counted_withdrawn counted_hired", machine="next_number"), always),
        Record(models.Criterion, "organization",
               fields(public="words", staff="id vacancy question order anchors competence weight"), with_vacancy),
        Record(models.Application, "candidate", fields(
            agreed="name email phone language lived why relevance strengths adjustments brings_somebody",
            staff="id vacancy number state made_at sent_at feedback told_at reserve_until", machine="link_version"),
            _("half a year after the vacancy is over; a draft 30 days"), over),
        Record(models.Offer, "candidate", fields(
            staff="application starts_on supervisor every_weeks mode first_at time_zone answer_by made_by made_at answered_at"),
            with_application),
        Record(models.PanelMember, "user", fields(staff="id vacancy user is_peer chairs joined_at left_at"), with_vacancy),
        Record(models.CanNotScore, "user", fields(nobody="id member application"), with_application),
        Record(models.Scorecard, "user", fields(agreed="id member application submitted_at potential"), with_application),
        Record(models.Score, "user", fields(agreed="id scorecard criterion level mark evidence"), with_application),
        Record(models.Reopened, "user", fields(staff="id scorecard reason by at before"), with_application),
        Record(models.Decision, "candidate", fields(staff=panel.replace("id ", "", 1)), with_application),
        Record(models.Override, "candidate", fields(staff="id application reason first second confirmed_at"), with_application),
        Record(models.Slot, "candidate", fields(
            staff="id vacancy wall_time time_zone starts_at minutes place application made_at"), with_vacancy),
        Record(models.Occupied, "nobody", fields(machine="id slot what at"), with_vacancy),
        Record(models.HistoryLine, "organization", fields(staff="id vacancy at what number actor reason"), always),
    )  # fmt: skip
