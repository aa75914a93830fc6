"""A supporter's own reflections on their practice: for themselves alone."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from peersupport.accounts.models import Role
from peersupport.accounts.sealed import CANNOT, KeepsWords, OpensFirst, UnlockedMixin
from peersupport.vault import door as vault
from peersupport.web.base_views import ConfirmPage, FormPage
from peersupport.workflow.state_machine import NotAllowed
from sessions_log import forms
from sessions_log.models import Reflection
from sessions_log.views.notes import labelled
from sessions_log.workflows import notes


class ReflectionMixin:
    """Supporters alone; what somebody wrote stays theirs when they are no supporter any more."""

    only_now = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        has_some = not self.only_now and Reflection.objects.for_user(request.user).exists()
        if not request.user.holds(Role.SUPPORTER) and not has_some:
            raise NotAllowed("reflections")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]


class ReflectionsView(ReflectionMixin, UnlockedMixin, TemplateView):
    """One's reflections, newest first."""

    template_name = "sessions_log/reflections.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Reflection.objects.for_user(self.request.user).select_related("text")
        page = Paginator(rows, 20).get_page(self.request.GET.get("page"))
        found = list(page)
        mine = vault.Belongs("reflection", self.request.user.pseudonym, frozenset([self.request.user.pk]))
        texts = vault.read_all([one.text for one in found], by=self.vault, role="self", noted=False, belongs=mine)
        for one, content in zip(found, texts, strict=True):
            one.shut = not isinstance(content, vault.Content)
            one.parts = labelled(content) if isinstance(content, vault.Content) else []
        page.object_list = found
        return super().get_context_data(page=page, cannot=CANNOT, form=None, **kwargs)


class ReflectView(KeepsWords, ReflectionMixin, OpensFirst, FormPage):
    """Write a reflection."""

    only_now = True
    helped = "work"
    template_name = "sessions_log/reflect.html"
    form_class = forms.ReflectionForm
    heading = _("Write a reflection")
    lead = _("Only you can read it.")
    button = _("Save for myself")
    success = _("Saved. Only you can read it.")

    def get_back(self) -> str:
        return reverse("reflections")

    def seal(self, content: vault.Content) -> str:
        notes.reflect(content, by=self.vault)
        return self.get_back()


class EraseReflectionView(ReflectionMixin, ConfirmPage):
    heading = _("Erase this reflection?")
    button = _("Erase it for good")
    success = _("The reflection is erased.")
    careful = True

    def happens(self) -> list[Any]:
        return [_("It is destroyed. Nobody can bring it back. Backups forget it within 35 days.")]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.found = get_object_or_404(Reflection.objects.for_user(request.user), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_back(self) -> str:
        return reverse("reflections")

    def act(self) -> str:
        notes.erase_reflection(self.found, by=self.request.user)
        return self.get_back()
