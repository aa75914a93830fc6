"""Passwords are counted before they are checked: 10 wrong ones an hour for each account, and for each session.

A browser in which the account was used before has a count of its own, so that nobody who guesses elsewhere locks the
owner out. It is known by a signed cookie that names no account.
"""

import secrets
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.http import HttpRequest, HttpResponse

from peersupport.accounts.models import User
from peersupport.web.cache import keyed_hash
from peersupport.web.limits import count, uncount
from peersupport.web.plain import plain_address

TRIES, SECONDS = 10, 3600
KNOWN_DAYS = 180
_SALT = "known browser"


class TooManyAttempts(Exception):
    """This account, or this session, was tried too often in the last hour."""


def account_key(login: str) -> str:
    """Return the name under which tries with an address are counted: all addresses of an account share one."""
    owner = account_of(login)
    return f"account {owner.pk if owner else plain_address(login)}"


def account_of(login: str) -> User | None:
    """Return whose account an address signs in to. An address that somebody has only claimed is nobody's."""
    address = plain_address(login)
    row = (
        EmailAddress.objects.filter(email__iexact=address, verified=True).select_related("user").first()
        if address
        else None
    )
    return row.user if row else User.objects.filter(email=address).first() if address else None


def count_attempt(request: HttpRequest, *, user: User | None = None, login: str = "") -> list[str]:
    """Count one try, before the password is looked at; return the names it was counted under.

    Raises TooManyAttempts after 10 in an hour, whether the account exists or not.
    """
    keys = _keys(request, user, login)
    if max([count(key, seconds=SECONDS) for key in keys]) > TRIES:
        raise TooManyAttempts
    return keys


def forgive(keys: list[str]) -> None:
    """The password was right: the try is no guess."""
    for key in keys:
        uncount(key)


def _keys(request: HttpRequest, user: User | None, login: str) -> list[str]:
    account = f"account {user.pk}" if user else account_key(login)
    browser = _known_browser(request, account)
    keys = [f"password of {account} in {browser}" if browser else f"password of {account}"]
    session = getattr(request, "session", None)
    if request.user.is_authenticated and session is not None and session.session_key:
        keys.append(f"password in session {session.session_key}")
    return keys


def cookie_name(account: str) -> str:
    """Return the name of the cookie of an account: it tells nobody which account it is."""
    prefix = "" if settings.PLAIN_HTTP else "__Host-"
    return f"{prefix}known-{keyed_hash('known-browser', account)[:16]}"


def _known_browser(request: HttpRequest, account: str) -> str:
    raw = request.COOKIES.get(cookie_name(account), "")
    try:
        named, browser = signing.loads(raw, salt=_SALT, max_age=KNOWN_DAYS * 24 * 3600)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(browser) if named == account else ""


def _remember(sender: object, request: HttpRequest, user: Any, **kwargs: object) -> None:
    """Somebody signed in: this browser is theirs from now on."""
    request._known_browser_of = f"account {user.pk}"  # type: ignore[attr-defined]


def listen() -> None:
    """Follow sign-in."""
    user_logged_in.connect(_remember, dispatch_uid="accounts.known_browser")


def remember_browser(request: HttpRequest, response: HttpResponse) -> None:
    """Send the cookie of a browser in which somebody has just signed in."""
    account = getattr(request, "_known_browser_of", "")
    if not account:
        return
    value = signing.dumps([account, _known_browser(request, account) or secrets.token_hex(8)], salt=_SALT)
    response.set_cookie(
        cookie_name(account),
        value,
        max_age=KNOWN_DAYS * 24 * 3600,
        secure=not settings.PLAIN_HTTP,
        httponly=True,
        samesite="Lax",
    )
