"""Who saw and did what. Only pseudonymous ids: an account that is deleted leaves no name behind."""

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditKind(models.TextChoices):
    READ = "read", _("looked at")
    CHANGE = "change", _("changed")


class ActorRole(models.TextChoices):
    """In what part somebody acted: what the person concerned is told, instead of a name."""

    YOURSELF = "self", _("You")
    PERSON = "person", _("The person seeking support")
    SUPPORTER = "supporter", _("A peer supporter")
    COORDINATOR = "coordinator", _("A coordinator")
    SUPERVISOR = "supervisor", _("A supervisor")
    HANDLER = "handler", _("A contact for concerns")
    ADMINISTRATOR = "administrator", _("An administrator")
    SYSTEM = "system", _("The programme itself")


class AuditEntry(models.Model):
    """One thing seen or done, about one person's data (`subject`)."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.UUIDField(null=True)
    actor_role = models.CharField(max_length=20, choices=ActorRole.choices)
    subject = models.UUIDField(null=True)
    kind = models.CharField(max_length=10, choices=AuditKind.choices)
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.UUIDField(null=True, default=uuid.uuid4)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["subject", "-at"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Entries are written once and never changed."""
        if self.pk:
            raise TypeError("an audit entry is never changed")
        super().save(*args, **kwargs)
