"""The outbox: one row for each message, with its kind and ids, never its words."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    CLAIMED = "claimed", _("Being sent")
    SENT = "sent", _("Sent")
    SHOWN = "shown", _("Shown in the inbox only")
    FAILED = "failed", _("Could not be sent")


class Message(models.Model):
    """One message to one recipient. The row is the truth; a mail is its echo.

    `recipient` is a user, or null when a person without an account is reached through the object
    itself (the kind knows how). Unique for each (kind, object, recipient, due).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    object_id = models.UUIDField()
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="messages_received"
    )
    recipient_key = models.UUIDField()
    due = models.DateTimeField()
    state = models.CharField(max_length=10, choices=MessageState.choices, default=MessageState.WAITING)
    created_at = models.DateTimeField(auto_now_add=True)
    next_try_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    maybe_twice = models.BooleanField(default=False)
    # Mails of sign-in leave before all others.
    urgent = models.BooleanField(default=False)
    # The address and words of a mail that are in no row: sealed with the site's secret, erased when it has left.
    sealed = models.BinaryField(null=True)

    class Meta:
        ordering = ["-due", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id", "recipient_key", "due"], name="message_written_once"),
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at__isnull=True)),
                name="message_sent_coherent",
                violation_error_message=_("A sent message has the time it was sent."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=models.Q(state__in=["waiting", "claimed"]), name="message_to_send"
            ),
            models.Index(
                fields=["next_try_at"],
                name="message_urgent",
                condition=models.Q(state__in=["waiting", "claimed"], urgent=True),
            ),
            models.Index(fields=["recipient", "-due"], name="message_inbox"),
        ]

    def __str__(self) -> str:
        return self.kind


class Heartbeat(models.Model):
    """When the scan last ran, so that a beat that stands still can be seen."""

    name = models.CharField(primary_key=True, max_length=30)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class CalendarFeed(models.Model):
    """The private calendar address of a user; only a hash of its token is kept."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)
