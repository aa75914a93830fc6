"""The coordinators' pages: the board, whom to ring, requests they look after, printed sheets."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
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
from peersupport.web.base_views import ConfirmPage, uuid_or_none
from supporters.views.staff import CoordinatorRequiredMixin


class BoardView(CoordinatorRequiredMixin, TemplateView):
    """Every request under way by stage, how long each has waited, and what needs a hand today."""

    template_name = "matching/board.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        stages = board.stage_counts()
        asked = self.request.GET.get("stage", "")
        stage = asked if asked in board.STAGES else next((key for key, _w, number in stages if number), "choosing")
        mine = self.request.user if self.request.GET.get("mine") else None
        limits = texts.limits_are_filled_in(for_request(self.request))
        return super().get_context_data(
            stages=stages,
            stage=stage,
            stage_words=board.STAGES[stage],
            mine=mine is not None,
            form=None,
            page=board.page_of_stage(stage, self.request.GET.get("page"), mine=mine),
            hands=board.needs_a_hand(limits_missing=not limits),
            now=timezone.now(),
            **kwargs,
        )


class ToTakeView(CoordinatorRequiredMixin, TemplateView):
    """Requests that are free to take."""

    template_name = "matching/to_take.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = SupportRequest.objects.filter(looked_after_by=self.request.user).exclude(state="closed")
        lists = {"free": SupportRequest.objects.to_take(self.request.user), "mine": mine}
        pages = {name: self._page(name, found) for name, found in lists.items()}
        return super().get_context_data(**pages, stages=board.STAGES, form=None, **kwargs)

    def _page(self, name: str, found: Any) -> Any:
        ordered = board.with_stage(found).defer("words").order_by("stage_since", "pk")
        return Paginator(ordered, board.PAGE).get_page(self.request.GET.get(name))


class TakeView(CoordinatorRequiredMixin, ConfirmPage):
    heading = _("Look after this request?")
    button = _("Look after it")
    success = _("You look after this request now.")

    def happens(self) -> list[Any]:
        return [
            _("You can see this person's wishes from now on. They can see that you do."),
            _("You propose. Only the person decides."),
        ]

    def get_back(self) -> str:
        return reverse("to-take")

    def fetch(self, **kwargs: Any) -> None:
        self.found = get_object_or_404(SupportRequest.objects.on_board(), pk=kwargs["pk"])

    def act(self) -> str:
        requests.take(self.found, by=self.request.user)
        return reverse("support", args=[self.found.pk])


class HandBackView(CoordinatorRequiredMixin, View):
    """Stop looking after a request."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = get_object_or_404(SupportRequest.objects.filter(looked_after_by=request.user), pk=kwargs["pk"])
        requests.hand_back(found, by=request.user)
        messages.success(request, _("Somebody else can look after this request now."))
        return redirect("to-take")


class ToRingView(CoordinatorRequiredMixin, TemplateView):
    """People without an account and without a safe e-mail address, for whom there is news."""

    template_name = "matching/to_ring.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page=board.to_ring_page(self.request.GET.get("page")), form=None, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        named = uuid_or_none(request.POST.get("request"))
        person = SupportRequest.objects.filter(person=None, pk=named).first()
        # What came after the page was shown is not told yet.
        seen = [pk for pk in map(uuid_or_none, request.POST.getlist("news")) if pk]
        told = board.to_ring().filter(recipient_key=person.person_key, pk__in=seen) if person else None
        if person and told:
            requests.note_told(person, told, by=request.user)
        messages.success(request, _("Noted.") if told else _("Somebody noted it already."))
        return redirect("to-ring")


class SheetsView(CoordinatorRequiredMixin, TemplateView):
    """Printable sheets with pictures, one for each step, to ask, choose and agree on paper."""

    template_name = "matching/sheets.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(form=None, **kwargs)
