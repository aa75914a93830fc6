"""The meetings of two people: listed, planned, moved, noted as held or not."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime as parse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from peersupport.organization.context import for_request
from peersupport.web.base_views import FormPage
from peersupport.web.when import in_readers_zone
from sessions_log import forms, suggesting
from sessions_log.models import Meeting, MeetingState
from sessions_log.views.base import MatchMixin
from sessions_log.workflows import meetings


def parse_datetime(text: str) -> datetime | None:
    """Return the time an address names, or None for anything else."""
    try:
        found = parse(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is None else None


class SessionsView(MatchMixin, TemplateView):
    """Every meeting of the two, newest first."""

    template_name = "sessions_log/sessions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(Meeting.objects.filter(match=self.match), 50).get_page(self.request.GET.get("page"))
        now = timezone.now()
        for one in page:
            one.unanswered = one.state == MeetingState.PLANNED and one.starts_at <= now
        return super().get_context_data(
            page=page,
            match=self.match,
            back=self.match_page(),
            other=self.other(),
            live=self.match.state != "ended",
            form=None,
            **kwargs,
        )


class PlanSessionView(MatchMixin, FormPage):
    """Plan a meeting, or note one that is over."""

    template_name = "sessions_log/plan.html"
    form_class = forms.MeetingForm
    permission = "sessions_log.plan"
    heading = _("Plan a meeting")
    lead = _("The other one is told, and can move it too. A meeting that is over can be noted here as well.")
    button = _("Save")
    success = _("Saved.")

    def get_back(self) -> str:
        return reverse("sessions", args=[self.match.pk])

    def zone(self) -> str:
        return str(self.request.user.time_zone or for_request(self.request).time_zone)

    def get_initial(self) -> dict[str, Any]:
        last = Meeting.objects.filter(match=self.match).order_by("-starts_at").first()
        as_before = {"minutes": last.minutes, "setting": last.setting} if last else {"minutes": 60}
        chosen = parse_datetime(self.request.GET.get("at", "")) if self.request.method == "GET" else None
        when = {"day": chosen.date(), "time": chosen.time()} if chosen else {}
        return {"time_zone": self.zone()} | as_before | when

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        times = suggesting.next_times(self.match, self.part, self.zone(), timezone.now())
        return super().get_context_data(times=[(one, f"{one:%Y-%m-%dT%H:%M}") for one in times], **kwargs)

    def act(self, form: forms.MeetingForm) -> str:
        meetings.plan(self.match, by=self.request.user, **form.values())
        return self.get_back()


class OfSession(MatchMixin):
    """A page about one meeting."""

    session: Meeting

    def fetch_match(self, pk: Any) -> Any:
        found = Meeting.objects.select_related("match__request__person", "match__supporter__user").filter(pk=pk).first()
        if found is None:
            raise Http404
        self.session = found
        return found.match

    def get_back(self) -> str:
        return reverse("sessions", args=[self.match.pk])


class MoveSessionView(OfSession, FormPage):
    """Move a planned meeting, or put right what was noted of one that is over."""

    form_class = forms.MeetingForm
    button = _("Save")
    success = _("Saved.")

    def get_heading(self) -> Any:
        return _("Move the meeting") if self.session.state == MeetingState.PLANNED else _("Put the meeting right")

    def get_initial(self) -> dict[str, Any]:
        one = self.session
        return in_readers_zone(one) | {"minutes": one.minutes, "setting": one.setting}

    def act(self, form: forms.MeetingForm) -> str:
        change = meetings.move if self.session.state == MeetingState.PLANNED else meetings.correct
        change(self.session, by=self.request.user, **form.values())
        return self.get_back()


class SessionHappenedView(OfSession, View):
    """Took place or not: one click, and another to change it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        change = meetings.took_place if request.POST.get("took_place") == "yes" else meetings.did_not
        change(self.session, by=request.user)
        return redirect(self.get_back())
