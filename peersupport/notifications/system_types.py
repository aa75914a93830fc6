"""What the outbox itself tells: one mail a day for whoever wants it so, and that the beat stands still."""

from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import Role, User
from peersupport.notifications import outbox
from peersupport.notifications.models import Heartbeat, Message
from peersupport.notifications.registry import NotificationType, register

#: A beat that was not heard for so long stands still.
SILENT_AFTER = timedelta(minutes=5)
#: There is one beat; messages about it need an object.
THE_BEAT = UUID(int=0)


class Digest(NotificationType):
    """One mail a day, however much waits; it stands in no inbox itself."""

    key = outbox.DIGEST
    line = _("There are messages for you.")

    def is_still_relevant(self, message: Message) -> bool:
        return message.recipient is not None and outbox.unread(message.recipient) > 0

    @property
    def group(self) -> str:  # type: ignore[override]
        return ""


class BeatSilent(NotificationType):
    key = "beat.silent"
    line = _("The clock that sends messages stands still. Please look at it.")
    group = "alarm"

    def url(self, message: Message) -> str:
        return reverse("outbox-health")


class _Beat:
    pk = THE_BEAT


def beat_is_silent(now: datetime | None = None) -> bool:
    """Tell whether the beat was not heard for some minutes, or never."""
    since = (now or timezone.now()) - SILENT_AFTER
    ahead = (now or timezone.now()) + SILENT_AFTER  # one that is ahead was made by a clock that has been put back
    return not Heartbeat.objects.filter(name="beat", at__gt=since, at__lt=ahead).exists()


def tell_of_silence(now: datetime) -> None:
    """Tell administrators, once for each standstill. A worker still gets hints from the site when the beat is dead."""
    beat = Heartbeat.objects.filter(name="beat").first()
    if beat is None or beat.at > now - SILENT_AFTER:
        return
    for user in User.objects.filter(is_active=True, role_grants__role=Role.ADMINISTRATOR):
        outbox.write("beat.silent", _Beat(), to=user, due=beat.at + SILENT_AFTER)


def register_all() -> None:
    """Register both kinds."""
    register(Digest(), BeatSilent())
