"""Meetings of two people, and notes about them that only the two can open. No content outside the sealed text."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from matching.models import Match
from peersupport.vault.door import SealedText
from sessions_log.querysets import MeetingQuerySet, NoteQuerySet, ReflectionQuerySet, SharingQuerySet


class MeetingPlace(models.TextChoices):
    """Where or how the two meet (G1). The last two are our addition, for people far away."""

    HOME = "home", _("at home")
    ORGANIZATION = "organization", _("at the organization")
    SERVICES = "services", _("in a clinic, hospital or day centre")
    COMMUNITY = "community", _("outdoors, in a café, in the community")
    PHONE = "phone", _("by phone")
    VIDEO = "video", _("by video")


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("planned")
    HELD = "held", _("took place")
    NOT_HELD = "not_held", _("did not take place")


class Meeting(models.Model):
    """One meeting of two people: when, how long, where, and whether it took place. Never why not.

    The time is kept as the clock on the wall and its zone; `starts_at` is worked out from them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="sessions")
    state = models.CharField(max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED)
    wall_time = models.DateTimeField(_("when"))
    time_zone = models.CharField(_("time zone"), max_length=60)
    starts_at = models.DateTimeField(db_index=True)
    minutes = models.PositiveSmallIntegerField(
        _("how many minutes"), default=60, validators=[MinValueValidator(5), MaxValueValidator(24 * 60)]
    )
    setting = models.CharField(_("where"), max_length=12, choices=MeetingPlace.choices)
    made_at = models.DateTimeField(auto_now_add=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=5) & Q(minutes__lte=1440),
                name="session_length_coherent",
                violation_error_message=_("A meeting takes from 5 minutes to a day."),
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def ends_at(self) -> object:
        return self.starts_at + timedelta(minutes=self.minutes)


class NotesChoice(models.Model):
    """Whether the two of a match keep notes: off until both say yes, ended by either, support never depends on it."""

    match = models.OneToOneField(Match, primary_key=True, on_delete=models.CASCADE, related_name="notes_choice")
    person_yes_at = models.DateTimeField(null=True)
    supporter_yes_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def on(self) -> bool:
        return self.person_yes_at is not None and self.supporter_yes_at is not None


class Note(models.Model):
    """A note about what two people talked of: always one that both can read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="notes")
    session = models.ForeignKey(Meeting, null=True, on_delete=models.SET_NULL, related_name="notes")
    # Own words that somebody adds to a note stand below it.
    adds_to = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="additions")
    text = models.OneToOneField(SealedText, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    keep_until = models.DateField()

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "pk"]

    def __str__(self) -> str:
        return str(self.pk)


class SharingState(models.TextChoices):
    ASKED = "asked", _("asked, not answered yet")
    AGREED = "agreed", _("shared")
    DECLINED = "declined", _("not shared")
    ENDED = "ended", _("ended")


class Sharing(models.Model):
    """A supporter's question whether a supervisor may read notes, and the person's signed yes to it.

    `note`: this one, with what is added to it; null: every note of the two. It holds through the day `until`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="sharings")
    note = models.ForeignKey(Note, null=True, on_delete=models.CASCADE, related_name="sharings")
    supervisor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=SharingState.choices, default=SharingState.ASKED)
    until = models.DateField(_("until when"))
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # The person's signature, the version of their keys, and of the supervisor's keys they agreed to.
    signature = models.BinaryField(max_length=64, default=bytes)
    # Of one note: which texts there were when the person said yes.
    texts = models.JSONField(default=list)
    signer_version = models.PositiveIntegerField(default=0)
    supervisor_version = models.PositiveIntegerField(default=0)

    objects = SharingQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["match", "supervisor"],
                condition=Q(note=None, state__in=["asked", "agreed"]),
                name="sharing_of_all_once",
                violation_error_message=_("That was asked already."),
            ),
            models.UniqueConstraint(
                fields=["note", "supervisor"],
                condition=Q(note__isnull=False, state__in=["asked", "agreed"]),
                name="sharing_of_a_note_once",
                violation_error_message=_("That was asked already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Reflection(models.Model):
    """A supporter's own reflection on their practice: names nobody, tied to no match, read by nobody else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.OneToOneField(SealedText, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    keep_until = models.DateField()

    objects = ReflectionQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "pk"]

    def __str__(self) -> str:
        return str(self.pk)
