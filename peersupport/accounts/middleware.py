"""Each user's language and time zone, and the second factor that roles of trust need."""

from zoneinfo import ZoneInfo

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation

from peersupport.accounts.models import TRUSTED
from peersupport.organization.context import for_request
from peersupport.ui.middleware import GetResponse

#: Pages somebody can open while their second factor is still missing.
OPEN_WITHOUT = (
    "second-factor-needed",
    "mfa_",
    "account_",
    "set_language",
    "help-now",
    "leave",
    "privacy",
    "help",
    "something-wrong",
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
        if not settings.REQUIRE_SECOND_FACTOR or not user.is_authenticated or name.startswith(OPEN_WITHOUT):
            return None
        if user.holds(*TRUSTED) and not is_mfa_enabled(user):
            return redirect("second-factor-needed")
        return None
