"""Conditions of work (G24, G31): leave without a reason, talks about the work, gatherings, and a peer on duty."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peersupport.vault.door import SealedText
from supporters.models import Supporter
from supporters.staffing.querysets import DutyQuerySet, GatheringQuerySet, LeaveQuerySet, ReviewQuerySet


class LeaveState(models.TextChoices):
    ASKED = "asked", _("asked for")
    AGREED = "agreed", _("agreed")
    RUNNING = "running", _("on leave now")
    OVER = "over", _("over")
    CALLED_OFF = "called_off", _("called off")


class Leave(models.Model):
    """A time away. There is no column for a reason. Without a last day it lasts until its owner comes back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="leaves")
    state = models.CharField(max_length=10, choices=LeaveState.choices, default=LeaveState.ASKED)
    starts_on = models.DateField(_("first day away"))
    ends_on = models.DateField(_("last day away"), null=True, blank=True)
    talk_wanted = models.BooleanField(default=False)
    asked_at = models.DateTimeField(auto_now_add=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = LeaveQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["supporter"],
                condition=Q(state__in=["asked", "agreed", "running"]),
                name="leave_live_once",
                violation_error_message=_("There is a leave already. Change its days instead."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="leave_days_coherent",
                violation_error_message=_("The last day can't be before the first."),
            ),
        ]
        indexes = [
            models.Index(fields=["starts_on"], condition=Q(state__in=["asked", "agreed"]), name="leave_to_begin"),
            models.Index(fields=["ends_on"], condition=Q(state="running"), name="leave_to_end"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ReviewState(models.TextChoices):
    PLANNED = "planned", _("planned")
    HELD = "held", _("took place")
    NOT_HELD = "not_held", _("did not take place")


class Appraisal(models.Model):
    """A talk about the work (G24): what goes well, worries, what was agreed. Its words are sealed to the two."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="reviews")
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=ReviewState.choices, default=ReviewState.PLANNED)
    wall_time = models.DateTimeField(_("when"))
    time_zone = models.CharField(_("time zone"), max_length=60)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(_("how many minutes"), default=60)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "pk"]
        indexes = [models.Index(fields=["starts_at", "id"], condition=Q(state="planned"), name="review_planned")]

    def __str__(self) -> str:
        return str(self.pk)


class AppraisalEntry(models.Model):
    """What one of the two wrote down of the talk, for both."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Appraisal, on_delete=models.CASCADE, related_name="words")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.OneToOneField(SealedText, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["made_at", "pk"]
        verbose_name_plural = "review words"

    def __str__(self) -> str:
        return str(self.pk)


class GatheringState(models.TextChoices):
    PLANNED = "planned", _("planned")
    CALLED_OFF = "called_off", _("called off")


class GatheringKind(models.TextChoices):
    PEERS = "peers", _("supporters among themselves")
    GROUP = "group", _("group supervision")


class Gathering(models.Model):
    """Peers coming together: to debrief and stand by each other, or supervised as a group. No minutes are kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("what it is"), max_length=10, choices=GatheringKind.choices, default=GatheringKind.PEERS)
    host = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=GatheringState.choices, default=GatheringState.PLANNED)
    topic = models.CharField(_("what it is about"), max_length=120, blank=True)
    wall_time = models.DateTimeField(_("when"))
    time_zone = models.CharField(_("time zone"), max_length=60)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(_("how many minutes"), default=90)
    where = models.CharField(_("where: a place, or a link"), max_length=300)

    objects = GatheringQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["starts_at", "id"], condition=Q(state="planned"), name="gathering_planned")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def ends_at(self) -> object:
        return self.starts_at + timedelta(minutes=self.minutes)


class Attendance(models.Model):
    """Somebody said that they come. Nobody keeps who did not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="coming")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gathering", "user"], name="coming_said_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Duty(models.Model):
    """A time in which a peer can be reached to talk something over at once, on a number they chose for it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    phone = models.CharField(_("how supporters reach you: a number"), max_length=40)

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name_plural = "duties"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="duty_times_coherent",
                violation_error_message=_("The end has to be after the beginning."),
            ),
        ]
        indexes = [models.Index(fields=["ends_at", "starts_at"], name="duty_by_end")]

    def __str__(self) -> str:
        return str(self.pk)


class TalkAsked(models.Model):
    """A supporter would like to talk something over now. Nothing says what, or about whom. Kept for a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    phone = models.CharField(_("the number to ring you"), max_length=40)
    asked_at = models.DateTimeField(auto_now_add=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    taken_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        verbose_name_plural = "talks asked for"
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(taken_at=None), name="talk_asked_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
