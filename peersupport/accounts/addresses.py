"""What follows when somebody adds or changes an address: told where it is safe, and nobody stays who came by the old one."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed, email_confirmed, password_changed, password_reset, password_set
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from peersupport.accounts.mail import AccountMail, send
from peersupport.accounts.models import User
from peersupport.accounts.signals import account_changed
from peersupport.accounts.workflows import forget_unconfirmed_addresses, sign_out_everywhere
from peersupport.audit.recording import record


def _confirmed(sender: Any, request: HttpRequest, email_address: EmailAddress, **kwargs: Any) -> None:
    """An address was confirmed. The first one of an account changes nothing; another one opens it, so it is told."""
    user = User.objects.get(pk=email_address.user_id)
    others = EmailAddress.objects.filter(user=user, verified=True).exclude(pk=email_address.pk)
    if not others.exists():
        return
    with transaction.atomic():
        _note(user)
        if user.old_address_private:
            for old in others:
                _write_to_old(user, old.email)
            account_changed.send(sender=User, user=user, what="address_added")
        else:
            email_address.set_as_primary()
            EmailAddress.objects.filter(user=user).exclude(pk=email_address.pk).delete()
            sign_out_everywhere(user, but=request.session.session_key if request.user == user else None)
            account_changed.send(sender=User, user=user, what="address_replaced")


def _changed(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    _note(user)


def _note(user: User) -> None:
    User.objects.filter(pk=user.pk).update(address_changed_at=timezone.now())
    record("account.address", user, by=user, role="self", subjects=[user.pseudonym])


def _write_to_old(user: User, address: str) -> None:
    language = user.language or "en"
    with translation.override(language):
        words = _(
            "Hello,\n\nan address was added to the account that uses this email address. If this was you, you need do nothing.\n"
            "If it was not, please sign in and change your password, or call us."
        )
    send(AccountMail("words", address, language, user, {"words": words}))


def _new_password(sender: Any, user: User, **kwargs: Any) -> None:
    forget_unconfirmed_addresses(user)


def listen() -> None:
    """Follow allauth's signals."""
    for signal in (password_changed, password_set, password_reset):
        signal.connect(_new_password, dispatch_uid="accounts.forget_unconfirmed")
    email_confirmed.connect(_confirmed, dispatch_uid="accounts.address_confirmed")
    email_changed.connect(_changed, dispatch_uid="accounts.address_changed")
