"""The pages of leave, talks about the work, gatherings and the peer on duty."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from peersupport.accounts.models import Role
from peersupport.accounts.sealed import CHANGED, KeepsWords, OpensFirst, UnlockedMixin
from peersupport.organization.context import for_request
from peersupport.vault import door as vault
from peersupport.web.base_views import ConfirmPage, FormPage, Guarded
from peersupport.web.when import WhenForm, in_readers_zone
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from supporters import workflows as supporters
from supporters.models import Status, Supporter
from supporters.staffing import forms, leave, reviews, together
from supporters.staffing.models import Appraisal, AppraisalEntry, Duty, Gathering, Leave, TalkAsked
from supporters.views.own import Own
from supporters.views.staff import CoordinatorRequiredMixin

PAGE = 20


def zone_of(request: HttpRequest) -> str:
    """Return the time zone in which somebody reads clocks."""
    return str(request.user.time_zone or for_request(request).time_zone)


# Leave


class LeaveOfMineView(Own, TemplateView):
    """One's own leave: asked, agreed, running; and those that were."""

    template_name = "staffing/leave.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = leave.live_of(self.supporter)
        before = Leave.objects.filter(supporter=self.supporter, state="over")[:10]
        return super().get_context_data(
            supporter=self.supporter,
            leave=found,
            before=before,
            form=None,
            verbs=leave.LIFECYCLE.actions(found, by=self.request.user) if found else [],
            may_ask=found is None and self.supporter.state in {Status.ACTIVE, Status.TRAINING},
            away=self.supporter.state == Status.ON_LEAVE,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = leave.live_of(self.supporter)
        try:
            if "back" in request.POST and found and found.state == "running":
                leave.finish(found, by=request.user)
                messages.success(request, _("Welcome back. People can find you again, if you have room."))
            elif "back" in request.POST and self.supporter.state == Status.ON_LEAVE:
                supporters.change_status(self.supporter, "come_back", by=request.user)
                messages.success(request, _("Welcome back. People can find you again, if you have room."))
            elif "off" in request.POST and found:
                leave.call_off(found, by=request.user)
                messages.success(request, _("Called off."))
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect("leave-of-mine")


class AskLeaveView(Own, FormPage):
    """Ask for leave, or change its days."""

    form_class = forms.LeaveForm
    heading = _("Take leave")
    lead = _("Nobody asks why, and it costs you nothing. The people you support are offered a choice.")
    button = _("Save")

    def fetch(self, **kwargs: Any) -> None:
        self.found = leave.live_of(self.supporter)

    def get_back(self) -> str:
        return reverse("leave-of-mine")

    def get_initial(self) -> dict[str, Any]:
        if self.found is None:
            return {"starts_on": timezone.localdate()}
        return {"starts_on": self.found.starts_on, "ends_on": self.found.ends_on}

    def act(self, form: forms.LeaveForm) -> str:
        days = form.cleaned_data
        if self.found:
            leave.move(self.found, by=self.request.user, **days)
            messages.success(self.request, _("Saved."))
        else:
            found = leave.ask(self.supporter, by=self.request.user, **days)
            begun = found.state == "running"
            messages.success(self.request, _("Your leave has begun.") if begun else _("Asked. A coordinator answers."))
        return self.get_back()


class WorkBoardView(CoordinatorRequiredMixin, TemplateView):
    """What a coordinator does about the conditions of work: leave to answer, who is away, talks that are owed."""

    template_name = "staffing/board.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        def page(rows: Any, name: str) -> Any:
            return Paginator(rows, PAGE).get_page(self.request.GET.get(name))

        live = Leave.objects.live().select_related("supporter").order_by("starts_on", "pk")
        mine = Appraisal.objects.filter(leader=self.request.user, state="planned").select_related("supporter")
        return super().get_context_data(
            asked=page(live.filter(state="asked"), "asked"),
            away=page(live.exclude(state="asked"), "away"),
            mine=page(mine.order_by("starts_at", "pk"), "mine"),
            owed=page(reviews.owed(), "owed"),
            form=None,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        named = {str(pk): pk for pk in Leave.objects.filter(state="asked").values_list("pk", flat=True)[:1000]}
        verb = leave.agree if "agree" in request.POST else leave.talk
        pk = named.get(request.POST.get("agree") or request.POST.get("talk") or "")
        if pk is None:
            messages.error(request, _("Somebody answered already."))
            return redirect("work-board")
        try:
            verb(Leave.objects.select_related("supporter__user").get(pk=pk), by=request.user)
            messages.success(request, _("Answered. They are told."))
        except (NotPossible, Leave.DoesNotExist):
            messages.error(request, _("Somebody answered already."))
        return redirect("work-board")


# Talks about the work


class ReviewsView(TemplateView):
    """One's own talks about the work, on either side."""

    template_name = "staffing/reviews.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        if not user.holds(Role.SUPPORTER, Role.COORDINATOR):
            raise NotAllowed("reviews")
        rows = Appraisal.objects.for_user(user).select_related("supporter", "leader")
        page = Paginator(rows, PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(page=page, form=None, **kwargs)


class PlanReviewView(CoordinatorRequiredMixin, FormPage):
    form_class = WhenForm
    button = _("Save")
    success = _("Saved. They are told.")

    def fetch(self, **kwargs: Any) -> None:
        self.supporter = get_object_or_404(Supporter.objects.select_related("user"), pk=kwargs["pk"])

    def get_heading(self) -> Any:
        return _("Talk with %(name)s about the work") % {"name": self.supporter}

    def get_back(self) -> str:
        return reverse("supporter", args=[self.supporter.pk])

    def get_initial(self) -> dict[str, Any]:
        return {"time_zone": zone_of(self.request), "minutes": 60}

    def act(self, form: WhenForm) -> str:
        review = reviews.plan(self.supporter, by=self.request.user, **form.values())
        return reverse("review", args=[review.pk])


class OfReview(Guarded):
    """A page about one talk, for its two people; anybody else gets 404."""

    review: Appraisal
    part: str

    def fetch(self, **kwargs: Any) -> None:
        found = Appraisal.objects.select_related("supporter__user", "leader")
        self.review = get_object_or_404(found, pk=kwargs["pk"])
        self.part = str(reviews.part_in(self.request.user, self.review))
        if self.part not in reviews.EITHER:
            raise Http404

    def get_back(self) -> str:
        return reverse("review", args=[self.review.pk])

    def other(self) -> str:
        """Return what the other one is called."""
        return str(self.review.leader if self.part == "supporter" else self.review.supporter)


class ReviewView(OfReview, UnlockedMixin, TemplateView):
    """One talk: when, whether it took place, and what the two wrote down."""

    template_name = "staffing/review.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(AppraisalEntry.objects.filter(review=self.review).select_related("text"))
        texts = vault.read_all(
            [one.text for one in rows],
            by=self.vault,
            role=self.part,
            belongs=reviews.belongs(self.review),
            subjects=reviews.subjects(self.review),
        )
        changed, labels = False, {name: field.label for name, field in forms.ReviewForm.base_fields.items()}
        for one, content in zip(rows, texts, strict=True):
            opened = isinstance(content, vault.Content)
            one.mine = one.author_id == self.request.user.pk
            one.parts = (
                [(labels[name], content.parts[name]) for name in labels if content.parts.get(name)] if opened else []
            )
            one.shut = not opened
            changed = changed or isinstance(content, vault.KeyChanged)
        return super().get_context_data(
            review=self.review,
            rows=rows,
            other=self.other(),
            part=self.part,
            begun=self.review.starts_at <= timezone.now(),
            problem=CHANGED if changed else "",
            form=None,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        verb = reviews.took_place if request.POST.get("took_place") == "yes" else reviews.did_not
        try:
            verb(self.review, by=request.user)
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect(self.get_back())


class MoveReviewView(OfReview, FormPage):
    form_class = WhenForm
    heading = _("Move the talk")
    button = _("Save")
    success = _("Saved. The other one is told.")

    def get_initial(self) -> dict[str, Any]:
        one = self.review
        return in_readers_zone(one) | {"minutes": one.minutes}

    def act(self, form: WhenForm) -> str:
        reviews.move(self.review, by=self.request.user, **form.values())
        return self.get_back()


class WriteReviewView(KeepsWords, OpensFirst, OfReview, FormPage):
    """Write down what was talked about."""

    template_name = "sessions_log/write.html"
    helped = "work"
    form_class = forms.ReviewForm
    heading = _("What we talked about")
    button = _("Save")

    def get_lead(self) -> Any:
        return _("You and %(name)s can read it, nobody else. What goes against peer values is never up for change.") % {
            "name": self.other()
        }

    def seal(self, content: vault.Content) -> str:
        reviews.write(self.review, content, by=self.vault)
        return self.get_back()


class EraseReviewWordsView(ConfirmPage):
    """For whoever wrote them."""

    heading = _("Erase these words?")
    button = _("Erase it for good")
    success = _("Erased.")
    careful = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            mine = AppraisalEntry.objects.filter(author=request.user)
            self.words = get_object_or_404(
                mine.select_related("review__supporter__user", "review__leader"), pk=kwargs["pk"]
            )
        return super().dispatch(request, *args, **kwargs)

    def get_back(self) -> str:
        return reverse("review", args=[self.words.review_id])

    def happens(self) -> list[Any]:
        return [
            _("They are destroyed, for both of you."),
            _("Nobody can bring it back. Backups forget it within 35 days."),
        ]

    def act(self) -> str:
        reviews.erase(self.words, by=self.request.user)
        return self.get_back()


# Gatherings


class AmongPeers(Guarded):
    """Supporters, supervisors and coordinators."""

    def authorize(self) -> None:
        if not together.among_peers(self.request.user):
            raise NotAllowed("gatherings")


class GatheringsView(AmongPeers, TemplateView):
    """Gatherings to come, and who comes by number; nothing is kept of those that were."""

    template_name = "staffing/gatherings.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Gathering.objects.ahead(timezone.now()).select_related("host").prefetch_related("coming__user")
        page = Paginator(rows, PAGE).get_page(self.request.GET.get("page"))
        for one in page:
            people = [coming.user for coming in one.coming.all()]
            one.i_come = self.request.user in people
            one.people = people
            one.verbs = together.LIFECYCLE.actions(one, by=self.request.user)
        return super().get_context_data(page=page, form=None, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        verb = together.come if "come" in request.POST else together.stay_away
        ahead = Gathering.objects.ahead(timezone.now())
        pk = request.POST.get("come") or request.POST.get("stay_away") or ""
        found = {str(one.pk): one for one in ahead}.get(pk)
        try:
            if found is None:
                raise NotPossible
            verb(found, by=request.user)
            messages.success(
                request, _("Good to have you there.") if "come" in request.POST else _("Noted. Nobody asks why.")
            )
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect("gatherings")


class PlanGatheringView(AmongPeers, FormPage):
    """Plan a gathering, or change one."""

    form_class = forms.GatheringForm
    button = _("Save")
    success = _("Saved.")
    lead = _("Informal and confidential. No minutes are kept. Please write nobody's name here.")

    def fetch(self, **kwargs: Any) -> None:
        self.found = (
            get_object_or_404(Gathering.objects.ahead(timezone.now()), pk=kwargs["pk"]) if "pk" in kwargs else None
        )
        if self.found and not together.LIFECYCLE.available(self.found, "move", by=self.request.user):
            raise NotAllowed("gathering.move")

    def get_heading(self) -> Any:
        return _("Change the gathering") if self.found else _("Plan a gathering")

    def get_back(self) -> str:
        return reverse("gatherings")

    def get_initial(self) -> dict[str, Any]:
        one = self.found
        if one is None:
            return {"time_zone": zone_of(self.request), "minutes": 90, "kind": "peers"}
        return in_readers_zone(one) | {"minutes": one.minutes, "where": one.where, "kind": one.kind, "topic": one.topic}

    def act(self, form: forms.GatheringForm) -> str:
        if self.found:
            together.move(self.found, by=self.request.user, **form.values())
        else:
            together.plan(by=self.request.user, **form.values())
        return self.get_back()


class CallOffGatheringView(AmongPeers, ConfirmPage):
    """For the host, or a coordinator."""

    heading = _("Call the gathering off?")
    button = _("Call it off")
    success = _("Called off. Whoever wanted to come is told.")

    def fetch(self, **kwargs: Any) -> None:
        self.found = get_object_or_404(Gathering.objects.ahead(timezone.now()), pk=kwargs["pk"])
        if not together.LIFECYCLE.available(self.found, "call_off", by=self.request.user):
            raise NotAllowed("gathering.call_off")

    def get_back(self) -> str:
        return reverse("gatherings")

    def happens(self) -> list[Any]:
        return [_("It does not take place."), _("Whoever wanted to come is told.")]

    def act(self) -> str:
        together.call_off(self.found, by=self.request.user)
        return self.get_back()


# The peer on duty


class TalkView(Guarded, TemplateView):
    """Talk something over now: who is on duty, and what else there is when nobody is."""

    template_name = "staffing/talk.html"

    def authorize(self) -> None:
        if not self.request.user.holds(Role.SUPPORTER, Role.SUPERVISOR):
            raise NotAllowed("talk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me, now = self.request.user, timezone.now()
        duties = list(Duty.objects.by_peers().filter(ends_at__gt=now).select_related("user")[:100])
        on_duty = [one for one in duties if one.starts_at <= now and one.user_id != me.pk]
        mine = [one for one in duties if one.user_id == me.pk]
        i_am = any(one.starts_at <= now for one in mine)
        asked = TalkAsked.objects.filter(user=me).select_related("taken_by").order_by("-asked_at").first()
        waiting = TalkAsked.objects.filter(taken_at=None).exclude(user=me).select_related("user") if i_am else []
        rings = TalkAsked.objects.filter(taken_by=me, taken_at__gt=now - timedelta(hours=1)).select_related("user")
        profile = Supporter.objects.filter(user=me).only("phone").first()
        talk = forms.TalkForm(initial={"phone": profile.phone if profile else ""})
        context = {
            "on_duty": on_duty,
            "soon": [one for one in duties if one.starts_at > now and one.user_id != me.pk][:3],
            "mine": mine,
            "asked": asked,
            "waiting": waiting,
            "rings": rings,
            "talk": talk,
            "form": None,
        }
        return super().get_context_data(**(context | kwargs))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if "take" in request.POST:
                found = {str(one.pk): one for one in TalkAsked.objects.filter(taken_at=None)}.get(request.POST["take"])
                if found is None:
                    raise NotPossible(_("Somebody else rings already. Thank you."))
                together.take_talk(found, by=request.user)
                messages.success(request, _("Thank you. They are told that you ring."))
            elif "back" in request.POST:
                for one in TalkAsked.objects.filter(user=request.user):
                    together.take_talk_back(one, by=request.user)
                messages.success(request, _("Taken back."))
            elif "off" in request.POST:
                duty = {str(one.pk): one for one in Duty.objects.filter(user=request.user)}.get(request.POST["off"])
                if duty:
                    together.end_duty(duty, by=request.user)
                messages.success(request, _("You are off duty."))
            else:
                return self._ask(request)
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect("talk")

    def _ask(self, request: HttpRequest) -> HttpResponse:
        form = forms.TalkForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(talk=form, form=form))
        together.ask_to_talk(by=request.user, phone=form.cleaned_data["phone"])
        messages.success(request, _("Asked. Whoever is on duty is told at once."))
        return redirect("talk")


class OnDutyView(Guarded, FormPage):
    """Say when one can be reached."""

    form_class = forms.DutyForm
    heading = _("Be on duty")
    lead = _("Other supporters can reach you on this number, to talk something over. They name nobody.")
    button = _("Save")
    success = _("Saved. Thank you.")

    def authorize(self) -> None:
        if not self.request.user.holds(Role.SUPPORTER, Role.SUPERVISOR):
            raise NotAllowed("duty")

    def get_back(self) -> str:
        return reverse("talk")

    def get_initial(self) -> dict[str, Any]:
        return {"day": timezone.localdate(), "hours": 3}

    def act(self, form: forms.DutyForm) -> str:
        together.be_on_duty(by=self.request.user, **form.values(zone_of(self.request)))
        return self.get_back()
