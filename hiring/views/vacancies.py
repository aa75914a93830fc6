"""Pages of vacancies for whoever runs them: prepare, open, the panel, candidates, decisions, offers, history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from hiring import figures, forms
from hiring.models import (
    Application,
    ApplicationState,
    Criterion,
    Decision,
    InterviewQuestion,
    JobDescription,
    JobVersion,
    Offer,
    Override,
    PanelMember,
    Scorecard,
    Slot,
    Vacancy,
    VacancyState,
)
from hiring.policies import names_are_hidden
from hiring.records import KEPT
from hiring.words import history_in_words
from hiring.workflows import applying, deciding, panel, scoring, talks, vacancies
from peersupport.accounts.models import Role, User
from peersupport.accounts.views import send_link
from peersupport.audit.recording import record_read
from peersupport.organization.context import for_request
from peersupport.web.base_views import ConfirmPage, FormPage, uuid_or_none
from peersupport.web.qr import qr
from peersupport.web.when import in_readers_zone
from peersupport.workflow.state_machine import NotPossible
from supporters.staffing.views import zone_of
from supporters.views.staff import CoordinatorRequiredMixin

PAGE = 100


class VacanciesView(CoordinatorRequiredMixin, TemplateView):
    """The vacancies one runs, and how many there are in all."""

    template_name = "hiring/vacancies.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = Vacancy.objects.run_by_user(self.request.user).select_related("version")
        nobodys = Vacancy.objects.without_anybody().select_related("version")[:30]
        versions = JobVersion.objects.filter(job__retired=False).select_related("job").order_by("job", "-number")
        newest = {version.job_id: version for version in reversed(list(versions[:200]))}
        return super().get_context_data(
            page=Paginator(mine, 30).get_page(self.request.GET.get("page")),
            versions=list(newest.values()),
            jobs=JobDescription.objects.filter(retired=False).exists(),
            nobodys=nobodys,
            form=None,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        version = get_object_or_404(JobVersion, pk=uuid_or_none(request.POST.get("version")))
        return redirect("vacancy", pk=vacancies.begin(version, by=request.user).pk)


class HiringFiguresView(CoordinatorRequiredMixin, TemplateView):
    """Who applies and who is hired, as counts; and the wishes nobody meets: a reason to look for somebody."""

    template_name = "hiring/figures.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        below = for_request(self.request).small_numbers_below
        return super().get_context_data(
            below=below,
            years=figures.by_year(below),
            applied_in=figures.by_language(below),
            form=None,
            **kwargs,
        )


class ReserveListView(CoordinatorRequiredMixin, TemplateView):
    """Who is on a reserve list of one's vacancies, whose time ends first at the top."""

    template_name = "hiring/reserve.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = Vacancy.objects.run_by_user(self.request.user)
        found = Application.objects.filter(vacancy__in=mine, state=ApplicationState.RESERVE)
        rows = found.select_related("vacancy__version").order_by("reserve_until", "vacancy", "number")
        page = Paginator(rows, 30).get_page(self.request.GET.get("page"))
        return super().get_context_data(page=page, form=None, **kwargs)


class VacancyMixin(CoordinatorRequiredMixin):
    """A page about one vacancy, for the coordinator who runs it; anybody else gets 404."""

    vacancy: Vacancy
    request: HttpRequest

    def fetch(self, **kwargs: Any) -> None:
        mine = Vacancy.objects.run_by_user(self.request.user).select_related("version__job", "run_by")
        self.vacancy = get_object_or_404(mine, pk=kwargs["pk"])

    def get_back(self) -> str:
        return reverse("vacancy", args=[self.vacancy.pk])


class VacancyView(VacancyMixin, TemplateView):
    """Where a vacancy stands, what is missing, its panel and what comes next."""

    template_name = "hiring/vacancy.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one = self.vacancy
        members = PanelMember.objects.at_work().filter(vacancy=one).select_related("user")
        to_ring = one.applications.sent().exclude(to_ring_since=None)
        return super().get_context_data(
            vacancy=one,
            members=members,
            missing=vacancies.missing(one) if one.state == VacancyState.DRAFT else [],
            verbs=vacancies.LIFECYCLE.actions(one, by=self.request.user),
            criteria=one.criteria.all(),
            applied=one.applications.sent().count(),
            to_ring=to_ring[:100],
            asked_in=one.asked_in.select_related("invitation"),
            erased_on=one.ended_at and one.ended_at + KEPT,
            one_post=one.posts == 1 and one.new_to_peers,
            back=reverse("vacancies"),
            form=None,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "unask" in request.POST:
            asked = get_object_or_404(self.vacancy.asked_in, pk=uuid_or_none(request.POST["unask"]))
            panel.do_not_ask(asked, by=request.user)
            messages.success(request, _("Taken back."))
            return redirect("vacancy", pk=self.vacancy.pk)
        verbs = {"open": vacancies.open_it, "close": vacancies.close, "finish": vacancies.finish}
        verb = verbs.get(request.POST.get("verb", ""))
        if verb is None:
            raise Http404
        try:
            verb(self.vacancy, by=request.user)
            messages.success(request, _("Done."))
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect("vacancy", pk=self.vacancy.pk)


class PrepareVacancyView(VacancyMixin, FormPage):
    """The questions of G22, dates and the bar."""

    form_class = forms.PrepareForm
    heading = _("Before it opens")
    button = _("Save")
    success = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        zone = for_request(self.request).time_zone
        return super().get_form_kwargs() | {"instance": self.vacancy, "zone": zone}

    def act(self, form: forms.PrepareForm) -> str:
        vacancies.prepare(self.vacancy, by=self.request.user, **form.values())
        return self.get_back()


class ChooseQuestionsView(VacancyMixin, FormPage):
    """What every candidate is asked, with weights."""

    form_class = forms.ChooseQuestionsForm
    heading = _("What do you ask every candidate?")
    lead = _("Four to six questions are enough. They are published, so that everybody can prepare.")
    button = _("Save")
    success = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        weights = dict(Criterion.objects.filter(vacancy=self.vacancy).values_list("question", "weight"))
        questions = list(InterviewQuestion.objects.filter(active=True))
        return super().get_form_kwargs() | {"questions": questions, "weights": weights}

    def act(self, form: forms.ChooseQuestionsForm) -> str:
        vacancies.choose_questions(self.vacancy, form.chosen(), by=self.request.user)
        return self.get_back()


class ExtendVacancyView(VacancyMixin, FormPage):
    form_class = forms.ExtendForm
    heading = _("Take applications for longer")
    button = _("Save")
    success = _("Saved.")

    def act(self, form: forms.ExtendForm) -> str:
        wall = datetime.combine(form.cleaned_data["close_day"], form.cleaned_data["close_time"])
        zone = for_request(self.request).time_zone
        vacancies.extend(self.vacancy, by=self.request.user, wall_close=wall, time_zone=zone)
        return self.get_back()


class AddPostView(VacancyMixin, ConfirmPage):
    heading = _("Another post is free?")
    button = _("There is one more post")
    success = _("One more post.")

    def happens(self) -> list[Any]:
        return [_("Somebody on the reserve list can have it, at the same bar."), _("It stands in the history.")]

    def act(self) -> str:
        vacancies.add_post(self.vacancy, by=self.request.user)
        return self.get_back()


class HandOverVacancyView(VacancyMixin, FormPage):
    form_class = forms.HandOverForm
    heading = _("Hand the vacancy over")
    lead = _("You see nothing of it afterwards.")
    button = _("Hand it over")
    success = _("Handed over. They are told.")

    def get_form_kwargs(self) -> dict[str, Any]:
        found = User.objects.filter(is_active=True, role_grants__role=Role.COORDINATOR).exclude(pk=self.request.user.pk)
        return super().get_form_kwargs() | {"coordinators": list(found.order_by("name", "pk"))}

    def act(self, form: forms.HandOverForm) -> str:
        vacancies.hand_over(self.vacancy, form.chosen(), by=self.request.user)
        return reverse("vacancies")


class TakeOverVacancyView(CoordinatorRequiredMixin, ConfirmPage):
    """Take over a vacancy whose coordinator has gone."""

    heading = _("Run this vacancy?")
    button = _("I run it from now on")
    success = _("You run it now.")

    def fetch(self, **kwargs: Any) -> None:
        self.vacancy = get_object_or_404(Vacancy.objects.without_anybody(), pk=kwargs["pk"])

    def get_back(self) -> str:
        return reverse("vacancies")

    def happens(self) -> list[Any]:
        return [_("You see who applied, and decide with the panel's scores."), _("It stands in the history.")]

    def act(self) -> str:
        vacancies.take_over(self.vacancy, by=self.request.user)
        return reverse("vacancy", args=[self.vacancy.pk])


class CancelVacancyView(VacancyMixin, FormPage):
    form_class = forms.CancelForm
    heading = _("Cancel the vacancy")
    lead = _("Everybody who applied is told, in your words.")
    button = _("Cancel it")
    success = _("Cancelled. Everybody is told.")

    def act(self, form: forms.CancelForm) -> str:
        vacancies.cancel(self.vacancy, by=self.request.user, kind_words=form.cleaned_data["kind_words"])
        return self.get_back()


class AddMemberView(VacancyMixin, FormPage):
    """Invite somebody onto the panel: the same way whether they have an account or not, so that nobody finds out."""

    answer_is_kept = True
    form_class = forms.AddMemberForm
    heading = _("Who sits on the panel?")
    lead = _("At least one peer, and several are better. They see this vacancy alone, as long as it is at work.")
    button = _("Invite them")

    def form_valid(self, form: forms.AddMemberForm) -> HttpResponse:
        email, language = form.cleaned_data["email"], self.request.LANGUAGE_CODE
        try:
            invitation, token = panel.invite(self.vacancy, email, by=self.request.user, language=language)
        except NotPossible as refusal:
            form.add_error(None, refusal.message)
            return self.form_invalid(form)
        if not token:
            messages.success(self.request, _("They are invited already: the same link gives this seat too."))
            return redirect(self.get_back())
        return send_link(self.request, invitation, token)


class OfMember(CoordinatorRequiredMixin):
    """A page about one seat, for whoever runs the vacancy."""

    def fetch(self, **kwargs: Any) -> None:
        mine = PanelMember.objects.at_work().filter(vacancy__run_by=self.request.user)
        self.member = get_object_or_404(mine.select_related("vacancy", "user"), pk=kwargs["pk"])

    def get_back(self) -> str:
        return reverse("vacancy", args=[self.member.vacancy_id])


class RemoveMemberView(OfMember, ConfirmPage):
    button = _("Take them off the panel")
    success = _("Done.")

    def get_heading(self) -> Any:
        return _("Take somebody off the panel?")

    def get_lead(self) -> Any:
        return str(self.member.user)

    def happens(self) -> list[Any]:
        return [_("They see nothing of this vacancy any more."), _("Scores they have sent count on.")]

    def act(self) -> str:
        panel.leave(self.member, by=self.request.user)
        return self.get_back()


class ChairPanelView(OfMember, ConfirmPage):
    heading = _("Chair the panel?")
    button = _("They chair")
    success = _("Done.")

    def get_lead(self) -> Any:
        return str(self.member.user)

    def happens(self) -> list[Any]:
        return [_("Whoever chairs sees no more than the others, and need not be staff.")]

    def act(self) -> str:
        panel.chair(self.member, by=self.request.user)
        return self.get_back()


class SlotsView(VacancyMixin, FormPage):
    """Times to talk: those there are, and one more."""

    template_name = "hiring/slots.html"
    form_class = forms.SlotForm
    heading = _("Times to talk")
    lead = _("The panel and the room are taken from now on. Candidates who are invited choose one.")
    button = _("Propose this time")
    success = _("Proposed.")

    def get_initial(self) -> dict[str, Any]:
        last = Slot.objects.filter(vacancy=self.vacancy).order_by("-starts_at").first()
        there = (
            {"place": last.place, "minutes": last.minutes, "day": last.wall_time.date()} if last else {"minutes": 60}
        )
        return {"time_zone": zone_of(self.request)} | there

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        slots = Slot.objects.filter(vacancy=self.vacancy).select_related("application")
        page = Paginator(slots, 30).get_page(self.request.GET.get("page"))
        return super().get_context_data(vacancy=self.vacancy, page=page, **kwargs)

    def act(self, form: forms.SlotForm) -> str:
        talks.propose(self.vacancy, by=self.request.user, **form.values())
        return self.request.path


class OfSlot(CoordinatorRequiredMixin):
    """A page about one time to talk, for whoever runs the vacancy."""

    def fetch(self, **kwargs: Any) -> None:
        mine = Slot.objects.filter(vacancy__in=Vacancy.objects.run_by_user(self.request.user))
        self.slot = get_object_or_404(mine.select_related("vacancy", "application"), pk=kwargs["pk"])

    def get_back(self) -> str:
        return reverse("slots", args=[self.slot.vacancy_id])


class MoveSlotView(OfSlot, FormPage):
    form_class = forms.SlotForm
    heading = _("Move this time")
    lead = _("Whoever has chosen it stays in it, and is told.")
    button = _("Save")
    success = _("Moved.")

    def get_initial(self) -> dict[str, Any]:
        one = self.slot
        return in_readers_zone(one) | {"minutes": one.minutes, "place": one.place}

    def act(self, form: forms.SlotForm) -> str:
        talks.move(self.slot, by=self.request.user, **form.values())
        return self.get_back()


class CallOffSlotView(OfSlot, ConfirmPage):
    heading = _("Take this time back?")
    button = _("Take it back")
    success = _("Done.")

    def happens(self) -> list[Any]:
        return [
            _("The panel and the room are free again."),
            _("Whoever has chosen it is told, and can choose another."),
        ]

    def act(self) -> str:
        talks.call_off(self.slot, by=self.request.user)
        return self.get_back()


class CandidatesView(VacancyMixin, TemplateView):
    """Everybody who applied, in pages: sealed or all in, never who has scored what."""

    template_name = "hiring/candidates.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.vacancy.applications.sent().order_by("number").values_list(*Brief._fields)
        page = Paginator(rows, PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            vacancy=self.vacancy,
            page=page,
            **panel_table(self.vacancy, [Brief(*one) for one in page], "candidate"),
            form=None,
            **kwargs,
        )


class Brief(NamedTuple):
    """What a table needs of an application."""

    pk: UUID
    vacancy_id: UUID
    number: int
    state: str
    scored_at: datetime | None


@dataclass
class Row:
    """One candidate in a table: what it shows is made once here, so that a hundred rows cost little."""

    href: str
    label: str
    state: str
    cells: list[str]


NOBODY = UUID(int=0)


def panel_table(
    vacancy: Vacancy, applications: list[Brief], to: str, member: PanelMember | None = None
) -> dict[str, Any]:
    """Return what a table of candidates needs: each member's levels by question, once all scores are in; else "sealed".

    The queries are the same for one candidate and for a hundred.
    """
    criteria = list(Criterion.objects.filter(vacancy=vacancy))
    found = scoring.seats(applications)
    visible = {one.pk for one in applications if scoring.shown_to(vacancy, one, found[one.pk], member)}
    levels = scoring.counted(visible)
    address, number = reverse(to, args=[NOBODY]), gettext("No. %(number)s")
    states = {key: str(label) for key, label in ApplicationState.choices}
    sealed, apart = [gettext("sealed"), *[""] * (len(criteria) - 1)], gettext("apart")
    own = {True: gettext("yours are sent"), False: gettext("yours are begun")}
    rows = []
    for one in applications:
        some = found[one.pk]
        mine = next((seat.sent for seat in some if seat.card and member and seat.member.pk == member.pk), None)
        state = states[one.state] + (f", {own[mine]}" if mine is not None else "")
        cells = (
            [_cell(levels.get((one.pk, criterion.pk)), apart) for criterion in criteria]
            if one.pk in visible
            else sealed
        )
        rows.append(Row(address.replace(str(NOBODY), str(one.pk)), number % {"number": one.number}, state, cells))
    return {"criteria": criteria, "rows": rows}


def _cell(counts: list[int] | None, apart: str) -> str:
    """Return each level as often as it was chosen, lowest first, and whether members are far apart."""
    chosen = [level for level, number in enumerate(counts or [], start=1) for _one in range(number)]
    if not chosen:
        return "–"
    words = " ".join(map(str, chosen))
    return f"{words} ({apart})" if chosen[-1] - chosen[0] > 1 else words


class CandidateMixin(CoordinatorRequiredMixin):
    """A page about one candidate, for whoever runs the vacancy."""

    def fetch(self, **kwargs: Any) -> None:
        mine = Application.objects.sent().filter(vacancy__in=Vacancy.objects.run_by_user(self.request.user))
        self.application = get_object_or_404(mine.select_related("vacancy__version"), pk=kwargs["pk"])

    def get_back(self) -> str:
        return reverse("candidate", args=[self.application.pk])


def discussion(application: Application, member: PanelMember | None) -> dict[str, Any]:
    """Return members × questions with their spread for one candidate, if they may be shown now."""
    found = scoring.seats([application])[application.pk]
    if not scoring.shown_to(application.vacancy, application, found, member):
        return {"sealed": True}
    since = application.scored_at
    sent = [one for one in found if one.sent]
    potential = dict(Scorecard.objects.filter(application=application).values_list("pk", "potential"))
    for one in sent:
        one.potential = potential.get(one.card.pk, "") if one.card else ""
    missing = [
        one
        for one in found
        if not one.sent
        and not one.can_not
        and one.member.left_at is None
        and since is not None
        and one.member.joined_at < since
    ]
    return {
        "sealed": False,
        "lines": scoring.lines(application, found),
        "sent": sent,
        "complete": since is not None,
        "missing": missing,
        "above": scoring.above_the_bar(application) if since is not None else None,
    }


class CandidateView(CandidateMixin, TemplateView):
    """One candidate: their words, the panel's scores when all are in, the decision and the offer."""

    template_name = "hiring/candidate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one = self.application
        record_read("application.read", one, by=self.request.user, role="coordinator", subjects=[one.pk])
        offered = Offer.objects.filter(application=one).exists()
        decision = Decision.objects.filter(application=one).first()
        return super().get_context_data(
            application=one,
            vacancy=one.vacancy,
            decision=decision,
            left=deciding.places_left(one.vacancy),
            override=Override.objects.filter(application=one).select_related("first__user", "second__user").first(),
            may_decide=deciding.may_decide(one),
            may_invite=one.state == "sent" and one.vacancy.state == "closed",
            may_offer=bool(decision and decision.outcome == "appoint" and one.state in {*deciding.PROMISED, "lapsed"}),
            offered=offered,
            hidden=names_are_hidden(one),
            files=len(applying.files_of(one)),
            same_address=_same_address(one),
            back=reverse("candidates", args=[one.vacancy_id]),
            form=None,
            **discussion(one, None),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if "rang" in request.POST:
                applying.rang(self.application, by=request.user)
                messages.success(request, _("Noted."))
            else:
                deciding.invite(self.application, by=request.user)
                messages.success(request, _("Invited to talk. They are told."))
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect(self.get_back())


def _same_address(application: Application) -> list[int]:
    """Return the numbers of other applications from the same address, once names are shown."""
    if not application.email or names_are_hidden(application):
        return []
    others = Application.objects.sent().filter(vacancy=application.vacancy_id, email=application.email)
    return list(others.exclude(pk=application.pk).values_list("number", flat=True)[:20])


class CandidateLinkView(CandidateMixin, ConfirmPage):
    """A new private link for a candidate who lost theirs, or whose old one somebody else may have."""

    heading = _("Make a new private link?")
    button = _("Make a new link")

    def happens(self) -> list[Any]:
        return [
            _("The old link opens nothing any more."),
            _("With an email address on record it is sent there. You do not see it."),
            _("Without one, you print it. It opens with the code that only the candidate was shown."),
        ]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        fresh = applying.new_link(self.application, by=request.user)
        if fresh.email:
            messages.success(request, _("A new link is on its way to them."))
            return redirect(self.get_back())
        address = request.build_absolute_uri(reverse("application", args=[applying.token_of(fresh)]))
        context = self.get_context_data(address=address, qr=qr(address))
        return render(request, "hiring/fresh_link.html", context)


class DecideView(CandidateMixin, FormPage):
    form_class = forms.DecideForm
    helped = "work"
    heading = _("Decide")
    button = _("Decide")
    success = _("Decided.")

    def act(self, form: forms.DecideForm) -> str:
        deciding.decide(self.application, by=self.request.user, **form.cleaned_data)
        return self.get_back()


class MakeOfferView(CandidateMixin, FormPage):
    form_class = forms.OfferForm
    heading = _("Offer the post")
    lead = _("A yes begins everything at once: profile in training, supervisor, first check-in.")
    button = _("Send the offer")
    success = _("Offered. They are told.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"supervisors": deciding.names_of_supervisors()}

    def get_initial(self) -> dict[str, Any]:
        there = Offer.objects.filter(application=self.application).first()
        if there is None:
            return {"time_zone": for_request(self.request).time_zone}
        names = ("starts_on", "answer_by", "every_weeks", "mode", "time_zone")
        return {name: getattr(there, name) for name in names} | {
            "supervisor": str(there.supervisor_id),
            "day": there.first_at.date(),
            "time": there.first_at.time(),
        }

    def act(self, form: forms.OfferForm) -> str:
        deciding.offer(self.application, by=self.request.user, **form.offer())
        return self.get_back()


class ReopenScorecardView(CoordinatorRequiredMixin, FormPage):
    """Open a locked scorecard again, with a reason that stays."""

    form_class = forms.ReopenForm
    heading = _("Open a scorecard again?")
    lead = _("What it said is kept. Scores are sealed again until all are in.")
    button = _("Open it again")
    success = _("Opened again.")

    def fetch(self, **kwargs: Any) -> None:
        mine = Scorecard.objects.filter(application__vacancy__run_by=self.request.user, submitted_at__isnull=False)
        self.card = get_object_or_404(mine.select_related("application__vacancy", "member__user"), pk=kwargs["pk"])
        if self.card.application.scored_at is None:
            raise Http404  # that it is sent is not told before all are in

    def get_back(self) -> str:
        return reverse("candidate", args=[self.card.application_id])

    def act(self, form: forms.ReopenForm) -> str:
        scoring.reopen(self.card, by=self.request.user, reason=form.cleaned_data["reason"])
        return self.get_back()


class VacancyHistoryView(VacancyMixin, TemplateView):
    """What happened in a vacancy, for good: numbers, pseudonyms and reasons."""

    template_name = "hiring/history.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self.vacancy.history.all(), PAGE).get_page(self.request.GET.get("page"))
        rows = [(line, history_in_words(line)) for line in page]
        return super().get_context_data(vacancy=self.vacancy, page=page, rows=rows, form=None, **kwargs)
