"""Pages of panel members: what they read, their own scores, and the others' when all are in."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Textarea
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from hiring import forms
from hiring.models import Application, Criterion, Override, PanelMember, Scorecard, Vacancy
from hiring.policies import names_are_hidden
from hiring.views.vacancies import PAGE, Brief, discussion, panel_table
from hiring.workflows import applying, deciding, panel, scoring
from peersupport.audit.recording import record_read
from peersupport.web.base_views import ConfirmPage, FormPage, Guarded
from peersupport.web.cache import keyed_hash
from peersupport.web.scripts import is_script
from peersupport.workflow.state_machine import NotAllowed, NotPossible


class PanelsView(Guarded, TemplateView):
    """The panels one sits on."""

    template_name = "hiring/panels.html"

    def authorize(self) -> None:
        if not self.request.user.holds("panel_member"):
            raise NotAllowed("panels")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = Vacancy.objects.with_member(self.request.user).select_related("version")
        return super().get_context_data(vacancies=found, form=None, **kwargs)


class OfPanel(Guarded):
    """A page of one panel, for its members; anybody else gets 404."""

    member: PanelMember

    def fetch(self, **kwargs: Any) -> None:
        found = Vacancy.objects.with_member(self.request.user).select_related("version")
        self.vacancy = get_object_or_404(found, pk=kwargs["pk"])
        member = panel.member_of(self.vacancy, self.request.user)
        if member is None:
            raise Http404
        self.member = member

    def get_back(self) -> str:
        return reverse("panel", args=[self.vacancy.pk])


class PanelView(OfPanel, TemplateView):
    """The candidates, in pages: names hidden if the vacancy says so, spread shown where all scores are in."""

    template_name = "hiring/panel.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at_work = self.vacancy.state == "closed"
        rows = Application.objects.for_member(self.member) if at_work else Application.objects.none()
        page = Paginator(rows.order_by("number").values_list(*Brief._fields), PAGE).get_page(
            self.request.GET.get("page")
        )
        table = panel_table(self.vacancy, [Brief(*one) for one in page], "read-application", self.member)
        return super().get_context_data(
            vacancy=self.vacancy, member=self.member, page=page, form=None, **table, **kwargs
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if "peer" in request.POST:
                panel.state_peer(self.member, request.POST["peer"] == "yes", by=request.user)
                messages.success(request, _("Saved."))
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect(self.get_back())


class LeavePanelView(OfPanel, ConfirmPage):
    heading = _("Leave the panel?")
    button = _("Leave the panel")
    success = _("You have left the panel.")

    def happens(self) -> list[Any]:
        return [
            _("You see nothing of this vacancy any more."),
            _("Scores you have sent count on. Nobody waits for others."),
            _("Whoever runs the vacancy can ask you back."),
        ]

    def act(self) -> str:
        panel.leave(self.member, by=self.request.user)
        return reverse("home")


class ByQuestionView(OfPanel, TemplateView):
    """One box of every application, one after the other, without names: what is said counts, not who says it."""

    template_name = "hiring/by_question.html"
    BOXES = {
        "relevance": _("How could your experience be useful to others?"),
        "why": _("Why would you like to do this?"),
        "strengths": _("What else do you bring?"),
    }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        box = self.kwargs["box"]
        if box not in self.BOXES or self.vacancy.state != "closed":
            raise Http404
        rows = Application.objects.for_member(self.member).exclude(**{box: ""}).order_by("number")
        page = Paginator(rows.only("number", box), 25).get_page(self.request.GET.get("page"))
        said = [(one, getattr(one, box)) for one in page]
        return super().get_context_data(
            vacancy=self.vacancy,
            page=page,
            said=said,
            shown_box=box,
            label=self.BOXES[box],
            boxes=self.BOXES,
            form=None,
            **kwargs,
        )


class PanelCandidateMixin(Guarded):
    """A page about one candidate, for a member who may score them; anybody else gets 404."""

    def fetch(self, **kwargs: Any) -> None:
        seats = PanelMember.objects.at_work().filter(user=self.request.user, vacancy__state="closed")
        found = Application.objects.sent().filter(pk=kwargs["pk"], vacancy__in=seats.values("vacancy"))
        self.application = get_object_or_404(found.select_related("vacancy__version"))
        self.member = seats.get(vacancy=self.application.vacancy_id)
        if self.member.can_not_score.filter(application=self.application).exists():
            raise Http404

    def get_back(self) -> str:
        return reverse("panel", args=[self.application.vacancy_id])


class ReadApplicationView(PanelCandidateMixin, TemplateView):
    """One application, and the discussion when all scores are in."""

    template_name = "hiring/read.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one = self.application
        record_read("application.read", one, by=self.request.user, role="panel", subjects=[one.pk])
        card = Scorecard.objects.filter(member=self.member, application=one).first()
        override = Override.objects.filter(application=one).select_related("first__user").first()
        return super().get_context_data(
            application=one,
            vacancy=one.vacancy,
            member=self.member,
            card=card,
            hidden=names_are_hidden(one),
            files=applying.files_of(one),
            override=override,
            back=self.get_back(),
            form=None,
            **discussion(one, self.member),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Confirm, as a second one, that the bar may be gone below."""
        override = get_object_or_404(Override, application=self.application, confirmed_at=None)
        try:
            deciding.go_below_together(override, by=request.user)
            messages.success(request, _("Confirmed. It stands in the history."))
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect("read-application", pk=self.application.pk)


class GoBelowView(PanelCandidateMixin, FormPage):
    form_class = forms.BelowForm
    heading = _("Go below the bar?")
    lead = _("A second member has to confirm, and one of you two is a peer. Your reason stays in the history for good.")
    button = _("Ask")
    success = _("Asked. Another member has to confirm.")

    def get_back(self) -> str:
        return reverse("read-application", args=[self.application.pk])

    def act(self, form: forms.BelowForm) -> str:
        deciding.ask_to_go_below(self.application, by=self.request.user, reason=form.cleaned_data["reason"])
        return self.get_back()


class ScoreView(PanelCandidateMixin, FormPage):
    """One's own scores: kept as they are typed, sent once, then locked."""

    template_name = "hiring/score.html"
    form_class = forms.ScoreForm
    helped = "work"
    heading = _("Your scores")
    lead = _("Alone, and in your own words. Nobody sees them before all are in.")
    button = _("Send and lock")

    def get_back(self) -> str:
        return reverse("read-application", args=[self.application.pk])

    def fetch(self, **kwargs: Any) -> None:
        super().fetch(**kwargs)
        self.card = Scorecard.objects.filter(member=self.member, application=self.application).first()

    def get_form_kwargs(self) -> dict[str, Any]:
        card = self.card
        there = {score.criterion_id: score for score in card.scores.all()} if card else {}
        criteria = list(Criterion.objects.filter(vacancy=self.application.vacancy_id))
        return super().get_form_kwargs() | {
            "criteria": criteria,
            "there": there,
            "potential": card.potential if card else "",
            "sends": "keep" not in self.request.POST,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        locked = bool(self.card and self.card.submitted_at)
        context = super().get_context_data(
            locked=locked, application=self.application, written_by=self._writer(), **kwargs
        )
        form = context["form"]
        lost = form if locked and form.is_bound else []
        return context | {"not_kept": [box for box in lost if isinstance(box.field.widget, Textarea) and box.value()]}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        written_by = request.POST.get("written_by", "" if is_script(request) else self._writer())
        if written_by != self._writer():  # somebody else has signed in since, in another tab
            if is_script(request):
                return HttpResponse(status=401)
            messages.error(
                request,
                _(
                    "Someone else has signed in here since you opened this page. Nothing was saved: check it, then send it again."
                ),
            )
            return self.render_to_response(self.get_context_data(form=self.get_form()))
        if "keep" not in request.POST:
            return super().post(request, *args, **kwargs)
        form = self.get_form()
        if not form.is_valid():
            return self.form_invalid(form)
        try:
            scoring.keep(self.member, self.application, form.answers(), form.cleaned_data["potential"], by=request.user)
            if "X-Keep" in request.headers:  # kept while somebody types
                return HttpResponse(status=204)
            messages.success(request, _("Kept. The panel does not see it until you send it."))
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect(request.path)

    def _writer(self) -> str:
        """Return what stands for whoever this page was drawn for."""
        return keyed_hash("written by", str(self.request.user.pk))

    def act(self, form: forms.ScoreForm) -> str:
        data = form.answers(), form.cleaned_data["potential"]
        scoring.keep(self.member, self.application, *data, by=self.request.user)  # whatever is missing, nothing is lost
        scoring.submit(self.member, self.application, *data, by=self.request.user)
        messages.success(self.request, _("Sent and locked. Thank you."))
        return self.get_back()


class CanNotScoreView(PanelCandidateMixin, ConfirmPage):
    heading = _("You can't score this person?")
    button = _("I can't score this person")
    success = _("Noted. You do not see them any more.")

    def happens(self) -> list[Any]:
        return [_("Nobody asks why, and nothing more is kept."), _("You no longer see this person.")]

    def act(self) -> str:
        panel.can_not_score(self.member, self.application, by=self.request.user)
        return self.get_back()
