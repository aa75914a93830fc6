"""Small rules that hold for every request."""

import logging
import uuid
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_cache_control

from peersupport.workflow.state_machine import NotAllowed, NotPossible

log = logging.getLogger("peersupport.web")
GetResponse = Callable[[HttpRequest], HttpResponse]


#: What a monitor on the machine itself asks, by whatever name.
HEALTH = frozenset({"/healthz", "/healthz/beat", "/readyz"})


class KnownHostMiddleware:
    """Answer requests for another host with one line, and health from the machine itself whatever host they name."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in HEALTH and _is_this_machine(request):
            request.META["HTTP_HOST"] = settings.ALLOWED_HOSTS[0] if settings.ALLOWED_HOSTS else "localhost"
        for name in [name for name, value in request.COOKIES.items() if "\x00" in value]:
            del request.COOKIES[name]  # no browser sends one, and PostgreSQL takes none
        try:
            request.get_host()
        except DisallowedHost:
            log.warning("a request for a host that is not ours was refused")
            return HttpResponseBadRequest(
                "This site does not have this name.\n", content_type="text/plain; charset=utf-8"
            )
        return self.get_response(request)


def _is_this_machine(request: HttpRequest) -> bool:
    address = request.META.get("REMOTE_ADDR", "")
    return address in {"127.0.0.1", "::1"} and "HTTP_X_FORWARDED_FOR" not in request.META


class RequestIdMiddleware:
    """Give each request a number that a log line and an error page can share, without telling who it was."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex[:12]  # type: ignore[attr-defined]
        return self.get_response(request)


class NoStoreMiddleware:
    """No page is ever kept by a browser, a proxy or the back button: shared computers are common."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith("/static/"):
            add_never_cache_headers(response)
            patch_cache_control(response, no_store=True, private=True)
        return response


class UnexpectedInputMiddleware:
    """Input no browser sends by itself (NUL bytes, oversized forms) is a plain 400, never a crash."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            bad = "\x00" in request.path or any("\x00" in value for value in request.GET.values())
            if request.method == "POST":
                bad = bad or any("\x00" in v for values in request.POST.lists() for v in values[1])
        except (RequestDataTooBig, TooManyFieldsSent):
            bad = True
        return render(request, "400.html", status=400) if bad else self.get_response(request)


class WorkflowAnswersMiddleware:
    """What a workflow refuses is told in plain words: 403 for no part in it, 409 for "not as things are now"."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotAllowed):
            return render(request, "403.html", status=403)
        if isinstance(exception, NotPossible):
            return render(request, "page/not_possible.html", {"message": exception.message}, status=409)
        return None
