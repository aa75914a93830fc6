"""What accounts tell through the outbox: mails of sign-in, first in the queue, and what changed about an account."""

import json
import uuid
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.mail import AccountMail, on_mail, words_of
from peersupport.accounts.models import Role, User
from peersupport.accounts.signals import access_ended, account_changed, role_begun
from peersupport.notifications import calendars, outbox
from peersupport.notifications.models import Message
from peersupport.notifications.registry import SUBJECT, NotificationType, register
from peersupport.web.site_seal import NotOurs, open_sealed, seal


def _use(message: Message) -> str:
    """Return what a mail is sealed for: a writer of the table can't send one person's key to the address of another."""
    return f"mail {message.kind} {message.object_id} {message.recipient_id}"


class OwnMail(NotificationType):
    """A mail with words of its own, to an address of its own: it stands in no inbox and waits for no quiet hours."""

    essential = True
    own_words = True
    line = _("An email about your account.")

    def __init__(self, sort: str) -> None:
        self.key, self.sort = f"mail.{sort}", sort

    def make(self, message: Message) -> EmailMessage | None:
        """Return the mail, its keys made now, or None when there is nothing to say any more."""
        try:
            data = json.loads(open_sealed(message.sealed or b"", use=_use(message)))
        except (NotOurs, ValueError):
            return None
        mail = AccountMail(self.sort, data["email"], data["language"], message.recipient, data["data"])
        words = words_of(mail)
        if not words:
            return None
        with translation.override(mail.language or settings.LANGUAGE_CODE):
            return EmailMessage(str(SUBJECT), words, to=[mail.email])


def queue(mail: AccountMail) -> None:
    """Write a mail into the outbox; its address and words are sealed until it has left."""
    now, key = timezone.now(), uuid.uuid4()
    payload = json.dumps({"email": mail.email, "language": mail.language, "data": mail.data})
    message = Message(
        kind=f"mail.{mail.sort}",
        object_id=key,
        recipient=mail.user,
        recipient_key=mail.user.pseudonym if mail.user else key,
        due=now,
        next_try_at=now,
        read_at=now,
        urgent=True,
    )
    message.sealed = seal(payload, use=_use(message))
    message.save(force_insert=True)
    transaction.on_commit(outbox.wake)


class Changed(NotificationType):
    """Something about how one signs in changed: told to its owner, who knows whether it was them."""

    essential = True

    def __init__(self, what: str, line: Any, url_name: str = "account") -> None:
        self.key, self.line, self.url_name = f"account.{what}", line, url_name

    def url(self, message: Message) -> str:
        return reverse(self.url_name)


class RoleBegun(NotificationType):
    key = "role.begun"
    line = _("Someone has a new role of trust. Please look whether that is right.")
    essential = True

    def url(self, message: Message) -> str:
        return reverse("team")


#: What allauth and our own pages call a change, and how it is told.
CHANGES = {
    "password": (
        {"password_reset", "password_changed", "password_set"},
        _("Your password was changed. Was it you?"),
        "account",
    ),
    "address": (
        {"email_changed", "email_deleted", "email_confirmed", "address_added", "address_replaced"},
        _("The email address of your account was changed. Was it you?"),
        "account_email",
    ),
    "factor": (
        {"totp_activated", "totp_deactivated", "recovery_codes_generated", "webauthn_added", "webauthn_removed"},
        _("Your second factor was changed. Was it you?"),
        "account",
    ),
    "sheet": ({"sheet_made"}, _("A new notes recovery sheet was made. Was it you?"), "notes"),
    "copy": ({"copy_taken"}, _("Someone took a copy of everything you have here. Was it you?"), "account"),
}


def _tell_change(sender: Any, user: User, what: str, **kwargs: Any) -> None:
    for name, (changes, _line, _url) in CHANGES.items():
        if what in changes:
            outbox.write(f"account.{name}", _Thing(), to=user)
    if what == "address_replaced":
        calendars.end(by=user)


def _end_calendar(sender: Any, user: User, **kwargs: Any) -> None:
    calendars.end(by=user)


def _tell_role(sender: Any, user: User, role: str, granted_by: User | None, **kwargs: Any) -> None:
    known = {user.pk, granted_by.pk if granted_by else None}
    for other in User.objects.filter(is_active=True, role_grants__role=Role.ADMINISTRATOR).exclude(
        pk__in=[*filter(None, known)]
    ):
        outbox.write("role.begun", user, to=other)


class _Thing:
    """A change has no row of its own; each is told once."""

    def __init__(self) -> None:
        self.pk = uuid.uuid4()


def register_all() -> None:
    """Register the kinds, and listen to accounts."""
    register(*(OwnMail(sort) for sort in ("reset", "confirm", "sign_in", "words")))
    register(*(Changed(name, line, url) for name, (_changes, line, url) in CHANGES.items()), RoleBegun())
    on_mail(queue)
    account_changed.connect(_tell_change, dispatch_uid="reminders.account_changed")
    access_ended.connect(_end_calendar, dispatch_uid="reminders.end_calendar")
    role_begun.connect(_tell_role, dispatch_uid="reminders.role_begun")
