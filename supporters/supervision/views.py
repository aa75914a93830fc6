"""The pages of supervision: for the two, for coordinators that it takes place, never what is said."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from peersupport.accounts.models import Role, User
from peersupport.accounts.notes import to_open
from peersupport.accounts.sealed import CANNOT, CHANGED, ComparePage, KeepsWords, OpensFirst, UnlockedMixin
from peersupport.organization.context import for_request
from peersupport.vault import door as vault
from peersupport.web.base_views import ConfirmPage, FormPage
from peersupport.web.when import in_readers_zone
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from supporters.models import Supporter
from supporters.supervision import board, forms, workflows
from supporters.supervision.models import (
    ActionItem,
    CheckIn,
    CheckInEntry,
    CheckInState,
    Supervision,
    SupervisorQualification,
    WordsKind,
)

PAGE = 20


class SupervisionView(TemplateView):
    """One's own supervision: a supporter's, and whom a supervisor supervises."""

    template_name = "supervision/mine.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        if not user.holds(Role.SUPPORTER, Role.SUPERVISOR):
            raise NotAllowed("supervision")
        live = board.with_next(Supervision.objects.live())
        page = Paginator(live.filter(supervisor=user).order_by("owed_on", "pk"), 50).get_page(
            self.request.GET.get("page")
        )
        return super().get_context_data(
            own=live.filter(supporter__user=user),
            page=page,
            supervises=user.holds(Role.SUPERVISOR),
            supported=user.holds(Role.SUPPORTER),
            basis=SupervisorQualification.objects.filter(user=user).first(),
            today=timezone.localdate(),
            form=None,
            **kwargs,
        )


class OfSupervision:
    """A page about one supervision, for the two; a coordinator who is none of them gets 404."""

    supervision: Supervision
    request: HttpRequest
    part: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.supervision = self.fetch(kwargs["pk"])
        self.part = str(workflows.part_in(request.user, self.supervision))
        if self.part not in workflows.EITHER:
            raise Http404
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def fetch(self, pk: Any) -> Supervision:
        """Return the supervision, or Http404."""
        found = Supervision.objects.select_related("supporter__user", "supervisor").filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def get_back(self) -> str:
        return reverse("one-supervision", args=[self.supervision.pk])

    def other(self) -> str:
        """Return what the other one is called."""
        return str(self.supervision.supervisor if self.part == "supporter" else self.supervision.supporter)


class OneSupervisionView(OfSupervision, TemplateView):
    """One supervision: the rhythm, check-ins, what was agreed and is still open."""

    template_name = "supervision/one.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = CheckIn.objects.filter(supervision=self.supervision)
        page = Paginator(rows, PAGE).get_page(self.request.GET.get("page"))
        now = timezone.now()
        for one in page:
            one.unanswered = one.state == CheckInState.PLANNED and one.starts_at <= now
        basis = SupervisorQualification.objects.filter(user=self.supervision.supervisor_id).first()
        return super().get_context_data(
            supervision=self.supervision,
            other=self.other(),
            part=self.part,
            page=page,
            basis=basis,
            live=self.supervision.ended_at is None,
            back=reverse("supervision"),
            form=None,
            **kwargs,
        )


class ChangeSupervisionView(OfSupervision, FormPage):
    form_class = forms.RhythmForm
    heading = _("How often you meet")
    button = _("Save")
    success = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.supervision}

    def act(self, form: forms.RhythmForm) -> str:
        workflows.change(self.supervision, by=self.request.user, **form.cleaned_data)
        return self.get_back()


class AskTodayView(OfSupervision, ConfirmPage):
    """For the supporter alone."""

    heading = _("Ask for a check-in today?")
    button = _("Ask now")
    success = _("Asked. Your supervisor is told at once.")

    def fetch(self, pk: Any) -> Supervision:
        found = super().fetch(pk)
        if workflows.part_in(self.request.user, found) != "supporter":
            raise Http404
        return found

    def happens(self) -> list[Any]:
        return [
            _("Your supervisor gets a message that you ask. It says nothing about why."),
            _("They find a time with you, today if they can."),
        ]

    def act(self) -> str:
        workflows.ask_today(self.supervision, by=self.request.user)
        return self.get_back()


class PlanCheckInView(OfSupervision, FormPage):
    form_class = forms.CheckInForm
    heading = _("Plan a check-in")
    lead = _("The other one is told, and can move it too. A check-in that is over can be noted here as well.")
    button = _("Save")
    success = _("Saved.")

    def get_initial(self) -> dict[str, Any]:
        zone = self.request.user.time_zone or for_request(self.request).time_zone
        day = max(self.supervision.owed_on, timezone.localdate())
        last = CheckIn.objects.filter(supervision=self.supervision).order_by("-starts_at").first()
        at = {"time": last.wall_time.time()} if last else {}
        return {"time_zone": zone, "minutes": self.supervision.minutes, "mode": self.supervision.mode, "day": day} | at

    def act(self, form: forms.CheckInForm) -> str:
        workflows.plan(self.supervision, by=self.request.user, **form.values())
        return self.get_back()


class OfCheckIn(OfSupervision):
    """A page about one check-in."""

    check_in: CheckIn

    def fetch(self, pk: Any) -> Supervision:
        found = (
            CheckIn.objects.select_related("supervision__supporter__user", "supervision__supervisor")
            .filter(pk=pk)
            .first()
        )
        if found is None:
            raise Http404
        self.check_in = found
        return found.supervision  # type: ignore[no-any-return]

    def get_back(self) -> str:
        return reverse("check-in", args=[self.check_in.pk])


class MoveCheckInView(OfCheckIn, FormPage):
    form_class = forms.CheckInForm
    button = _("Save")
    success = _("Saved.")

    def get_heading(self) -> Any:
        return _("Move the check-in") if self.check_in.state == CheckInState.PLANNED else _("Put the check-in right")

    def get_initial(self) -> dict[str, Any]:
        one = self.check_in
        return in_readers_zone(one) | {"minutes": one.minutes, "mode": one.mode}

    def act(self, form: forms.CheckInForm) -> str:
        change = workflows.move if self.check_in.state == CheckInState.PLANNED else workflows.correct
        change(self.check_in, by=self.request.user, **form.values())
        return self.get_back()


class CheckInHappenedView(OfCheckIn, View):
    """Took place or not: one click, and another to change it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        change = workflows.took_place if request.POST.get("took_place") == "yes" else workflows.did_not
        try:
            change(self.check_in, by=request.user)
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect(self.get_back())


class CheckInView(UnlockedMixin, OfCheckIn, TemplateView):
    """One check-in: what to talk about, thoughts before, what was talked about, what was agreed."""

    template_name = "supervision/check_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me = self.request.user
        found = [
            one
            for one in CheckInEntry.objects.filter(check_in=self.check_in).select_related("text")
            if one.shared or one.author_id == me.pk
        ]
        actions = list(ActionItem.objects.filter(check_in=self.check_in).select_related("text"))
        changed = self._open([*found, *actions])
        by_kind: dict[str, list[CheckInEntry]] = {kind: [] for kind in WordsKind.values}
        for one in found:
            one.mine = one.author_id == me.pk
            by_kind[one.kind].append(one)
        now = timezone.now()
        return super().get_context_data(
            check_in=self.check_in,
            supervision=self.supervision,
            other=self.other(),
            part=self.part,
            actions=actions,
            agenda=by_kind["agenda"],
            record=by_kind["record"],
            preparation=by_kind["preparation"],
            begun=self.check_in.starts_at <= now,
            live=self.supervision.ended_at is None,
            problem=CHANGED if changed else "",
            back=reverse("one-supervision", args=[self.supervision.pk]),
            today=timezone.localdate(),
            form=None,
            **kwargs,
        )

    def _open(self, rows: list[Any]) -> bool:
        """Open the words in memory for this page; tell whether keys of the other have to be compared first."""
        own = [one for one in rows if one.text.kind == "preparation"]
        both = [one for one in rows if one.text.kind != "preparation"]
        changed = False
        for some, belongs in ((both, workflows.belongs(self.supervision)), (own, None)):
            texts = vault.read_all(
                [one.text for one in some],
                by=self.vault,
                role=self.part,
                belongs=belongs,
                subjects=workflows.subjects(self.supervision),
            )
            for one, content in zip(some, texts, strict=True):
                opened = isinstance(content, vault.Content)
                one.parts = (
                    [(forms.LABELS[name], content.parts[name]) for name in forms.LABELS if content.parts.get(name)]
                    if opened
                    else []
                )
                one.shut = not opened
                changed = changed or isinstance(content, vault.KeyChanged)
        return changed


class WriteCheckInView(KeepsWords, OpensFirst, OfCheckIn, FormPage):
    """Write words of a check-in."""

    template_name = "sessions_log/write.html"
    helped = "work"
    button = _("Save")
    HEADINGS = {
        WordsKind.AGENDA: _("What to talk about"),
        WordsKind.RECORD: _("What we talked about"),
        WordsKind.PREPARATION: _("Thoughts before"),
    }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs["kind"] not in WordsKind.values:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.form_class = forms.BY_KIND.get(kwargs["kind"], forms.AgendaForm)

    def get_heading(self) -> Any:
        return self.HEADINGS[WordsKind(self.kwargs["kind"])]

    def get_lead(self) -> Any:
        if self.kwargs["kind"] == WordsKind.PREPARATION:
            return _("Only you can read it, unless you share it.")
        return _("You and %(name)s can read it, nobody else.") % {"name": self.other()}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._may()
        return super().get(request, *args, **kwargs)

    def _may(self) -> None:
        if self.kwargs["kind"] == WordsKind.PREPARATION and self.part != "supporter":
            raise NotAllowed("preparation")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._may()
        return super().post(request, *args, **kwargs)

    def seal(self, content: vault.Content) -> str:
        workflows.write(self.check_in, self.kwargs["kind"], content, by=self.vault)
        return self.get_back()


class AgreeActionView(KeepsWords, OpensFirst, OfCheckIn, FormPage):
    """Note something the two agreed."""

    template_name = "sessions_log/write.html"
    helped = "work"
    form_class = forms.ActionForm
    heading = _("Something agreed")
    button = _("Save")

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"whose": "supporter"}

    def act(self, form: Any) -> str:
        self.chosen = form.cleaned_data
        return super().act(form)

    def seal(self, content: vault.Content) -> str:
        workflows.agree_on(
            self.check_in,
            content,
            by_supporter=self.chosen["whose"] == "supporter",
            due_on=self.chosen["due_on"],
            by=self.vault,
        )
        return self.get_back()


class OfWords(OfCheckIn):
    """A page about words of a check-in, for whoever wrote them."""

    words: CheckInEntry

    def fetch(self, pk: Any) -> Supervision:
        found = CheckInEntry.objects.select_related(
            "check_in__supervision__supporter__user", "check_in__supervision__supervisor", "text"
        )
        words = found.filter(pk=pk, author=self.request.user if self.request.user.is_authenticated else None).first()
        if words is None:
            raise Http404
        self.words, self.check_in = words, words.check_in
        return words.check_in.supervision  # type: ignore[no-any-return]


class EraseWordsView(OfWords, ConfirmPage):
    heading = _("Erase these words?")
    button = _("Erase it for good")
    success = _("Erased.")
    careful = True

    def happens(self) -> list[Any]:
        return [
            _("They are destroyed, for both of you."),
            _("Nobody can bring it back. Backups forget it within 35 days."),
        ]

    def act(self) -> str:
        workflows.erase_words(self.words, by=self.request.user)
        return self.get_back()


class ShareWordsView(OfWords, View):
    """Let the supervisor read one's thoughts before."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        by = vault.unlocked(request)
        if by is None:
            return to_open(request)
        try:
            workflows.share_preparation(self.words, by=by)
            messages.success(request, _("Shared with your supervisor."))
        except vault.KeyChanged:
            messages.error(request, CHANGED)
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        except (vault.CannotOpen, vault.NoKeys, vault.Refused):
            messages.error(request, CANNOT)
        return redirect(self.get_back())


class ActionDoneView(OfCheckIn, View):
    """What was agreed is done, or not after all."""

    action: ActionItem

    def fetch(self, pk: Any) -> Supervision:
        found = ActionItem.objects.select_related(
            "check_in__supervision__supporter__user", "check_in__supervision__supervisor"
        )
        action = found.filter(pk=pk).first()
        if action is None:
            raise Http404
        self.action, self.check_in = action, action.check_in
        return action.check_in.supervision  # type: ignore[no-any-return]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        workflows.done(self.action, by=request.user, is_done=request.POST.get("done") == "yes")
        return redirect(self.get_back())


class CompareSupervisionView(OfSupervision, ComparePage):
    """The number of the two."""

    def theirs(self) -> Any:
        pk = self.supervision.supervisor_id if self.part == "supporter" else self.supervision.supporter.user_id
        return vault.public_of(pk) if pk else None


class SupervisionBasisView(FormPage):
    """A supervisor says on what they supervise."""

    form_class = forms.BasisForm
    heading = _("What do you bring as a supervisor?")
    lead = _("The people you supervise see it. Best is somebody who has worked as a peer.")
    button = _("Save")
    success = _("Saved.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not request.user.holds(Role.SUPERVISOR):
            raise NotAllowed("basis")
        return super().dispatch(request, *args, **kwargs)

    def get_back(self) -> str:
        return reverse("supervision")

    def get_form_kwargs(self) -> dict[str, Any]:
        there = SupervisorQualification.objects.filter(user=self.request.user).first() or SupervisorQualification(
            user=self.request.user
        )
        return super().get_form_kwargs() | {"instance": there}

    def act(self, form: forms.BasisForm) -> str:
        workflows.state_basis(by=self.request.user, **form.cleaned_data)
        return self.get_back()


class SupervisionCoordinatorMixin:
    """Coordinators alone."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not request.user.holds(Role.COORDINATOR):
            raise NotAllowed("supervision")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]


class SupervisionBoardView(SupervisionCoordinatorMixin, TemplateView):
    """Check-ins we owe, this week, nobody to supervise, supervisors with many."""

    template_name = "supervision/board.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        def page(rows: Any, name: str) -> Any:
            return Paginator(rows, PAGE).get_page(self.request.GET.get(name))

        return super().get_context_data(
            owed=page(board.owed(), "owed"),
            week=page(board.this_week(), "week"),
            late=page(board.unanswered(), "late"),
            nobody=page(board.nobody_supervises(), "nobody"),
            many=board.with_many(),
            form=None,
            **kwargs,
        )


class BeginSupervisionView(SupervisionCoordinatorMixin, FormPage):
    """Name who supervises a supporter."""

    template_name = "supervision/begin.html"
    form_class = forms.BeginForm
    heading = _("Who supervises?")
    button = _("Save")
    success = _("Saved. Both are told.")
    supporter: Supporter

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and request.user.holds(Role.COORDINATOR):
            found = Supporter.objects.select_related("user").filter(pk=kwargs["pk"]).first()
            if found is None:
                raise Http404
            self.supporter = found
        return super().dispatch(request, *args, **kwargs)

    def get_back(self) -> str:
        return reverse("supporter", args=[self.supporter.pk])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"supervisors": self._supervisors()}

    def _supervisors(self) -> list[User]:
        return workflows.supervisors_for(self.supporter)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = board.with_next(Supervision.objects.live().filter(supporter=self.supporter))
        return super().get_context_data(supporter=self.supporter, now=now, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "end" not in request.POST:
            return super().post(request, *args, **kwargs)
        there = Supervision.objects.live().filter(supporter=self.supporter)
        found = next((one for one in there if str(one.pk) == request.POST["end"]), None)
        if found is not None:
            workflows.end(found, by=request.user)
            messages.success(request, _("Ended. Both are told."))
        return redirect(request.path)

    def act(self, form: forms.BeginForm) -> str:
        data = form.cleaned_data
        workflows.begin(
            self.supporter,
            form.chosen(),
            every_weeks=data["every_weeks"],
            mode=data["mode"],
            minutes=data["minutes"],
            until=data["until"],
            by=self.request.user,
        )
        return self.request.path
