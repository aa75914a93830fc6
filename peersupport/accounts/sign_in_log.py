"""Sign-ins, failed ones and sign-outs are written down for their owner, who finds them under "who looked"."""

from typing import Any

from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from peersupport.accounts.models import User
from peersupport.accounts.password_attempts import account_of
from peersupport.audit.recording import record


def _signed_in(sender: object, user: Any, **kwargs: object) -> None:
    record("account.sign_in", user, by=user, role="self", subjects=[user.pseudonym])


def _signed_out(sender: object, user: Any, **kwargs: object) -> None:
    if isinstance(user, User):
        record("account.sign_out", user, by=user, role="self", subjects=[user.pseudonym])


def _failed(sender: object, credentials: dict[str, Any], **kwargs: object) -> None:
    """Somebody tried a password that was not right: only the account's owner learns of it, and not from where."""
    user = account_of(str(credentials.get("email", "")))
    if user:
        record("account.sign_in_failed", user, by=None, role="system", subjects=[user.pseudonym])


def _factor_failed(sender: object, user: Any, **kwargs: object) -> None:
    record("account.factor_failed", user, by=None, role="system", subjects=[user.pseudonym])


def listen() -> None:
    """Follow Django's and allauth's signals."""
    user_logged_in.connect(_signed_in, dispatch_uid="accounts.log_in")
    user_logged_out.connect(_signed_out, dispatch_uid="accounts.log_out")
    user_login_failed.connect(_failed, dispatch_uid="accounts.log_failed")
    authentication_failed.connect(_factor_failed, dispatch_uid="accounts.log_factor_failed")
