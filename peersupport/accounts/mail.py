"""Mails about an account: each is a row of the outbox, so that a mail server that is away breaks no page.

A row holds what sort of mail it is and who gets it. Keys that open something (a new password, an address, a sign-in)
are made when the mail leaves. What can't be made then is sealed with the site's secret until it has left.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core import signing
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from peersupport.accounts.models import RoleInvitation, User
from peersupport.organization.context import current

#: How long a one-time sign-in link holds.
SIGN_IN_MINUTES = 30
_SIGN_IN_SALT = "one-time sign-in"


@dataclass(frozen=True)
class AccountMail:
    """A mail that waits: its sort (`reset`, `confirm`, `sign_in`, `words`), to which address, in which language.

    `data` is what the words need and nobody else may read; the outbox seals it.
    """

    sort: str
    email: str
    language: str
    user: User | None = None
    data: dict[str, Any] = field(default_factory=dict)


Queue = Callable[[AccountMail], None]
_queues: list[Queue] = []


def on_mail(queue: Queue) -> None:
    """Register the outbox that takes mails about accounts."""
    _queues.append(queue)


def send(mail: AccountMail) -> None:
    """Hand a mail to the outbox, in the transaction of what it tells of."""
    for queue in _queues:
        queue(mail)


def words_of(mail: AccountMail) -> str | None:
    """Return the words of a mail that leaves now, or None when there is nothing to say any more."""
    with translation.override(mail.language or settings.LANGUAGE_CODE):
        make = {"reset": _reset, "confirm": _confirm, "sign_in": _sign_in, "words": _kept}[mail.sort]
        return make(mail)


def _reset(mail: AccountMail) -> str | None:
    if mail.user is None or not mail.user.is_active:
        return None
    uid, key = user_pk_to_url_str(mail.user), default_token_generator.make_token(mail.user)
    address = settings.SITE_URL + reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key})
    return _rendered("account/email/password_reset_key_message.txt", password_reset_url=address)


def _confirm(mail: AccountMail) -> str | None:
    row = EmailAddress.objects.filter(pk=mail.data["address"], verified=False).first()
    if row is None:
        return None
    address = settings.SITE_URL + reverse("account_confirm_email", args=[EmailConfirmationHMAC(row).key])
    return _rendered("account/email/email_confirmation_message.txt", activate_url=address)


def _sign_in(mail: AccountMail) -> str | None:
    if mail.user is None or not mail.user.is_active:
        return None
    address = settings.SITE_URL + reverse("sign-in-by-link", args=[sign_in_token(mail.user)])
    return _rendered("accounts/sign_in_mail.txt", address=address, minutes=SIGN_IN_MINUTES)


def _kept(mail: AccountMail) -> str:
    return str(mail.data["words"])


def _rendered(template: str, **context: Any) -> str:
    return render_to_string(template, {"organization": current(), **context})


def _mark_of(user: User) -> str:
    """Return what changes with each sign-in and each new password: a link holds for one of them."""
    return f"{user.last_login.isoformat() if user.last_login else ''} {user.password[-12:]}"


def sign_in_token(user: User) -> str:
    """Return the token of a link that signs in once, within half an hour; notes stay locked."""
    return signing.dumps(
        [user.pk.hex, int(time.time()), signing.Signer(salt=_SIGN_IN_SALT).signature(_mark_of(user))],
        salt=_SIGN_IN_SALT,
    )


def user_of_sign_in(token: str) -> User | None:
    """Return whom a one-time link signs in, or None when it was used, is too old, or is not ours."""
    try:
        pk, _at, mark = signing.loads(token, salt=_SIGN_IN_SALT, max_age=SIGN_IN_MINUTES * 60)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user and mark == signing.Signer(salt=_SIGN_IN_SALT).signature(_mark_of(user)) else None


def send_sign_in(address: str) -> None:
    """Send a one-time sign-in link to an address, where an account has it; the same work where none has."""
    row = EmailAddress.objects.filter(email__iexact=address, verified=True).select_related("user").first()
    language = (row.user.language if row else "") or translation.get_language() or settings.LANGUAGE_CODE
    if row:
        send(AccountMail("sign_in", row.email, language, row.user))
    else:
        send(AccountMail("words", address, language, None, {"words": _no_account(language)}))


def _no_account(language: str) -> str:
    with translation.override(language):
        return _rendered("account/email/unknown_account_message.txt")


def send_invitation_mail(invitation: RoleInvitation, address: str) -> None:
    """Queue the mail with the link of an invitation. Only a hash of its token is kept, so the words are sealed."""
    language = invitation.language or settings.LANGUAGE_CODE
    with translation.override(language):
        words = _rendered("accounts/invitation_mail.txt", address=address)
    send(AccountMail("words", invitation.email, language, None, {"words": words}))
