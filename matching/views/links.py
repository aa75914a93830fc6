"""Private links: a GET shows a neutral page and changes nothing; only its button opens what is behind it."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.generic import View

from matching.models import LinkPurpose
from matching.parties import SESSION_KEY
from matching.workflows import links
from peersupport.ui.limits import too_often


@method_decorator(login_not_required, name="dispatch")
class Link(View):
    """A neutral page: previews and scanners use nothing up, and nothing on it tells what it is for."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return render(request, "matching/link.html", {"signed_in": request.user.is_authenticated})

    def post(self, request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return render(request, "matching/link.html", {"signed_in": True})
        if too_often(request, "link", times=20, seconds=600):
            return render(request, "matching/link_over.html", {"slow": True}, status=429)
        link = links.find(token)
        if link is None:
            return render(request, "matching/link_over.html", {"slow": False}, status=410)
        links.use(link, request)
        lasting = link.purpose == LinkPurpose.LASTING
        return redirect("support" if lasting or link.request.state != "choosing" else "suggestions", pk=link.request_id)


@method_decorator(login_not_required, name="dispatch")
class Shut(View):
    """Close the page that a link opened, on this device."""

    def post(self, request: HttpRequest) -> HttpResponse:
        request.session.pop(SESSION_KEY, None)
        request.session.cycle_key()
        return redirect("home")
