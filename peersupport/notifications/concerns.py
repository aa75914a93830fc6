"""What is told about concerns: to the contact that there is one, to whoever raised it by name that it was answered."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from peersupport.notifications import outbox
from peersupport.notifications.models import Message
from peersupport.notifications.registry import NotificationType, register
from peersupport.organization.models import Concern
from peersupport.organization.workflows import on_concern


class Raised(NotificationType):
    key = "concern.raised"
    line = _("Somebody told you that something is wrong. Please read it.")
    essential = True

    def url(self, message: Message) -> str:
        return reverse("concern", args=[message.object_id])


class ConcernAnswered(NotificationType):
    key = "concern.answered"
    line = _("There is an answer to what you told us is wrong. Open it by the private link you kept.")
    essential = True

    def url(self, message: Message) -> str:
        return reverse("something-wrong")


def tell(what: str, concern: Concern) -> None:
    """Write the message in the transaction of the concern."""
    if what == "raised":
        outbox.write("concern.raised", concern, to=concern.contact.user)
    elif concern.raised_by:
        outbox.write("concern.answered", concern, to=concern.raised_by)


def register_all() -> None:
    """Register both kinds, and listen to concerns."""
    register(Raised(), ConcernAnswered())
    on_concern(tell)
