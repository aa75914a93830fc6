"""Small rules that hold for every request."""

import uuid
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_cache_control

from peersupport.audit.lifecycle import NotAllowed, NotPossible

GetResponse = Callable[[HttpRequest], HttpResponse]


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
