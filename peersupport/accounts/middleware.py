"""Each user's language and time zone, and the second factor that roles of trust need."""

from zoneinfo import ZoneInfo

from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from peersupport.accounts import password_attempts
from peersupport.accounts.confirming import what_is_missing
from peersupport.accounts.models import TRUSTED, User
from peersupport.organization.context import for_request
from peersupport.web.kept_words import keep, keeps_its_own, owner_of, secret_fields
from peersupport.web.middleware import GetResponse

#: Pages somebody can open while their second factor is still missing, each by its whole name.
OPEN_WITHOUT = frozenset(
    {
        "second-factor-needed",
        "set_language",
        "help-now",
        "leave",
        "privacy",
        "help",
        "something-wrong",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "account_change_password",
        "account_email",
        "account_confirm_email",
        "account_email_verification_sent",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_inactive",
    }
)


class PreferencesMiddleware:
    """Speak the user's language and tell times in their zone, else the organization's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in {"/healthz", "/readyz"}:  # they answer without a database too
            return self.get_response(request)
        user, zone = request.user, for_request(request).time_zone
        language = translation.get_language()
        if user.is_authenticated:
            language, zone = user.language or language, user.time_zone or zone
        request.LANGUAGE_CODE = language
        with translation.override(language), timezone.override(ZoneInfo(zone)):
            return self.get_response(request)


class SecondFactorMiddleware:
    """Whoever holds a role of trust sets up a second factor before anything else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        user = request.user
        name = (request.resolver_match.url_name or "") if request.resolver_match else ""
        if not settings.REQUIRE_SECOND_FACTOR or not user.is_authenticated or name in OPEN_WITHOUT:
            return None
        if user.holds(*TRUSTED) and not is_mfa_enabled(user):
            return redirect("second-factor-needed")
        return None


class ConfirmFirstMiddleware:
    """Ask for the password (and the second factor) before what gives lasting access. See `confirming`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        page = (request.resolver_match.url_name or "") if request.resolver_match else ""
        missing = what_is_missing(request, page)
        return _ask_first(request, missing) if missing else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Allauth would keep a whole POST, cookies included, in the session: it is sent again by its page instead."""
        if isinstance(exception, ReauthenticationRequired) and request.user.is_authenticated:
            return _ask_first(request, "account_reauthenticate")
        return None


def _ask_first(request: HttpRequest, page: str) -> HttpResponse:
    if request.method != "GET":
        if not keeps_its_own(request):
            keep(request, owner_of(request), without=secret_fields(request))
        messages.info(request, _("Please show that it is you. Then send it again."))
    return redirect(f"{reverse(page)}?{urlencode({'next': request.get_full_path()})}")


#: Pages, beside sign-in and "is it you?", where a password can be tried: each try is counted before it is checked.
TAKES_PASSWORD = frozenset(
    {
        "account_change_password",
        "delete-account",
        "notes-open",
        "notes-recover",
        "notes-old-password",
        "notes-anew",
        "notes-known",
    }
)


class PasswordAttemptsMiddleware:
    """Count passwords before they are checked, and remember the browsers their owners use."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        counted = getattr(request, "_password_counted", None)
        if counted and response.status_code == 302:
            password_attempts.forgive(counted)
        password_attempts.remember_browser(request, response)
        return response

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        page = request.resolver_match.url_name if request.resolver_match else ""
        if request.method != "POST" or page not in TAKES_PASSWORD or not isinstance(request.user, User):
            return None
        try:
            request._password_counted = password_attempts.count_attempt(request, user=request.user)  # type: ignore[attr-defined]
        except password_attempts.TooManyAttempts:
            return render(request, "accounts/too_many_attempts.html", {"form": None}, status=429)
        return None
