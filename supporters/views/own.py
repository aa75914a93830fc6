"""A supporter's own profile: they write it, decide who sees what, and look at it as others do."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from peersupport.accounts import consents
from peersupport.accounts.models import ConsentKind
from peersupport.web.base_views import ConfirmPage, FormPage, Guarded
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from supporters import forms, workflows
from supporters.bits import times_by_day, words_for_settings
from supporters.models import Dimension, Supporter
from supporters.room import taken
from supporters.shown import shown


def training_missing(supporter: Supporter) -> list[Any]:
    """Return the courses that stand in the way of being found."""
    from supporters.training import workflows as training

    return list(training.missing(supporter)) if supporter.training_first else []


class Own(Guarded):
    """A page about one's own profile; whoever has none gets 403."""

    supporter: Supporter

    def authorize(self) -> None:
        found = Supporter.objects.filter(user=self.request.user).first()
        if found is None:
            raise NotAllowed("profile")
        self.supporter = found

    def get_back(self) -> str:
        return reverse("profile")


class ProfileView(Own, TemplateView):
    """The profile at a glance, what is still missing, and status."""

    template_name = "supporters/profile.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = self.supporter.characteristics.select_related("option__dimension")
        about: dict[Any, list[Any]] = {}
        for item in told.order_by("option__dimension__order", "option__order"):
            about.setdefault(item.option.dimension_id, []).append(item)
        return super().get_context_data(
            supporter=self.supporter,
            consented=consents.given(ConsentKind.CHARACTERISTICS, self.request.user.pseudonym),
            dimensions=[(one, about.get(one.pk, [])) for one in Dimension.objects.in_use()],
            training_missing=training_missing(self.supporter),
            limits=self.supporter.boundaries.count(),
            taken=taken(self.supporter),
            form=None,
            places=words_for_settings(self.supporter.places),
            times=times_by_day(self.supporter.times),
            verbs=workflows.LIFECYCLE.actions(self.supporter, by=self.request.user),
            **kwargs,
        )


class ProfileAboutView(Own, FormPage):
    helped = "own"
    form_class = forms.AboutForm
    heading = _("About you")
    lead = _("You decide what people read here. Only your name is needed.")
    button = _("Save")
    success = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.supporter}

    def act(self, form: forms.AboutForm) -> str:
        workflows.edit(self.supporter, by=self.request.user, **form.cleaned_data)
        return self.get_back()


class ProfileAvailabilityView(Own, FormPage):
    form_class = forms.AvailabilityForm
    heading = _("Where, when and how many")
    button = _("Save")
    success = _("Saved.")

    def get_initial(self) -> dict[str, Any]:
        mine = self.supporter
        return {"places": mine.places, "times": mine.times, "maximum": mine.maximum, "accepting": mine.accepting}

    def act(self, form: forms.AvailabilityForm) -> str:
        workflows.edit(self.supporter, by=self.request.user, **form.cleaned_data)
        return self.get_back()


class ProfileCharacteristicsView(Own, FormPage):
    """One dimension: what you tell, and who may see it."""

    template_name = "supporters/characteristics.html"
    form_class = forms.CharacteristicsForm
    button = _("Save")
    success = _("Saved.")

    def fetch(self, **kwargs: Any) -> None:
        self.dimension = get_object_or_404(Dimension.objects.in_use(), key=kwargs["key"])

    def get_heading(self) -> Any:
        return self.dimension

    def get_lead(self) -> Any:
        return self.dimension.help

    def get_form_kwargs(self) -> dict[str, Any]:
        told = dict(self.supporter.characteristics.values_list("option_id", "visibility"))
        return super().get_form_kwargs() | {"dimension": self.dimension, "told": told}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        consented = consents.given(ConsentKind.CHARACTERISTICS, self.request.user.pseudonym)
        return super().get_context_data(dimension=self.dimension, consented=consented, **kwargs)

    def act(self, form: forms.CharacteristicsForm) -> str:
        if not consents.given(ConsentKind.CHARACTERISTICS, self.request.user.pseudonym):
            raise NotPossible(_("Say first whether we may keep what you tell about yourself."))
        workflows.tell(self.supporter, self.dimension, form.told(), by=self.request.user)
        return self.get_back() + f"#{self.dimension.key}"


class ProfileConsentView(Own, FormPage):
    form_class = forms.ConsentForm
    heading = _("May we keep what you tell about yourself?")
    lead = _(
        "What you tell is used to match people with you. Each answer is yours to show, to keep until you are asked, or not to give at all."
    )
    button = _("Save")
    success = _("Saved.")

    def act(self, form: forms.ConsentForm) -> str:
        user = self.request.user
        consents.give(ConsentKind.CHARACTERISTICS, subject=user.pseudonym, by=user)
        return self.get_back()


class ProfileLimitsView(Own, FormPage):
    """Topics a supporter would rather not support: no page shows them, and they change nothing another person sees."""

    template_name = "supporters/boundaries.html"
    form_class = forms.BoundariesForm
    heading = _("Your limits now")
    button = _("Save")
    success = _("Saved.")

    def get_initial(self) -> dict[str, Any]:
        return {"options": list(self.supporter.boundaries.values_list("option", flat=True))}

    def act(self, form: forms.BoundariesForm) -> str:
        workflows.set_boundaries(self.supporter, form.cleaned_data["options"], by=self.request.user)
        return self.get_back()


class ProfilePreviewView(Own, TemplateView):
    """Exactly what a person sees, drawn by the same template."""

    template_name = "supporters/preview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(supporter=self.supporter, form=None, **shown(self.supporter), **kwargs)


class ProfileConfirmView(Own, ConfirmPage):
    heading = _("May people find you now?")
    button = _("Yes, people may find me")
    success = _("People can find you now.")

    def happens(self) -> list[Any]:
        return [
            _("People who look for a supporter can see what you chose to show."),
            _("They can ask you. You say yes or no each time."),
            _("You can stop new requests at any time."),
        ]

    def act(self) -> str:
        workflows.confirm(self.supporter, by=self.request.user)
        return self.get_back()


STATUS: dict[str, tuple[Any, Any, list[Any]]] = {
    "end": (
        _("Stop being a supporter?"),
        _("Stop"),
        [
            _("Nobody new is sent to you."),
            _("End support with each person yourself first, kindly: then you can stop."),
            _("You can start again later."),
        ],
    ),
    "start_again": (
        _("Start again as a supporter?"),
        _("Start again"),
        [_("You look at your profile and confirm it first.")],
    ),
}


class ProfileStatusView(Own, ConfirmPage):
    """End, start again; no reason is asked."""

    success = _("Saved.")

    def fetch(self, **kwargs: Any) -> None:
        if kwargs["verb"] not in STATUS:
            raise Http404
        self.heading, self.button, self.lines = STATUS[kwargs["verb"]]

    def happens(self) -> list[Any]:
        return self.lines

    def act(self) -> str:
        workflows.change_status(self.supporter, self.kwargs["verb"], by=self.request.user)
        return self.get_back()
