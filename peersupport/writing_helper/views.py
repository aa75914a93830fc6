"""The writing helper on request, the chart of what fits the role, and the glossary for administrators."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from peersupport.organization.views import ForAdministrators
from peersupport.web.base_views import FormPage
from peersupport.web.limits import too_often
from peersupport.web.translated import in_language
from peersupport.writing_helper import forms, glossary
from peersupport.writing_helper.models import GlossaryKind


class LookAtWordsView(View):
    """Look at words while they are written. They are in this request alone: nothing of them is kept or logged."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if too_often(request, "look", times=120, seconds=60):
            return HttpResponse(status=429)
        text = request.POST.get("text", "")
        found = glossary.look(text, get_language() or "en", duties="duties" in request.GET)
        answer = render(request, "writing_helper/_pointers.html", {"pointers": found, "asked": True})
        answer.headers["X-Answer"] = "pointers"  # the script draws nothing else into a page
        return answer


class FitsMyRoleView(TemplateView):
    """Does this fit my role? The chart by topic, searchable (G28)."""

    template_name = "writing_helper/fits.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        find = forms.TopicForm(self.request.POST or None)
        wanted = find.cleaned_data["topic"].casefold() if find.is_bound and find.is_valid() else ""
        topics = [
            {name: in_language(row[name]) for name in ("topic", "why", "fits", "does_not")} for row in glossary.chart()
        ]
        shown = [one for one in topics if wanted in " ".join(map(str, one.values())).casefold()]
        return super().get_context_data(find=find, topics=shown, wanted=wanted, form=None, **kwargs)


class GlossaryView(ForAdministrators, TemplateView):
    """Every entry of one language and sort."""

    template_name = "writing_helper/glossary.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = {"language": get_language() or "en", "kind": GlossaryKind.CLOSED.value} | self.request.GET.dict()
        chosen = forms.GlossaryFilterForm(given)
        language, kind = (
            (chosen.cleaned_data["language"], chosen.cleaned_data["kind"])
            if chosen.is_valid()
            else ("en", GlossaryKind.CLOSED.value)
        )
        page = Paginator(glossary.entries(language, kind), 50).get_page(self.request.GET.get("page"))
        return super().get_context_data(page=page, chosen=chosen, language=language, kind=kind, form=None, **kwargs)


class GlossaryAddView(ForAdministrators, FormPage):
    """Word an entry in the organization's own way, leave it out, or add one."""

    template_name = "writing_helper/entry.html"
    form_class = forms.EntryForm
    heading = _("An entry of the glossary")
    lead = _("The helper points and explains. It never blocks what somebody writes.")
    button = _("Save")
    success = _("Saved.")

    def fetch(self, **kwargs: Any) -> None:
        self.language, self.kind, key = kwargs["language"], kwargs["kind"], kwargs.get("key", "")
        if self.language not in glossary.LANGUAGES or self.kind not in GlossaryKind.values:
            raise Http404
        self.found = next((one for one in glossary.entries(self.language, self.kind) if one.key == key), None)
        if key and self.found is None:
            raise Http404

    def get_back(self) -> str:
        return f"{reverse('glossary')}?{urlencode({'language': self.language, 'kind': self.kind})}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"language": self.language}

    def get_initial(self) -> dict[str, Any]:
        if self.found is None:
            return {}
        names = ("phrases", "exceptions", "why", "instead", "active")
        return {name: getattr(self.found, name) for name in names}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(found=self.found, language=self.language, kind=self.kind, **kwargs)

    def act(self, form: forms.EntryForm) -> str:
        glossary.save(self.language, self.kind, self.kwargs.get("key", ""), form.cleaned_data, by=self.request.user)
        return self.get_back()


class GlossaryOursView(ForAdministrators, View):
    """Take the organization's own wording of an entry back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        glossary.use_ours(kwargs["language"], kwargs["kind"], kwargs["key"], by=request.user)
        messages.success(request, _("Your own wording is taken back."))
        return redirect("glossary")
