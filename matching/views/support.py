"""The person's own pages: where things stand, suggestions with reasons, choosing, agreeing, pausing, changing."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from matching import forms, more, own_data, suggestions
from matching.models import LIVE, InvitationState, Match, RequestState, SupportRequest
from matching.parties import acting, shut
from matching.views.base import OfRequest, WithYes
from matching.workflows import invitations, matches, requests
from peersupport.audit.models import AuditEntry
from peersupport.audit.verbs import in_words
from peersupport.organization import texts
from peersupport.organization.models import TextKind, TextVersion
from peersupport.web.base_views import ConfirmPage, FormPage
from peersupport.workflow.state_machine import NotPossible
from supporters.models import Supporter
from supporters.shown import shown


@method_decorator(login_not_required, name="dispatch")
class MySupportView(View):
    """Go to one's request, or to the page to ask."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = SupportRequest.objects.for_party(acting(request))
        if request.user.is_authenticated:
            found = found.filter(person=request.user)
        latest = found.exclude(state=RequestState.CLOSED).first() or found.first()
        return redirect("support", pk=latest.pk) if latest else redirect("ask")


class SupportView(OfRequest, TemplateView):
    """Where things stand, what happens next and by when, and every way to pause, end or change."""

    template_name = "matching/support.html"
    permission = "matching.see_state"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        match = self.live_match()
        asked = self.support.invitations.filter(stands_in_for=None).select_related("supporter", "passed_on_to")
        asked = asked.order_by("-sent_at", "turn")
        waiting = [one for one in asked if one.state in invitations.WAITING]
        answers = [one for one in asked if one.state in (InvitationState.DECLINED, InvitationState.EXPIRED)]
        return super().get_context_data(
            more=more.links(match, self.by),
            match=match,
            lifecycle=matches.LIFECYCLE.actions(match, by=self.by) if match else [],
            verbs=requests.LIFECYCLE.actions(self.support, by=self.by),
            form=None,
            asked=next((one for one in waiting if one.state == InvitationState.OPEN), None),
            queued=[one for one in waiting if one.state == InvitationState.QUEUED],
            last_answer=self._last_answer(answers),
            said_no=texts.words(TextKind.SAID_NO),
            ended_words=self._ended_words(match),
            paused_words=texts.words(TextKind.PAUSED) if match and match.state == "paused" else "",
            my_pause=bool(match and matches.paused_by(match, self.by)),
            full=self.part != "lasting",
            **self._away(match),
            **kwargs,
        )

    def _away(self, match: Match | None) -> dict[str, Any]:
        """Return when the supporter is away, who stands in or is asked to, and who could not."""
        leave = invitations.away(match.supporter) if match else None
        there = invitations.stand_in_of(match) if match else None
        if match is None or (leave is None and there is None):
            return {"leave": None}
        asked = list(match.stand_in_invitations.select_related("supporter").order_by("-made_at")[:1])
        last = asked[0] if asked and there is None else None
        return {
            "leave": leave,
            "stand_in": there,
            "stand_in_asked": last if last and last.state == "open" else None,
            "stand_in_said_no": last if last and last.state in {"declined", "expired"} else None,
            "stand_in_verbs": matches.LIFECYCLE.actions(there, by=self.by) if there else [],
            "stand_in_more": more.links(there, self.by),
            "stand_in_my_pause": bool(there and matches.paused_by(there, self.by)),
        }

    def _last_answer(self, answers: list[Any]) -> Any:
        """Return the newest no, unless a match came after it; whom they thought of only if they can be asked."""
        last = answers[0] if answers else None
        if last is None or self.support.matches.lasting().filter(made_at__gt=last.made_at).exists():
            return None
        thought_of = last.passed_on_to_id
        if thought_of and thought_of not in suggestions.Search(self.support).may_be_asked([thought_of]):
            last.passed_on_to = None
        return last

    def _ended_words(self, match: Match | None) -> str:
        """Return the organization's kind words when the last thing that happened is that support ended."""
        if match or self.support.state != RequestState.CHOOSING:
            return ""
        ended = self.support.matches.lasting().filter(state="ended").order_by("-ended_at").first()
        newer = ended and self.support.invitations.filter(made_at__gt=ended.ended_at).exists()
        return texts.words(TextKind.ENDED) if ended and not newer else ""


class SuggestionsView(OfRequest, TemplateView):
    """Supporters who share every must, in the order of the rule written on the page, each with the reasons."""

    template_name = "matching/suggestions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self._page()
        start = (page - 1) * suggestions.PAGE
        search = suggestions.Search(self.support)
        found = search.ranked(start, suggestions.PAGE + 1)
        nobody = not found and page == 1
        closest = search.closest() if nobody else []
        shown = found[: suggestions.PAGE] or closest
        return super().get_context_data(
            found=search.explain(shown),
            closest=nobody,
            page=page,
            form=None,
            more=len(found) > suggestions.PAGE,
            helpful=search.without_one() if nobody else [],
            may_choose=requests.LIFECYCLE.available(self.support, "invite", by=self.by),
            may_wait=requests.LIFECYCLE.available(self.support, "wait", by=self.by),
            **kwargs,
        )

    def _page(self) -> int:
        asked = self.request.GET.get("page", "1")
        return min(int(asked), 500) if asked.isascii() and asked.isdigit() and int(asked) > 0 else 1


class SuggestionView(OfRequest, TemplateView):
    """One supporter, as they chose to be seen."""

    template_name = "matching/profile.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        supporter = _seen(self.support, self.kwargs["who"])
        found = suggestions.Search(self.support).explain([supporter.pk])[0]
        return super().get_context_data(
            found=found,
            supporter=supporter,
            form=None,
            may_choose=requests.LIFECYCLE.available(self.support, "invite", by=self.by),
            **kwargs,
            **shown(supporter),
        )


def _seen(request: SupportRequest, pk: UUID) -> Supporter:
    """Fetch a supporter this person may look at: who can be asked, is asked, or is matched with them now. Else 404."""
    if pk in suggestions.Search(request).may_be_asked([pk]):
        return Supporter.objects.get(pk=pk)
    asked = Q(invitations__request=request, invitations__state__in=["open", "queued"])
    matched = Q(matches__request=request, matches__state__in=LIVE)
    return get_object_or_404(Supporter.objects.filter(asked | matched, pk=pk).distinct())


class ChooseView(WithYes, FormPage):
    """Ask one supporter, and say who is asked in turn if they can't."""

    template_name = "matching/choose.html"
    form_class = forms.ChooseForm
    button = _("Ask now")

    def _first(self) -> Supporter:
        if not hasattr(self, "_found"):
            self._found = _seen(self.support, self.kwargs["who"])
        return self._found

    def get_heading(self) -> Any:
        return _("Ask %(name)s?") % {"name": self._first()}

    def get_back(self) -> str:
        return reverse("suggestions", args=[self.support.pk])

    def get_form_kwargs(self) -> dict[str, Any]:
        first = self._first()
        search = suggestions.Search(self.support)
        others = search.ranked(0, 30) or search.closest(30)
        return super().get_form_kwargs() | {"first": first, "others": [pk for pk in others if pk != first.pk]}

    def act(self, form: forms.ChooseForm) -> str:
        invitations.choose(self.support, form.cleaned_data["picked"], by=self.by, how=self.how)
        return reverse("support", args=[self.support.pk])


class RequestStep(WithYes, ConfirmPage):
    """A question to confirm about one's request."""

    def get_back(self) -> str:
        return reverse("support", args=[self.support.pk])


class WaitView(RequestStep):
    heading = _("Wait until somebody joins?")
    button = _("Wait and tell me")
    success = _("We tell you when somebody joins who shares what matters to you.")

    def happens(self) -> list[Any]:
        return [
            _("Your wishes stay as they are."),
            _("We tell you when somebody joins who shares every “must”."),
            _("You can look again or change your wishes at any time."),
        ]

    def act(self) -> str:
        requests.wait(self.support, by=self.by, how=self.how)
        return self.get_back()


class LookAgainView(OfRequest, View):
    """From waiting back to choosing."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        requests.look_again(self.support, by=self.by)
        return redirect("suggestions", pk=self.support.pk)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("support", pk=self.support.pk)


class AskForHelpView(RequestStep):
    heading = _("Talk to a coordinator?")
    button = _("Yes, I would like help")
    success = _("A coordinator will be in touch in the way you said is safe.")
    permission = "matching.see_state"

    def happens(self) -> list[Any]:
        return [
            _("A coordinator can see your wishes from now on."),
            _("They reach you in the way you said is safe."),
            _("They propose. Only you decide."),
            _("You can go on alone again at any time."),
        ]

    def act(self) -> str:
        requests.ask_for_help(self.support, by=self.by)
        return self.get_back()


class GoOnAloneView(RequestStep):
    heading = _("Go on without a coordinator?")
    button = _("Go on alone")
    success = _("No coordinator can see your wishes any more.")

    def happens(self) -> list[Any]:
        return [_("No coordinator can see your wishes any more.")]

    def act(self) -> str:
        requests.go_on_alone(self.support, by=self.by)
        return self.get_back()


class TakeBackView(RequestStep):
    heading = _("Take your question back?")
    button = _("Take it back")
    success = _("Nobody is asked now. You can choose again.")

    def happens(self) -> list[Any]:
        return [_("The supporter is told that you took it back. No reason is given."), _("You can choose again.")]

    def act(self) -> str:
        invitations.take_back(self.support, by=self.by, how=self.how)
        return self.get_back()


class CloseView(RequestStep):
    heading = _("Stop looking for support?")
    button = _("Stop")
    success = _("It is stopped. You can ask again at any time.")
    permission = "matching.see_state"

    def happens(self) -> list[Any]:
        return [
            _("Nobody is asked any more, and no supporter sees anything of yours."),
            _("No reason is asked."),
            _("Nothing else changes for you."),
            _("You can ask again at any time."),
        ]

    def act(self) -> str:
        matches.close(self.support, by=self.by, how=self.how)
        return self.get_back()


class OpenAgainView(RequestStep):
    permission = "matching.see_state"
    heading = _("Ask again?")
    button = _("Ask again")
    success = _("Your request is open again, with your wishes as they were.")

    def happens(self) -> list[Any]:
        return [
            _("Your wishes are as you left them. You can change them."),
            _("We keep your request again, until you stop."),
        ]

    def act(self) -> str:
        requests.open_again(self.support, by=self.by, how=self.how)
        return self.get_back()


class OwnMatchMixin(WithYes):
    """A page about the live match of a request."""

    def found(self) -> Match:
        """Return the live match, else 404."""
        match = self.live_match()
        if match is None:
            raise Http404
        return match

    def get_back(self) -> str:
        return reverse("support", args=[self.support.pk])


class MeetingView(OwnMatchMixin, FormPage):
    """When and where the two meet first."""

    form_class = forms.FirstMeetingForm
    heading = _("Your first meeting")
    lead = _("Note when and where. Your supporter sees it too, and either of you can change it.")
    button = _("Save")
    success = _("Saved. Your supporter is told.")

    def get_initial(self) -> dict[str, Any]:
        match = self.found()
        return {"at": match.first_meeting_at, "where": match.first_meeting_where}

    def act(self, form: forms.FirstMeetingForm) -> str:
        data = form.cleaned_data
        matches.plan_meeting(self.found(), by=self.by, at=data["at"], where=data["where"])
        return self.get_back()


class AgreementView(OwnMatchMixin, TemplateView):
    """The agreement in force: read it, and say yes. What was agreed can be read here at any time."""

    template_name = "matching/agreement.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        match = self.found()
        return super().get_context_data(**(agreement_context(match, self.by) | {"form": None} | kwargs))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.yes_form()
        if form is not None and not form.is_valid():
            return self.render_to_response(self.get_context_data(yes_form=form))
        how = form.cleaned_data["how"] if form else ""
        matches.agree(self.found(), by=self.by, version=version_read(request), how=how)
        return redirect("support", pk=self.support.pk)


def agreement_context(match: Match, by: Any) -> dict[str, Any]:
    """Return the version to read: what was agreed, or what is in force while it is not agreed yet."""
    agreed = match.agreement if match.state != "meeting" else None
    version = agreed or matches.agreement_in_force()
    open_now = version is not None and matches.LIFECYCLE.available(match, "agree", by=by)
    said = match.agreement_id == version.pk if version else False
    mine = match.supporter_yes_at if match.supporter.user_id == getattr(by, "pk", None) else match.person_yes_at
    return {
        "match": match,
        "version": version,
        "agreed": agreed is not None,
        "my_yes": mine if said else None,
        "may_agree": open_now and not (said and mine),
        "supporter": match.supporter,
    }


def version_read(http: HttpRequest) -> TextVersion:
    """Return the version the page showed. Raises NotPossible for a forged or missing one."""
    try:
        return TextVersion.objects.get(pk=UUID(http.POST.get("version", "")), kind=TextKind.AGREEMENT)
    except (ValueError, TextVersion.DoesNotExist):
        raise NotPossible from None


class StandInsView(OwnMatchMixin, FormPage):
    """Who could stand in while the supporter is away: everybody here shares every must, and the person chooses."""

    template_name = "matching/stand_ins.html"
    form_class = forms.StandInForm
    heading = _("Choose a stand-in")
    button = _("Ask now")
    success = _("Asked. You are told when they answer.")

    def found(self) -> Match:
        match = super().found()
        if invitations.away(match.supporter) is None:
            raise Http404
        return match

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.found()
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"found": [one.supporter for one in self._suggested()]}

    def _suggested(self) -> list[Any]:
        if not hasattr(self, "_explained"):
            match, search = self.found(), suggestions.Search(self.support)
            ids = [pk for pk in search.ranked(0, suggestions.PAGE + 1) if pk != match.supporter_id]
            self._explained = search.explain(ids[: suggestions.PAGE])
        return self._explained

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        match = self.found()
        return super().get_context_data(
            found=self._suggested(), leave=invitations.away(match.supporter), absent=match.supporter, **kwargs
        )

    def act(self, form: forms.StandInForm) -> str:
        invitations.ask_to_stand_in(self.found(), form.chosen(), by=self.by, how=self.how)
        return self.get_back()


class StandInTakeBackView(OwnMatchMixin, ConfirmPage):
    """Ask nobody to stand in after all."""

    heading = _("Take your question back?")
    button = _("Take it back")
    success = _("Nobody is asked now. You can choose again.")

    def happens(self) -> list[Any]:
        return [_("The supporter is told that you took it back. No reason is given."), _("You can choose again.")]

    def act(self) -> str:
        invitations.take_back_question(self.found(), by=self.by, how=self.how)
        return self.get_back()


class MatchStep(OwnMatchMixin, ConfirmPage):
    """A question to confirm about the match; works from the lasting link too."""

    permission = "matching.see_state"


class StandInPauseView(MatchStep):
    heading = _("Make a pause?")
    button = _("Pause now")
    success = _("There is a pause now. You can take it up again at any time.")

    def happens(self) -> list[Any]:
        return [
            _("The pause begins at once."),
            _("Your supporter is told kindly. No reason is asked."),
            _("Your supporter keeps your place."),
            _("You can take it up again at any time."),
        ]

    def act(self) -> str:
        matches.pause(self.found(), by=self.by, how=self.how)
        return self.get_back()


class StandInResumeView(MatchStep):
    heading = _("Take it up again?")
    button = _("Take it up again")
    success = _("Your supporter is told.")

    def happens(self) -> list[Any]:
        return [_("Your pause is over, and your supporter is told.")]

    def act(self) -> str:
        matches.resume(self.found(), by=self.by, how=self.how)
        return self.get_back()


class Finish(MatchStep):
    """End or change, with a silent “not this person again”."""

    template_name = "matching/finish.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        label = _("Do not suggest this supporter to me again")
        return super().get_context_data(not_again=forms.NotAgainForm(label=label), **kwargs)

    @property
    def not_again(self) -> bool:
        return self.request.POST.get("not_again") == "on"


class StandInEndView(Finish):
    heading = _("End support?")
    button = _("End it now")
    success = _("It is ended. You can ask again at any time.")

    def happens(self) -> list[Any]:
        if self.stand_in:
            return [
                _("It ends at once, with the stand-in alone."),
                _("They are told kindly. No reason is asked."),
                _("You can choose another stand-in, or wait."),
            ]
        return [
            _("It ends at once."),
            _("Your supporter is told kindly. No reason is asked."),
            _("Nothing else changes for you."),
            _("You can ask again at any time."),
        ]

    def act(self) -> str:
        matches.end(self.found(), by=self.by, not_again=self.not_again, how=self.how)
        return self.get_back()


class ChangeView(Finish):
    heading = _("Change your supporter?")
    button = _("Change supporter")
    success = _("You can choose another supporter now. Your wishes are as they were.")

    def happens(self) -> list[Any]:
        return [
            _("Support with this supporter ends at once."),
            _("They are told kindly. No reason is asked."),
            _("Your wishes are open again, and you can choose somebody else."),
        ]

    def act(self) -> str:
        matches.change(self.found(), by=self.by, not_again=self.not_again, how=self.how)
        return self.get_back() if self.part == "lasting" else reverse("suggestions", args=[self.support.pk])


class RecordView(OfRequest, TemplateView):
    """For somebody without an account: who looked at what is theirs, a copy of it, and the way to delete it."""

    template_name = "matching/record.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entries = AuditEntry.objects.filter(subject=self.support.person_key)[:200]
        return super().get_context_data(rows=[(entry, in_words(entry)) for entry in entries], form=None, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        mine = own_data.show_requests(SupportRequest.objects.filter(pk=self.support.pk))
        response = JsonResponse(mine, safe=False, json_dumps_params={"indent": 2, "ensure_ascii": False})
        response["Content-Disposition"] = 'attachment; filename="mine.json"'
        return response


class EraseView(RequestStep):
    """Take the consent back: everything of the request is deleted at once."""

    heading = _("Delete everything?")
    button = _("Delete everything of mine")
    success = _("Everything of yours is deleted.")
    careful = True
    permission = "matching.see_state"

    def happens(self) -> list[Any]:
        return [
            _("Your request and everything you told us is deleted at once, for good."),
            _("Support that is under way ends. Your supporter is told kindly."),
            _("Backups forget you within 35 days."),
        ]

    def act(self) -> str:
        requests.take_consent_back(self.support, by=self.by, how=self.how)
        shut(self.request)
        return reverse("to-take") if self.assisted else reverse("home")
