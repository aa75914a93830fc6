"""The coordinators' pages: the board, whom to ring, requests they look after, printed sheets."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from matching import board
from matching.models import SupportRequest
from matching.workflows import requests
from peersupport.organization import texts
from peersupport.organization.context import for_request
from peersupport.ui.pages import ConfirmPage
from supporters.views.staff import ForCoordinators


class Board(ForCoordinators, TemplateView):
    """Every request under way by stage, how long each has waited, and what needs a hand today."""

    template_name = "matching/board.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        stages = board.stage_counts()
        asked = self.request.GET.get("stage", "")
        stage = asked if asked in board.STAGES else next((key for key, _w, number in stages if number), "choosing")
        mine = self.request.user if self.request.GET.get("mine") else None
        limits = texts.limits_are_filled_in(for_request(self.request))
        return super().get_context_data(
            stages=stages, stage=stage, stage_words=board.STAGES[stage], mine=mine is not None, form=None,
            page=board.page_of_stage(stage, self.request.GET.get("page"), mine=mine),
            hands=board.needs_a_hand(limits_missing=not limits), now=timezone.now(), **kwargs,
        )  # fmt: skip


class Waiting(ForCoordinators, TemplateView):
    """Requests that are free to take."""

    template_name = "matching/to_take.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        free = (
            board.with_stage(SupportRequest.objects.to_take(self.request.user))
            .defer("words")
            .order_by("stage_since", "pk")[:200]
        )
        mine = board.with_stage(
            SupportRequest.objects.filter(looked_after_by=self.request.user).exclude(state="closed")
        )
        return super().get_context_data(
            free=free,
            mine=mine.defer("words").order_by("stage_since", "pk")[:200],
            stages=board.STAGES,
            form=None,
            **kwargs,
        )


class Take(ForCoordinators, ConfirmPage):
    heading = _("Look after this request?")
    button = _("Look after it")
    success = _("You look after this request now.")

    def happens(self) -> list[Any]:
        return [_("You can see this person's wishes from now on. They can see that you do."),
                _("You propose. Only the person decides.")]  # fmt: skip

    def get_back(self) -> str:
        return reverse("to-take")

    def fetch(self, **kwargs: Any) -> None:
        self.found = get_object_or_404(SupportRequest.objects.on_board(), pk=kwargs["pk"])

    def act(self) -> str:
        requests.take(self.found, by=self.request.user)
        return reverse("support", args=[self.found.pk])


class HandBack(ForCoordinators, View):
    """Stop looking after a request."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = get_object_or_404(SupportRequest.objects.filter(looked_after_by=request.user), pk=kwargs["pk"])
        requests.hand_back(found, by=request.user)
        messages.success(request, _("Somebody else can look after this request now."))
        return redirect("to-take")


class ToRing(ForCoordinators, TemplateView):
    """People without an account and without a safe e-mail address, for whom there is news."""

    template_name = "matching/to_ring.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(people=board.ring_list(), form=None, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        told = [one for one in board.ring_list() if str(one["support"].pk) == request.POST.get("request")]
        seen = set(request.POST.getlist("news"))  # what came after the page was shown is not told yet
        for one in told:
            requests.note_told(one["support"], [m for m in one["news"] if str(m.pk) in seen], by=request.user)
        messages.success(request, _("Noted.") if told else _("Somebody noted it already."))
        return redirect("to-ring")


class Sheets(ForCoordinators, TemplateView):
    """Printable sheets with pictures, one for each step, to ask, choose and agree on paper."""

    template_name = "matching/sheets.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(form=None, **kwargs)
