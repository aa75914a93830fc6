"""The panel, its sealed scores, decisions with reasons, and the history that stays for good without a candidate's word."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hiring.models.applying import Application
from hiring.models.vacancies import Criterion, Vacancy
from hiring.querysets import MemberQuerySet
from peersupport.accounts.models import RoleInvitation


class PanelMember(models.Model):
    """A member of a panel. Being a peer is the member's own statement: no proof is asked (G16, G17)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    vacancy = models.ForeignKey(Vacancy, on_delete=models.CASCADE, related_name="panel")
    # Empty once the account is deleted: the seat and the scores stay, without a name.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    is_peer = models.BooleanField(_("I have lived experience of the role"), null=True)
    chairs = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["vacancy", "user"], name="panel_member_once"),
            models.UniqueConstraint(
                fields=["vacancy"], condition=Q(chairs=True, left_at=None), name="panel_chair_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user or _("Somebody who has left"))


class PanelInvitation(models.Model):
    """Somebody without an account is invited to a panel; with a yes they take their seat, for this vacancy alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    vacancy = models.ForeignKey(Vacancy, on_delete=models.CASCADE, related_name="asked_in")
    invitation = models.ForeignKey(RoleInvitation, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name_plural = "asked in"
        constraints = [models.UniqueConstraint(fields=["vacancy", "invitation"], name="asked_in_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Recusal(models.Model):
    """“I can't score this person”: nothing more is kept, and the member no longer sees them."""

    member = models.ForeignKey(PanelMember, on_delete=models.CASCADE, related_name="can_not_score")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "application"], name="can_not_score_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Scorecard(models.Model):
    """One member's scores of one candidate: a draft as it is typed, then locked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(PanelMember, on_delete=models.CASCADE, related_name="scorecards")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="scorecards")
    submitted_at = models.DateTimeField(null=True)
    # Whether a peer gave these scores, as the member said when sending them.
    by_peer = models.BooleanField(default=False)
    potential = models.TextField(_("What could grow, beside what is there already"), max_length=2000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "application"], name="scorecard_once")]

    def __str__(self) -> str:
        return str(self.pk)


class NoScoreReason(models.TextChoices):
    """Why there is no number: apart from a low one."""

    SCORED = "", _("scored")
    NOT_ASKED = "not_asked", _("not asked")
    CANT_SAY = "cant_say", _("I can't say")


class Score(models.Model):
    """One question: a level from 1 to 4, or why there is none; and what was heard, in own words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scorecard = models.ForeignKey(Scorecard, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(null=True, validators=[MinValueValidator(1), MaxValueValidator(4)])
    mark = models.CharField(max_length=10, choices=NoScoreReason.choices, blank=True)
    evidence = models.TextField(max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scorecard", "criterion"], name="score_once"),
            models.CheckConstraint(
                condition=Q(mark="") | Q(level=None),
                name="score_coherent",
                violation_error_message=_("Choose a level, or say why there is none."),
            ),
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__gte=1, level__lte=4), name="score_level_in_range"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Reopened(models.Model):
    """A locked scorecard was opened again: why, by whom, and what it said before."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scorecard = models.ForeignKey(Scorecard, on_delete=models.CASCADE, related_name="reopened")
    reason = models.CharField(_("why"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    before = models.JSONField()

    class Meta:
        ordering = ["at"]
        verbose_name_plural = "reopened"

    def __str__(self) -> str:
        return str(self.pk)


class DecisionOutcome(models.TextChoices):
    APPOINT = "appoint", _("offer a post")
    RESERVE = "reserve", _("reserve list")
    NOT_THIS_TIME = "not_this_time", _("not this time")


class Decision(models.Model):
    """What was decided about one candidate, with reasons tied to the scores."""

    application = models.OneToOneField(Application, primary_key=True, on_delete=models.CASCADE, related_name="decision")
    outcome = models.CharField(_("what is decided"), max_length=15, choices=DecisionOutcome.choices)
    reasons = models.TextField(_("why, by what the panel heard"), max_length=2000)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.pk)


class Override(models.Model):
    """An appointment below the bar: asked by one, confirmed by another, one of them a peer. Never without a peer's score."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="override")
    reason = models.CharField(_("why"), max_length=500)
    first = models.ForeignKey(PanelMember, null=True, on_delete=models.SET_NULL, related_name="+")
    second = models.ForeignKey(PanelMember, null=True, on_delete=models.SET_NULL, related_name="+")
    first_is_peer = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first=None) | Q(second=None) | ~Q(first=models.F("second")), name="override_by_two"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class HistoryLine(models.Model):
    """What happened in a vacancy, for good: numbers, pseudonymous ids and reasons, no candidate's text."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    vacancy = models.ForeignKey(Vacancy, on_delete=models.CASCADE, related_name="history")
    at = models.DateTimeField(auto_now_add=True)
    what = models.CharField(max_length=40)
    number = models.PositiveIntegerField(null=True)
    actor = models.UUIDField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.what
