"""The registry of kinds of message. A kind knows to whom, where to, and the words; nothing here sends."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import User
from peersupport.notifications.models import Message
from peersupport.web.mail import NEUTRAL_SUBJECT

SUBJECT = NEUTRAL_SUBJECT

#: What somebody may choose to read in the inbox alone. Each kind that is not essential is in one of these.
GROUPS: dict[str, Any] = {
    "check_in": _("Supervision and check-ins"),
    "agreed": _("What was agreed is due"),
    "training": _("Training"),
    "meeting": _("Meetings with people you support, or with your supporter"),
    "notes": _("Notes the two of you keep"),
    "asked": _("Questions about what you keep to yourself"),
    "together": _("Gatherings and groups"),
    "work": _("Leave and talks about your work"),
    "letter": _("The letter of the week"),
    "hiring": _("Panels and hiring"),
    "alarm": _("When messages do not get through"),
}


@dataclass(frozen=True)
class Address:
    """Where a mail goes, in which language, and the link it carries (made at delivery, kept nowhere)."""

    email: str
    language: str
    link: str


@dataclass(frozen=True)
class Due:
    """Something to remind of: about `obj`, to a user or to the person `key` without an account."""

    obj: Any
    to: User | None
    key: UUID
    due: datetime


class NotificationType:
    """One kind of message. Subclasses name it, say it in one line, and find their recipients' pages."""

    key: str
    line: Any
    #: Essential messages are mailed even when somebody wants no mail; others stay in the inbox.
    essential = False
    #: Which of GROUPS it belongs to, for what somebody chooses to get by mail.
    group = ""
    #: A mail of sign-in: it has words of its own (`make`), stands in no inbox, and leaves at any hour.
    own_words = False
    #: Looking for what is due changes something of the kind's own, so both stand or fall together.
    atomic_scan = False

    @property
    def looks(self) -> bool:
        """Tell whether this kind has anything to look for by itself."""
        return type(self).find_due is not NotificationType.find_due

    def find_due(self, now: datetime) -> Iterable[Due]:
        """Return what is to be reminded of now; a row that exists already is not doubled."""
        return ()

    def url(self, message: Message) -> str:
        """Return the page a signed-in recipient goes to from the inbox."""
        return reverse("inbox")

    def is_still_relevant(self, message: Message) -> bool:
        """Tell whether the message is still worth sending (asked at delivery)."""
        return True

    def make(self, message: Message) -> EmailMessage | None:
        """Return the mail of a kind with words of its own, or None when there is nothing to say any more."""
        return None

    def address_without_account(self, message: Message) -> Address | None:
        """Return where a recipient without an account is reached by mail, or None: they are rung."""
        return None


_kinds: dict[str, NotificationType] = {}


def register(*kinds: NotificationType) -> None:
    """Register kinds under their keys."""
    for kind in kinds:
        _kinds[kind.key] = kind


def get(key: str) -> NotificationType | None:
    """Return the kind, or None when a row is of a kind that no longer exists."""
    return _kinds.get(key)


def all_kinds() -> dict[str, NotificationType]:
    """Return every registered kind by its key."""
    return dict(_kinds)
