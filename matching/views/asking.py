"""Asking for support: short, in steps, in plain words, left and taken up again at any time."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from matching import forms
from matching.models import LinkPurpose, RequestState, Strength, SupportRequest
from matching.parties import acting, open_for
from matching.views.base import OfRequest, WithYes
from matching.workflows import links, requests
from peersupport.accounts.models import Role, User
from peersupport.organization.context import for_request
from peersupport.web.base_views import FormPage
from peersupport.web.limits import too_often, too_often_for
from peersupport.web.qr import qr
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from supporters.bits import times_by_day, words_for_settings
from supporters.models import Dimension, Option

#: How often wishes may change in an hour: for one request, and from one network.
CHANGES, CHANGES_OF_NETWORK = 40, 200
STEPS = ["name", "contact", "practical", "matters", "words", "check"]


def _not_too_often(http: HttpRequest, support: SupportRequest) -> None:
    """Count a change of wishes. Raises NotPossible for more than anybody needs: watching who comes and goes takes many."""
    often = too_often_for(f"wishes of one request:{support.pk}", times=CHANGES, seconds=3600)
    if too_often(http, "wishes", times=CHANGES_OF_NETWORK, seconds=3600) or often:
        raise NotPossible(_("This was changed many times in the last hour. Please try again in an hour, or call us."))


def step_url(support: SupportRequest, step: str) -> str:
    """Return the address of a step."""
    return reverse(f"ask-{step}", args=[support.pk])


@method_decorator(login_not_required, name="dispatch")
class AskView(FormPage):
    """What happens when you ask, and the one thing that has to be known first."""

    template_name = "matching/asking/start.html"
    form_class = forms.BeginRequestForm
    heading = _("Find a supporter")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"minimum_age": for_request(self.request).minimum_age}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(drafts=self._drafts(), **kwargs)

    def _drafts(self) -> list[SupportRequest]:
        mine = SupportRequest.objects.for_party(acting(self.request))
        return list(mine.exclude(state=RequestState.CLOSED)[:3])

    def act(self, form: forms.BeginRequestForm) -> str:
        if too_often(self.request, "ask", times=30, seconds=3600):
            raise NotPossible(_("Many requests came from here just now. Please try again in an hour, or ring us."))
        user = self.request.user if isinstance(self.request.user, User) else None
        support = requests.begin(by=user, language=get_language() or "")
        if user is None:
            open_for(self.request, support, full=True)
        return step_url(support, "name")


class AskHelpedView(FormPage):
    """A coordinator begins at a person's side."""

    template_name = "matching/asking/start.html"
    form_class = forms.BeginRequestForm
    heading = _("Ask together with somebody")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.holds(Role.COORDINATOR):
            raise NotAllowed("help")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"minimum_age": for_request(self.request).minimum_age}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(drafts=[], helped=True, **kwargs)

    def act(self, form: forms.BeginRequestForm) -> str:
        support = requests.begin(by=self.request.user, language=get_language() or "", helped=True)
        return step_url(support, "name")


class AskingStep(OfRequest, FormPage):
    """One step: a form about one topic."""

    template_name = "matching/asking/step.html"
    step = ""
    button = _("Save and go on")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        number = STEPS.index(self.step) + 1
        return super().get_context_data(step=number, steps=len(STEPS), draft=self.is_draft, **kwargs)

    @property
    def is_draft(self) -> bool:
        return self.support.state == RequestState.DRAFT

    def get_back(self) -> str:
        if not self.is_draft:
            return reverse("support", args=[self.support.pk])
        number = STEPS.index(self.step)
        return step_url(self.support, STEPS[number - 1]) if number else reverse("ask")

    def next(self) -> str:
        """Return the next step; after the request was sent, the page of the request."""
        if self.request.GET.get("back") == "check" and self.is_draft:
            return step_url(self.support, "check")
        if not self.is_draft:
            messages.success(self.request, _("Saved."))
            return reverse("support", args=[self.support.pk])
        return step_url(self.support, STEPS[STEPS.index(self.step) + 1])


class ModelStep(AskingStep):
    """A step whose form is some fields of the request."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.support}

    def act(self, form: Any) -> str:
        requests.edit(self.support, by=self.by, **form.cleaned_data)
        return self.next()


class AskNameView(ModelStep):
    step, form_class = "name", forms.NameForm
    heading = _("What may we call you?")


class AskContactView(ModelStep):
    step, form_class = "contact", forms.HowToReachForm
    heading = _("How can we reach you safely?")
    lead = _("You need not fill in anything. Without it, you can look in here yourself, or ring us.")


class AskPracticalView(AskingStep):
    step, form_class = "practical", forms.PracticalForm
    heading = _("Where and when?")
    lead = _("Tick all that would work. If you tick nothing, anything is fine.")

    def get_initial(self) -> dict[str, Any]:
        chosen = Option.objects.filter(wish_set__request=self.support, wish_set__strength=Strength.PRACTICAL)
        by_kind = {"languages": "language", "areas": "area"}
        options = {name: [o.pk for o in chosen.filter(dimension__kind=kind)] for name, kind in by_kind.items()}
        return options | {"places": self.support.places, "times": self.support.times}

    def act(self, form: forms.PracticalForm) -> str:
        _not_too_often(self.request, self.support)
        data = form.cleaned_data
        chosen = [*data.get("languages", []), *data.get("areas", [])]
        requests.set_practical(self.support, chosen, by=self.by, places=data["places"], times=data["times"])
        return self.next()


class AskMattersView(OfRequest, TemplateView):
    """What matters: the list of topics, each with what was chosen."""

    template_name = "matching/asking/matters.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen: dict[Any, list[Any]] = {}
        for wish in self.support.wish_set.exclude(strength=Strength.PRACTICAL).select_related("option"):
            chosen.setdefault(wish.option.dimension_id, []).append(wish)
        draft = self.support.state == RequestState.DRAFT
        return super().get_context_data(
            dimensions=[(one, chosen.get(one.pk, [])) for one in Dimension.objects.shareable()],
            step=STEPS.index("matters") + 1,
            steps=len(STEPS),
            draft=draft,
            form=None,
            back=step_url(self.support, "practical") if draft else reverse("support", args=[self.support.pk]),
            following=step_url(self.support, "words") if draft else reverse("support", args=[self.support.pk]),
            **kwargs,
        )


class AskDimensionView(AskingStep):
    """One topic: for each answer, how much it matters."""

    step = "matters"
    template_name = "matching/asking/dimension.html"
    form_class = forms.WishesForm

    @property
    def dimension(self) -> Dimension:
        if not hasattr(self, "_dimension"):
            self._dimension = get_object_or_404(Dimension.objects.shareable(), key=self.kwargs["key"])
        return self._dimension

    def get_heading(self) -> Any:
        return self.dimension

    def get_lead(self) -> Any:
        return self.dimension.help

    def get_back(self) -> str:
        return step_url(self.support, "matters")

    def get_form_kwargs(self) -> dict[str, Any]:
        wished = dict(self.support.wish_set.values_list("option_id", "strength"))
        return super().get_form_kwargs() | {"dimension": self.dimension, "wished": wished}

    def act(self, form: forms.WishesForm) -> str:
        _not_too_often(self.request, self.support)
        requests.set_wishes_of_dimension(self.support, self.dimension, form.wishes(), by=self.by)
        return step_url(self.support, "matters") + f"#{self.dimension.key}"


class AskWordsView(WithYes, ModelStep):
    """Own words, and who may see what: a coordinator changes that only with the person's own yes."""

    step, form_class = "words", forms.WordsForm
    heading = _("In your own words")
    helped = "own"

    def helps(self) -> bool:
        """A coordinator who writes for somebody is no reason to look at that person's words."""
        return super().helps() and self.support.person_id == self.request.user.pk

    def yes_form(self) -> forms.YesForm | None:
        return None if self.is_draft else super().yes_form()

    def act(self, form: Any) -> str:
        requests.edit(self.support, by=self.by, how=self.how, **form.cleaned_data)
        return self.next()


class AskCheckView(WithYes, AskingStep):
    """Everything on one page, consent, and send."""

    step, form_class = "check", forms.SubmitForm
    template_name = "matching/asking/check.html"
    heading = _("Is this right?")
    button = _("Find supporters")

    def get_initial(self) -> dict[str, Any]:
        return {"help_wanted": self.support.help_wanted, "coordinator": self.support.wanted_coordinator_id}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wishes = self.support.wish_set.select_related("option__dimension").order_by("option__dimension__order", "pk")
        return super().get_context_data(
            wishes=[wish for wish in wishes if wish.strength != Strength.PRACTICAL],
            practical=[wish.option for wish in wishes if wish.strength == Strength.PRACTICAL],
            places=words_for_settings(self.support.places),
            times=times_by_day(self.support.times),
            **kwargs,
        )

    def act(self, form: forms.SubmitForm) -> str:
        data = form.cleaned_data
        wanted = data["coordinator"] if data["help_wanted"] else None
        requests.edit(self.support, by=self.by, help_wanted=data["help_wanted"], wanted_coordinator=wanted)
        requests.submit(self.support, by=self.by, how=self.how)
        return reverse("ask-sent", args=[self.support.pk])


class AskSentView(OfRequest, TemplateView):
    """What happens now, and for somebody without an account how to come back."""

    template_name = "matching/asking/sent.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(no_account=self.support.person_id is None, form=None, **kwargs)


class MakeLinkView(OfRequest, TemplateView):
    """Make the lasting link and show it once, with a QR code and a sheet to print."""

    template_name = "matching/link_made.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        purpose = kwargs["purpose"]
        if purpose == LinkPurpose.CHOOSING and not self.assisted:
            return redirect("support", pk=self.support.pk)
        token = links.make(self.support, purpose, by=self.by)
        address = request.build_absolute_uri(reverse("link", args=[token]))
        context = self.get_context_data(address=address, qr=qr(address), purpose=purpose, form=None)
        return self.render_to_response(context)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("support", pk=self.support.pk)
