"""The supporter's pages: who asks for them, what they agreed to see, their answers, the people they support."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from matching import forms, more
from matching.models import DeclineReason, DisclosureQuestion, Invitation, Match, QuestionState, Strength, Wish
from matching.views.support import agreement_context, version_read
from matching.workflows import invitations, matches, questions
from peersupport.audit.recording import record_read
from peersupport.organization import texts
from peersupport.organization.models import TextKind
from peersupport.web.base_views import ConfirmPage, FormPage, uuid_or_404
from peersupport.workflow.state_machine import NotAllowed
from supporters.bits import times_by_day, words_for_settings
from supporters.models import Supporter


class SupporterHomeView(TemplateView):
    """What needs an answer, and the people supported now."""

    template_name = "matching/supporter_home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        supporter = Supporter.objects.filter(user=self.request.user).first()
        if supporter is None:
            raise NotAllowed("supporter")
        asked = DisclosureQuestion.objects.filter(supporter=supporter, state=QuestionState.ASKED)
        return super().get_context_data(
            form=None,
            supporter_today=overview(supporter, questions=asked.count()),
            **kwargs,
        )


def overview(supporter: Supporter, *, questions: int) -> dict[str, Any]:
    """Return what the supporter's home shows: open invitations, live matches, how many questions."""
    matches = Match.objects.live().filter(supporter=supporter).select_related("request").order_by("made_at")
    invitations = Invitation.objects.filter(supporter=supporter, state="open").order_by("answer_by")
    return {
        "supporter": supporter,
        "invitations": list(invitations.only("answer_by")),
        "matches": list(matches.only("state", "made_at", "active_since", "request__call_me")),
        "questions": questions,
    }


class InvitationMixin:
    """A page about one invitation, for the supporter who was asked; anyone else gets 404."""

    request: HttpRequest
    invitation: Invitation

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        mine = Invitation.objects.for_supporter(request.user)
        self.invitation = get_object_or_404(
            mine.select_related("request", "supporter__user", "stands_in_for__supporter"), pk=kwargs["pk"]
        )
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def get_back(self) -> str:
        return reverse("supporter-home")


class InvitationView(InvitationMixin, TemplateView):
    """What the person agreed to show, and yes or no."""

    template_name = "matching/invitation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.invitation.request
        is_open = self.invitation.state == "open"
        if is_open:
            record_read(
                "invitation.read", self.invitation, by=self.request.user, role="supporter", subjects=[asked.person_key]
            )
        wishes = asked.wish_set.select_related("option__dimension").order_by("option__dimension__order", "pk")
        shown = [w for w in wishes if w.strength != Strength.PRACTICAL] if asked.show_wishes else []
        return super().get_context_data(
            invitation=self.invitation,
            is_open=is_open,
            form=None,
            leave=self._leave(),
            words=asked.words if asked.show_words and is_open else "",
            wishes=shown if is_open else [],
            places=words_for_settings(asked.places),
            times=times_by_day(asked.times),
            practical=[w.option for w in wishes if w.strength == Strength.PRACTICAL],
            touches=self._touches(wishes) if is_open else False,
            reason=DeclineReason.LIMITS,
            **kwargs,
        )

    def _touches(self, wishes: Iterable[Wish]) -> bool:
        """Tell whether this is about a topic the supporter would rather not support: only they are told."""
        avoided = set(self.invitation.supporter.boundaries.values_list("option", flat=True))
        return any(wish.option_id in avoided for wish in wishes if wish.strength in {Strength.MUST, Strength.LIKE})

    def _leave(self) -> Any:
        absent = self.invitation.stands_in_for
        return invitations.away(absent.supporter) if absent else None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        match = invitations.accept(self.invitation, by=request.user)
        return redirect("supporting", pk=match.pk)


class DeclineView(InvitationMixin, FormPage):
    form_class = forms.DeclineForm
    heading = _("It is fine to say no")
    lead = _("The person is told that it says nothing about them, and what comes next.")
    button = _("Say no")
    success = _("Thank you for answering. The person is told what comes next.")

    def get_back(self) -> str:
        return reverse("invitation", args=[self.invitation.pk])

    def act(self, form: forms.DeclineForm) -> str:
        invitations.decline(self.invitation, by=self.request.user, **form.cleaned_data)
        return reverse("supporter-home")


class QuestionsView(TemplateView):
    """Questions about what the supporter keeps to themselves."""

    template_name = "matching/questions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = DisclosureQuestion.objects.for_supporter(self.request.user).select_related("option__dimension")
        return super().get_context_data(
            questions=[(one, forms.AnswerForm(prefix=str(one.pk))) for one in asked], form=None, **kwargs
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = get_object_or_404(
            DisclosureQuestion.objects.for_supporter(request.user), pk=uuid_or_404(request.POST.get("question"))
        )
        form = forms.AnswerForm(request.POST, prefix=str(asked.pk))
        if form.is_valid():
            questions.answer(asked, by=request.user, says=form.cleaned_data["says"])
            return redirect("questions")
        context = self.get_context_data()
        context["questions"] = [(one, form if one.pk == asked.pk else other) for one, other in context["questions"]]
        return self.render_to_response(context)


class SupporterMatchMixin:
    """A page about one match, for its supporter; anyone else gets 404."""

    request: HttpRequest
    match: Match

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        mine = Match.objects.for_supporter(request.user).select_related("request", "supporter__user", "agreement")
        self.match = get_object_or_404(mine, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def get_back(self) -> str:
        return reverse("supporting", args=[self.match.pk])


class SupportingView(SupporterMatchMixin, TemplateView):
    """One person the supporter stands by: only what that person agreed to show."""

    template_name = "matching/supporting.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked, live = self.match.request, self.match.state != "ended"
        if live:
            record_read("match.read", self.match, by=self.request.user, role="supporter", subjects=[asked.person_key])
        return super().get_context_data(
            match=self.match,
            live=live,
            more=more.links(self.match, self.request.user),
            form=None,
            my_pause=self.match.supporter_paused,
            words=asked.words if asked.show_words and live else "",
            contact=live and asked.share_contact,
            verbs=matches.LIFECYCLE.actions(self.match, by=self.request.user),
            ended=texts.words(TextKind.ENDED),
            **kwargs,
        )


class SupportingMeetingView(SupporterMatchMixin, FormPage):
    form_class = forms.FirstMeetingForm
    heading = _("Your first meeting")
    lead = _("Note when and where. The person sees it too, and either of you can change it.")
    button = _("Save")
    success = _("Saved. The person is told.")

    def get_initial(self) -> dict[str, Any]:
        return {"at": self.match.first_meeting_at, "where": self.match.first_meeting_where}

    def act(self, form: forms.FirstMeetingForm) -> str:
        matches.plan_meeting(self.match, by=self.request.user, **form.cleaned_data)
        return self.get_back()


class SupportingAgreementView(SupporterMatchMixin, TemplateView):
    template_name = "matching/agreement.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = agreement_context(self.match, self.request.user)
        return super().get_context_data(yes_form=None, back=self.get_back(), form=None, **found, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        matches.agree(self.match, by=request.user, version=version_read(request))
        return redirect("supporting", pk=self.match.pk)


class SupportingPauseView(SupporterMatchMixin, ConfirmPage):
    heading = _("Make a pause?")
    button = _("Pause now")
    success = _("There is a pause now. You can take it up again at any time.")

    def happens(self) -> list[Any]:
        return [
            _("The pause begins at once."),
            _("The person is told kindly. No reason is asked."),
            _("They can wait, end or change supporter."),
        ]

    def act(self) -> str:
        matches.pause(self.match, by=self.request.user)
        return self.get_back()


class SupportingResumeView(SupporterMatchMixin, ConfirmPage):
    heading = _("Take it up again?")
    button = _("Take it up again")

    def happens(self) -> list[Any]:
        return [_("Your pause is over, and the person is told.")]

    def act(self) -> str:
        matches.resume(self.match, by=self.request.user)
        return self.get_back()


class SupportingEndView(SupporterMatchMixin, ConfirmPage):
    template_name = "matching/finish.html"
    heading = _("End support?")
    button = _("End it now")
    success = _("It is ended. The person is told kindly and can choose somebody else.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        label = _("Do not ask me for this person again")
        return super().get_context_data(not_again=forms.NotAgainForm(label=label), yes_form=None, **kwargs)

    def happens(self) -> list[Any]:
        return [
            _("It ends at once. No reason is asked."),
            _("The person is told kindly, and can choose somebody else."),
            _("You no longer see how to reach them."),
        ]

    def act(self) -> str:
        matches.end(self.match, by=self.request.user, not_again=self.request.POST.get("not_again") == "on")
        return reverse("supporter-home")
