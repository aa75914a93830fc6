"""Private links: a GET shows a neutral page and changes nothing; only its button opens what is behind it."""

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from matching.models import LinkPurpose, RequestState
from matching.parties import WANTS_ACCOUNT, kept_bearer, shut
from matching.views.base import OfRequest
from matching.workflows import links, requests
from peersupport.accounts.session_limits import OWN_DEVICE, new_session_key
from peersupport.web.base_views import ConfirmPage, TokenInAddress
from peersupport.web.limits import too_often
from peersupport.workflow.state_machine import NotPossible


@method_decorator(login_not_required, name="dispatch")
class LinkView(TokenInAddress, View):
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
        request.session[OWN_DEVICE] = "own_device" in request.POST
        links.use(link, request)
        if link.request.state == RequestState.DRAFT:
            return redirect("ask-name", pk=link.request_id)
        lasting = link.purpose == LinkPurpose.LASTING
        return redirect("support" if lasting or link.request.state != "choosing" else "suggestions", pk=link.request_id)


@method_decorator(login_not_required, name="dispatch")
class LinkShutView(View):
    """Close the page that a link opened, on this device."""

    def post(self, request: HttpRequest) -> HttpResponse:
        shut(request)
        new_session_key(request)
        return redirect("home")


@method_decorator(login_not_required, name="dispatch")
class WantAccountView(View):
    """Whoever opened a link wants to keep their request with an account: this tab goes to sign up, and then back."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if not kept_bearer(request):
            return redirect("account_signup")
        tab = request.session[WANTS_ACCOUNT] = secrets.token_urlsafe(12)
        back = f"{reverse('keep-with-account')}?{urlencode({'tab': tab})}"
        return redirect(f"{reverse('account_signup')}?{urlencode({'next': back})}")


class FreshLinkView(OfRequest, View):
    """Send a link that works once to the safe address on record."""

    permission = "matching.see_state"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if too_often(request, "fresh-link", times=5, seconds=3600):
            raise NotPossible(_("Links were asked for too often. Please try again in an hour."))
        links.send_fresh(self.support, by=self.by)
        messages.success(request, _("A link is on its way to your email address."))
        return redirect("support", pk=self.support.pk)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return redirect("support", pk=self.support.pk)


class KeepWithAccountView(ConfirmPage):
    """Tie a request made without an account to the account one has just signed in with."""

    heading = _("Keep your request with your account?")
    button = _("Keep it with my account")
    success = _("Your request is kept with your account now.")

    def happens(self) -> list[Any]:
        return [_("You find it here whenever you sign in."), _("Your private links do not work any more.")]

    def get_back(self) -> str:
        return reverse("home")

    def act(self) -> str:
        tab = self.request.session.get(WANTS_ACCOUNT, "")
        wanted = kept_bearer(self.request) if tab and tab == self.request.GET.get("tab") else None
        support = requests.keep_with_account(wanted, self.request.user)
        shut(self.request)
        return reverse("support", args=[support.pk])
