"""Opening the vault where the password is at hand, and keeping it open for one browser.

The seed is in the session, sealed under a key that only this browser's cookie holds: neither a stolen session
nor a copy of the database opens it. The cookie is taken out of the request before anything else sees it.
"""

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from peersupport.vault import crypto, keyring
from peersupport.vault.crypto import Keys, Refused, pack
from peersupport.vault.models import KeyPair
from peersupport.vault.pepper import PepperMissing
from peersupport.vault.slots import TooBusy

log = logging.getLogger("peersupport.vault")
COOKIE = "vault" if settings.PLAIN_HTTP else "__Host-vault"
OPEN, PENDING = "vault", "vault_pending"
IDLE_SECONDS, AT_MOST_SECONDS, PENDING_SECONDS = 30 * 60, 12 * 3600, 15 * 60
#: How exact "idle" is: the session is not written anew for every page.
_TOUCH_SECONDS = 60


class Holder:
    """The cookie's key on one request: where it came from, what is to be sent back. It never shows itself."""

    def __init__(self, value: str = "") -> None:
        self._value = value
        self._send: str | None = None
        self._keys: Unlocked | None = None

    def __repr__(self) -> str:
        return "Holder(…)"


class VaultMiddleware:
    """Outermost: takes the cookie away from everybody else, and sends it where it was made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request._vault = Holder(_taken_out(request))  # type: ignore[attr-defined]
        response = self.get_response(request)
        send = request._vault._send  # type: ignore[attr-defined]
        if send == "":
            response.delete_cookie(COOKIE, samesite="Lax")
            response.cookies[COOKIE]["secure"] = not settings.PLAIN_HTTP
        elif send:
            response.set_cookie(COOKIE, send, secure=not settings.PLAIN_HTTP, httponly=True, samesite="Lax")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Too many sign-ins at the same moment is said plainly."""
        return render(request, "vault/busy.html", status=503) if isinstance(exception, TooBusy) else None


def _taken_out(request: HttpRequest) -> str:
    value: str = request.COOKIES.pop(COOKIE, "")
    header = request.META.get("HTTP_COOKIE", "")
    if COOKIE in header:
        kept = [one for one in header.split(";") if one.strip().partition("=")[0].strip() != COOKIE]
        request.META["HTTP_COOKIE"] = ";".join(kept).strip()
    return value


def _holder(request: HttpRequest) -> Holder:
    if not hasattr(request, "_vault"):  # a request that tests made by hand
        request._vault = Holder()  # type: ignore[attr-defined]
    found: Holder = request._vault  # type: ignore[attr-defined]
    return found


def password_at_hand(request: HttpRequest, user: Any, password: str) -> None:
    """Somebody gave their right password: open their vault, making their keys the first time.

    They are signed in all the same when it does not open (a password that was reset, no pepper).
    """
    pair = keyring.current(user.pk)
    try:
        keys = keyring.open_with_password(pair, password) if pair else keyring.enrol(user, password)
    except (Refused, PepperMissing) as problem:
        log.warning("a vault stayed locked at sign-in (%s)", type(problem).__name__)
        return
    put(request, user, keys)


def put(request: HttpRequest, user: Any, keys: Keys) -> None:
    """Keep the keys for this browser: at once when the user is signed in here, else until `login()`."""
    cookie_key, vsid = secrets.token_bytes(crypto.KEY), secrets.token_hex(16)
    now = time.time()
    slot = {
        "user": str(user.pk),
        "vsid": vsid,
        "version": keys.version,
        "created": now,
        "used": now,
        "blob": crypto.lock(_session_key(cookie_key), keys.seed, _about(str(user.pk), keys.version, vsid)).hex(),
    }
    signed_in = request.user.is_authenticated and request.user.pk == user.pk
    request.session[OPEN if signed_in else PENDING] = slot
    _holder(request)._send, _holder(request)._value = cookie_key.hex(), cookie_key.hex()
    _holder(request)._keys = None


def _session_key(cookie_key: bytes) -> bytes:
    return crypto.digest("peer session", key=cookie_key)


def _about(user: str, version: int, vsid: str) -> bytes:
    return pack("sess", crypto.VERSION, user, version, vsid)


def _promote(sender: object, request: HttpRequest, user: Any, **kwargs: object) -> None:
    """Signed in: what was pending for this user is theirs now; what was for somebody else is dropped."""
    slot = request.session.pop(PENDING, None)
    request.session.pop(OPEN, None)
    if slot and slot["user"] == str(user.pk) and slot["created"] > time.time() - PENDING_SECONDS:
        request.session[OPEN] = slot


def _forget(sender: object, request: HttpRequest | None, **kwargs: object) -> None:
    if request is not None and hasattr(request, "session"):
        lock(request)


def listen() -> None:
    """Follow sign-in and sign-out."""
    user_logged_in.connect(_promote, dispatch_uid="vault.promote")
    user_logged_out.connect(_forget, dispatch_uid="vault.forget")


def lock(request: HttpRequest) -> None:
    """Close the vault in this browser: both halves go."""
    for slot in (OPEN, PENDING):
        request.session.pop(slot, None)
    holder = _holder(request)
    holder._value, holder._send, holder._keys = "", "", None


@dataclass(frozen=True, repr=False)
class Unlocked:
    """Somebody whose vault is open in this request."""

    user: Any
    keys: Keys
    pair: KeyPair


def unlocked(request: HttpRequest) -> Unlocked | None:
    """Return the open vault of whoever is signed in, or None when it is locked."""
    holder = _holder(request)
    if holder._keys is None:
        holder._keys = _opened(request, holder)
    return holder._keys


def _opened(request: HttpRequest, holder: Holder) -> Unlocked | None:
    slot, now = request.session.get(OPEN), time.time()
    if not slot or not holder._value or not request.user.is_authenticated or slot["user"] != str(request.user.pk):
        return None
    if slot["created"] < now - AT_MOST_SECONDS or slot["used"] < now - IDLE_SECONDS:
        lock(request)
        return None
    pair = keyring.current(UUID(slot["user"]))
    if pair is None or pair.version != slot["version"]:
        return None
    try:
        about = _about(slot["user"], slot["version"], slot["vsid"])
        seed = crypto.unlock(_session_key(bytes.fromhex(holder._value)), bytes.fromhex(slot["blob"]), about)
    except (Refused, ValueError):
        return None
    try:
        keys = keyring.checked(pair, seed)
    except Refused:  # somebody swapped the row while the vault was open: nothing more is sealed to it
        lock(request)
        return None
    if slot["used"] < now - _TOUCH_SECONDS:
        request.session[OPEN] = slot | {"used": now}
    return Unlocked(request.user, keys, pair)
