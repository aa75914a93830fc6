"""What the outbox keeps, for whom and how long."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from peersupport.audit.classes import DataClass, declare, fields
from peersupport.notifications import models


def _old_messages(now: datetime) -> QuerySet[Any]:
    return models.Message.objects.filter(due__lt=now - timedelta(days=180)).exclude(state="waiting")


def declare_all() -> None:
    """Declare the records of reminders."""
    declare(
        DataClass(
            models.Message,
            "user",
            fields(
                nobody="id kind object_id recipient due state created_at sent_at read_at",
                machine="recipient_key next_try_at lease_until attempts maybe_twice urgent sealed",
            ),
            _("half a year"),
            _old_messages,
        ),
        DataClass(
            models.CalendarFeed,
            "user",
            fields(nobody="user made_at", machine="token_hash"),
            _("until you switch it off"),
        ),
        DataClass(models.Heartbeat, "nobody", fields(staff="name at"), _("one row")),
    )
