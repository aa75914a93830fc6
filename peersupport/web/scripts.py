"""Requests that a script of a page makes: they get an answer a script can take, never a page for people."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import resolve_url
from django.urls import reverse
from django.views.decorators.http import require_safe

from peersupport.web.middleware import GetResponse

#: What our scripts send along; a browser says `empty` of every fetch by itself.
HEADERS = ("X-Keep", "X-Look", "X-Background", "HX-Request")


def is_script(request: HttpRequest) -> bool:
    """Tell whether a script made this request, and nobody looks at the answer as a page."""
    return any(name in request.headers for name in HEADERS) or request.headers.get("Sec-Fetch-Dest") == "empty"


class ScriptAnswersMiddleware:
    """Answer 401 where a script would have been led to a sign-in page, which it would draw into the form."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_script(request) and response.status_code in {301, 302, 303} and _asks_who_it_is(response):
            return HttpResponse(status=401)
        return response


def _asks_who_it_is(response: HttpResponse) -> bool:
    where = response.headers.get("Location", "").partition("?")[0]
    return where in {resolve_url(settings.LOGIN_URL), reverse("notes-open"), reverse("account_reauthenticate")}


@login_not_required
@require_safe
def form_token(request: HttpRequest) -> HttpResponse:
    """Return a fresh form token for a page that was opened before its user signed in again in another tab."""
    return JsonResponse({"token": get_token(request)})
