"""How long a browser stays signed in: 30 minutes without use, 14 days at most.

Whoever seeks support, or supports, may say “Only I use this device” and is then not signed out by idleness. Roles that
see data of others always are. The same holds for the page that a private link opened.
"""

import time
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import TRUSTED
from peersupport.web.middleware import GetResponse

BEGAN, SEEN, OWN_DEVICE = "session_began", "session_seen", "own_device"
AT_MOST_SECONDS = 14 * 24 * 3600
#: How exact "idle" is: a session is not written anew for every page.
TOUCH_SECONDS = 60
#: A script that asks by itself (the progress of an import) is no use of the page.
BACKGROUND = "X-Background"


def new_session_key(request: HttpRequest) -> None:
    """Give the session a new id: one that somebody else has seen ends. The list of devices follows."""
    before = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


class SessionLimitsMiddleware:
    """End a session that was idle for too long, or has lasted for too long."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and not request.session.is_empty():
            self._look_at(request)
        return self.get_response(request)

    def _look_at(self, request: HttpRequest) -> None:
        session, now = request.session, time.time()
        began, seen = session.get(BEGAN), session.get(SEEN)
        if began is None or seen is None:
            session[BEGAN], session[SEEN] = now, now
        elif now - began > AT_MOST_SECONDS or (now - seen > settings.IDLE_SECONDS and not _is_excused(request)):
            _end(request)
        elif now - seen > TOUCH_SECONDS and BACKGROUND not in request.headers:
            session[SEEN] = now


def _is_excused(request: HttpRequest) -> bool:
    """Tell whether somebody said that only they use this device, and holds no role of trust."""
    if not request.session.get(OWN_DEVICE):
        return False
    user: Any = request.user
    return not (user.is_authenticated and user.holds(*TRUSTED))


def _end(request: HttpRequest) -> None:
    signed_in = request.user.is_authenticated
    logout(request)
    if signed_in and request.method == "GET" and BACKGROUND not in request.headers:
        messages.info(request, _("You were signed out, because this page was not used for a while."))


def _begin(sender: object, request: HttpRequest, user: Any, **kwargs: object) -> None:
    request.session[BEGAN] = request.session[SEEN] = time.time()


def listen() -> None:
    """Follow sign-in: a session begins with it."""
    user_logged_in.connect(_begin, dispatch_uid="accounts.session_begins")
