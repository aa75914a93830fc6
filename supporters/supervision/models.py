"""Supervision (G23, G30): who supervises whom, how often, and check-ins whose words only the two can open."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peersupport.vault.door import SealedText
from supporters.models import Supporter
from supporters.supervision.querysets import CheckInQuerySet, SupervisionQuerySet


class Mode(models.TextChoices):
    IN_PERSON = "in_person", _("in person")
    PHONE = "phone", _("by phone")
    VIDEO = "video", _("by video")


class SupervisorQualification(models.Model):
    """On what somebody supervises peers, in their own statement (G23)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="basis"
    )
    worked_as_peer = models.BooleanField(_("I have worked as a peer supporter"), default=False)
    trained = models.BooleanField(_("I am trained or experienced in recovery and rights"), default=False)
    outside = models.BooleanField(_("I come from a peer organization outside"), default=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "bases"

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def said(self) -> list[object]:
        """What the supervisor said of themselves, in words about them."""
        words = {
            "worked_as_peer": _("has worked as a peer supporter"),
            "trained": _("is trained in recovery and rights"),
            "outside": _("comes from a peer organization outside"),
        }
        return [text for name, text in words.items() if getattr(self, name)]


class Supervision(models.Model):
    """One supporter and one supervisor, with their rhythm. `until`: it covers for somebody who is away."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="supervisions")
    supervisor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="supervises")
    every_weeks = models.PositiveSmallIntegerField(
        _("how many weeks between check-ins"), default=3, validators=[MinValueValidator(1), MaxValueValidator(26)]
    )
    mode = models.CharField(_("how"), max_length=10, choices=Mode.choices, default=Mode.IN_PERSON)
    minutes = models.PositiveSmallIntegerField(
        _("how many minutes"), default=60, validators=[MinValueValidator(10), MaxValueValidator(480)]
    )
    until = models.DateField(null=True)
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    # When the next check-in is owed: the last one held plus the rhythm, or the start plus a week.
    owed_on = models.DateField(db_index=True)

    objects = SupervisionQuerySet.as_manager()

    class Meta:
        ordering = ["supporter__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["supporter"],
                condition=Q(ended_at=None, until=None),
                name="supervision_once",
                violation_error_message=_("This supporter has a supervisor already."),
            ),
            models.UniqueConstraint(
                fields=["supporter", "supervisor"],
                condition=Q(ended_at=None),
                name="supervision_by_one_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class CheckInState(models.TextChoices):
    PLANNED = "planned", _("planned")
    HELD = "held", _("took place")
    NOT_HELD = "not_held", _("did not take place")


class CheckIn(models.Model):
    """One check-in: when, how, and whether it took place. Never by whose absence."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    supervision = models.ForeignKey(Supervision, on_delete=models.CASCADE, related_name="check_ins")
    state = models.CharField(max_length=10, choices=CheckInState.choices, default=CheckInState.PLANNED)
    wall_time = models.DateTimeField(_("when"))
    time_zone = models.CharField(_("time zone"), max_length=60)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(_("how many minutes"), default=60)
    mode = models.CharField(_("how"), max_length=10, choices=Mode.choices)
    made_at = models.DateTimeField(auto_now_add=True)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "pk"]
        indexes = [
            models.Index(fields=["starts_at", "id"], condition=Q(state="planned"), name="check_in_planned"),
            models.Index(fields=["supervision", "-starts_at"], name="check_in_of_supervision"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def ends_at(self) -> object:
        return self.starts_at + timedelta(minutes=self.minutes)


class WordsKind(models.TextChoices):
    AGENDA = "agenda", _("what to talk about")
    RECORD = "record", _("what we talked about")
    PREPARATION = "preparation", _("thoughts before")


class CheckInEntry(models.Model):
    """Words of a check-in, sealed: the agenda and the record for the two, a preparation for its writer unless shared."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_in = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="words")
    kind = models.CharField(max_length=12, choices=WordsKind.choices)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.OneToOneField(SealedText, on_delete=models.CASCADE, related_name="+")
    shared = models.BooleanField(default=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["made_at", "pk"]
        verbose_name_plural = "words"

    def __str__(self) -> str:
        return str(self.pk)


class ActionItem(models.Model):
    """Something agreed, with its day. What it is stands in sealed words; here is only when, whose and whether done."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_in = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="actions")
    by_supporter = models.BooleanField(_("whose it is"), default=True)
    text = models.OneToOneField(SealedText, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    due_on = models.DateField(_("by when"))
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["due_on", "id"], condition=Q(done_at=None), name="action_open")]

    def __str__(self) -> str:
        return str(self.pk)
