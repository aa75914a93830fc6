"""Coordinators' pages about supporters, and the administrator's catalogue."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from rules import has_perm

from peersupport.accounts.views import send_link
from peersupport.accounts.workflows import renew
from peersupport.audit.recording import record_read
from peersupport.organization.views import ForAdministrators
from peersupport.web.base_views import ConfirmPage, FormPage, Guarded
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from supporters import catalogue, forms, workflows
from supporters.bits import times_by_day, words_for_settings
from supporters.models import Dimension, Option, Supporter
from supporters.room import taken


class CoordinatorRequiredMixin(Guarded):
    """Only coordinators; others get 403."""

    def authorize(self) -> None:
        if not has_perm("accounts.coordinate", self.request.user):
            raise NotAllowed("coordinators")


class SupportersView(CoordinatorRequiredMixin, TemplateView):
    """All supporters, filtered by name and status, in pages."""

    template_name = "supporters/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filters = forms.SupporterFilterForm(self.request.GET or None)
        found = Supporter.objects.order_by("name", "pk").only("name", "state", "room_since", "maximum")
        if filters.is_valid():
            found = found.found_by(filters.cleaned_data["q"])
            if filters.cleaned_data["state"]:
                found = found.filter(state=filters.cleaned_data["state"])
        page = Paginator(found, 100).get_page(self.request.GET.get("page"))
        return super().get_context_data(filters=filters, page=page, form=None, **kwargs)


class SupporterView(CoordinatorRequiredMixin, TemplateView):
    """One supporter as coordinators see them: what they show, their status and load. Never what they keep."""

    template_name = "supporters/one.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = get_object_or_404(Supporter.objects.select_related("user", "invitation"), pk=self.kwargs["pk"])
        record_read(
            "supporter.read", found, by=self.request.user, role="coordinator", subjects=workflows.subjects(found)
        )
        told = found.characteristics.filter(visibility="show").select_related("option__dimension")
        return super().get_context_data(
            supporter=found,
            taken=taken(found),
            told=told.order_by("option__dimension__order", "option__order"),
            places=words_for_settings(found.places),
            times=times_by_day(found.times),
            form=None,
            **kwargs,
        )


class InviteSupporterView(CoordinatorRequiredMixin, FormPage):
    """Invite somebody new, or whom a row of an imported roster stands for."""

    answer_is_kept = True
    form_class = forms.InviteSupporterForm
    heading = _("Invite a supporter")
    lead = _("They get a link that works once. Nothing is shown of them before they confirm their own profile.")
    button = _("Invite")

    def fetch(self, **kwargs: Any) -> None:
        self.supporter = get_object_or_404(Supporter, pk=kwargs["pk"]) if "pk" in kwargs else None

    def get_back(self) -> str:
        return reverse("supporter", args=[self.supporter.pk]) if self.supporter else reverse("supporters")

    def get_initial(self) -> dict[str, Any]:
        invitation = self.supporter.invitation if self.supporter else None
        email = invitation.email if invitation else ""
        return {"language": self.request.LANGUAGE_CODE, "email": email, "training_first": self.supporter is None}

    def form_valid(self, form: forms.InviteSupporterForm) -> HttpResponse:
        data = form.cleaned_data
        try:
            with transaction.atomic():
                invitation, token = self._invite(data["email"], data["language"])
                Supporter.objects.filter(invitation=invitation).update(training_first=data["training_first"])
        except NotPossible as refusal:
            form.add_error(None, refusal.message)
            return self.form_invalid(form)
        return send_link(self.request, invitation, token)

    def _invite(self, email: str, language: str) -> Any:
        if self.supporter is None:
            return workflows.invite_supporter(email, by=self.request.user, language=language)
        open_one = self.supporter.invitation
        if open_one and open_one.email == email.strip().lower() and open_one.accepted_at is None:
            return open_one, renew(open_one, by=self.request.user)
        return workflows.invite_imported(self.supporter, email, by=self.request.user, language=language)


class SetAsideView(CoordinatorRequiredMixin, ConfirmPage):
    """End somebody's part as a supporter, for the safety of the people they support."""

    heading = _("Set this supporter aside?")
    button = _("Set aside")
    success = _("Nobody can find this supporter any more.")
    careful = True

    def fetch(self, **kwargs: Any) -> None:
        self.supporter = get_object_or_404(Supporter, pk=kwargs["pk"])

    def get_back(self) -> str:
        return reverse("supporter", args=[self.supporter.pk])

    def happens(self) -> list[Any]:
        return [
            _("Nobody new can find them."),
            _("Support ends; each person is told kindly and can choose somebody else."),
            _("Their role is taken back. They can be invited again."),
        ]

    def act(self) -> str:
        workflows.set_aside(self.supporter, by=self.request.user)
        return self.get_back()


class CatalogueView(ForAdministrators, TemplateView):
    """The catalogue of characteristics, as the organization uses it."""

    template_name = "supporters/catalogue.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        dimensions = Dimension.objects.prefetch_related("options")
        return super().get_context_data(dimensions=dimensions, form=None, **kwargs)


class EditDimensionView(ForAdministrators, FormPage):
    form_class = forms.DimensionForm
    heading = _("A topic of the catalogue")
    lead = _("A topic that is in use can be retired: it is no longer offered, and nothing that was said is lost.")
    button = _("Save")
    success = _("Saved.")

    def fetch(self, **kwargs: Any) -> None:
        self.found = get_object_or_404(Dimension, pk=kwargs["pk"]) if "pk" in kwargs else None

    def get_back(self) -> str:
        return reverse("catalogue")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"languages": settings.LANGUAGES, "instance": self.found}

    def act(self, form: forms.DimensionForm) -> str:
        catalogue.save_dimension(self.found, form.cleaned_data, by=self.request.user)
        return self.get_back()


class EditOptionView(ForAdministrators, FormPage):
    form_class = forms.OptionForm
    button = _("Save")
    success = _("Saved.")

    def fetch(self, **kwargs: Any) -> None:
        self.dimension = get_object_or_404(Dimension, pk=kwargs["dimension"])
        options = Option.objects.filter(dimension=self.dimension)
        self.found = get_object_or_404(options, pk=kwargs["pk"]) if "pk" in kwargs else None

    def get_heading(self) -> Any:
        return _("An answer for “%(name)s”") % {"name": self.dimension}

    def get_back(self) -> str:
        return reverse("catalogue")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"languages": settings.LANGUAGES, "instance": self.found}

    def act(self, form: forms.OptionForm) -> str:
        catalogue.save_option(self.dimension, self.found, form.cleaned_data, by=self.request.user)
        return self.get_back()
