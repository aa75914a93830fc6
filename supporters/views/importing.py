"""Coordinators bring in the roster they have: choose columns, choose values, try, take over, report."""

import hashlib
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import escape, format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from peersupport.web.base_views import FormPage
from peersupport.workflow.state_machine import NotPossible
from supporters import forms
from supporters.importing import layout, runs
from supporters.importing.lexicon import CatalogueLexicon, SeenValue
from supporters.importing.lifecycle import LIFECYCLE
from supporters.importing.report import csv_of
from supporters.models import ImportOutcome, ImportRun, ImportState
from supporters.roster.text import is_empty, shorten
from supporters.views.staff import CoordinatorRequiredMixin

RUNS_SHOWN = 20
VALUES_SHOWN = 200
REFUSED_ON_A_PAGE = 50
_EXAMPLES_FROM = 50
_PLACE = {
    ImportState.COLUMNS: "import-columns",
    ImportState.VALUES: "import-values",
    ImportState.TRIED: "import-try",
}


def address_of(run: ImportRun) -> str:
    """Return the page where this import goes on."""
    return reverse(_PLACE.get(ImportState(run.state), "import-progress"), args=[run.pk])


class OfRun(CoordinatorRequiredMixin):
    """A page about one import, which only coordinators can fetch."""

    #: The step this page takes; where it no longer fits, the page leads to where the import is.
    verb = ""

    @cached_property
    def run(self) -> ImportRun:
        return get_object_or_404(ImportRun.objects.for_user(self.request.user), pk=self.kwargs["pk"])  # type: ignore[attr-defined]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.verb and not LIFECYCLE.available(self.run, self.verb, by=self.request.user):
            return redirect(address_of(self.run))
        return super().get(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(run=self.run, **kwargs)  # type: ignore[misc,no-any-return]


class ImportListView(CoordinatorRequiredMixin, FormPage):
    """Choose a spreadsheet, or go on with an earlier import."""

    form_class = forms.UploadForm
    template_name = "supporters/import/list.html"

    def act(self, form: forms.UploadForm) -> str:
        file = form.cleaned_data["file"]
        return address_of(runs.begin(file.name, file.read(), by=self.request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        earlier = ImportRun.objects.for_user(self.request.user)[:RUNS_SHOWN]
        return super().get_context_data(earlier=[(run, address_of(run)) for run in earlier], **kwargs)


class ImportColumnsView(OfRun, FormPage):
    """Say for each column what it is."""

    form_class = forms.ColumnsForm
    template_name = "supporters/import/columns.html"
    verb = "choose_columns"

    def get_form_kwargs(self) -> dict[str, Any]:
        choices = list(layout.targets().items())
        return super().get_form_kwargs() | {"columns": self._columns(), "choices": choices}

    def _columns(self) -> list[dict[str, Any]]:
        rows = list(self.run.rows.order_by("number").values_list("cells", flat=True)[:_EXAMPLES_FROM])
        health = layout.left_out_as_health(self.run.headers)
        targets = self.run.columns["targets"]
        return [
            {"at": at, "header": header, "target": targets.get(str(at), ""), "hint": _hint(rows, at, at in health)}
            for at, header in enumerate(self.run.headers)
        ]

    def act(self, form: forms.ColumnsForm) -> str:
        return address_of(runs.choose_columns(self.run, form.chosen(), by=self.request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        again = ImportRun.objects.filter(digest=self.run.digest, state=ImportState.DONE).first()
        return super().get_context_data(again=again, rows=self.run.rows.count(), **kwargs)


def _hint(rows: list[list[str]], at: int, health: bool) -> Any:
    """Three examples, and why a column of health data is left out. Hints are markup: what is shown is escaped."""
    examples = list(dict.fromkeys(shorten(cells[at]) for cells in rows if not is_empty(cells[at])))[:3]
    shown = _now("For example: %(examples)s") % {"examples": " · ".join(examples)} if examples else ""
    why = _now("This may tell of somebody's health. It is left out, unless you choose something here.")
    return format_html("{}<br>{}", shown, why) if health else escape(shown)


class ImportValuesView(OfRun, FormPage):
    """Say what values stand for that the catalogue does not know; `?all=1` shows what was decided before, too."""

    form_class = forms.ValuesForm
    template_name = "supporters/import/values.html"
    verb = "choose_values"

    @cached_property
    def _found(self) -> tuple[CatalogueLexicon, list[SeenValue]]:
        return runs.values(self.run)

    def _asked(self) -> list[SeenValue]:
        everything = "all" in self.request.GET
        return [item for item in self._found[1] if everything or not item.meaning.known]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.run.state == ImportState.TRIED and "all" not in request.GET:
            return redirect("import-try", self.run.pk)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        lexicon = self._found[0]
        values = [_value(lexicon, item) for item in self._asked()[:VALUES_SHOWN]]
        return super().get_form_kwargs() | {"values": values}

    def act(self, form: forms.ValuesForm) -> str:
        return address_of(runs.choose_values(self.run, form.chosen(), by=self.request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lexicon, found = self._found
        known = [(item, lexicon.dimension(item.dimension)) for item in found if item.meaning.option]
        asked = len(self._asked())
        return super().get_context_data(
            asked=asked,
            shown=min(asked, VALUES_SHOWN),
            more=max(asked - VALUES_SHOWN, 0),
            known=known[:VALUES_SHOWN],
            **kwargs,
        )


def _value(lexicon: CatalogueLexicon, item: SeenValue) -> dict[str, Any]:
    place = (item.dimension, item.key)
    rows = ngettext("in %(count)d row", "in %(count)d rows", item.rows) % {"count": item.rows}
    return {
        "name": "value_" + hashlib.sha256("\n".join(place).encode()).hexdigest()[:20],
        "place": place,
        "label": shorten(item.spelling, 80),
        "hint": format_html("{}, {}", lexicon.dimension(item.dimension), rows),
        "choices": [(option.key, str(option)) for option in lexicon.options(item.dimension)],
        "initial": item.meaning.option.key if item.meaning.option else "",
    }


class Counted(OfRun):
    """A page that says how far the rows are, and renders only that part for htmx."""

    fragment = "supporters/import/_counts.html"

    def get_template_names(self) -> list[str]:
        return [self.fragment if self.request.htmx else self.template_name]  # type: ignore[attr-defined]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = runs.counts(self.run)
        total = sum(counts.values())
        working = counts[ImportOutcome.WAITING] > 0 and self.run.state in (ImportState.TRIED, ImportState.RUNNING)
        return super().get_context_data(
            counts=counts,
            total=total,
            done=total - counts[ImportOutcome.WAITING],
            working=working,
            refused=self._refused(),
            form=None,
            here=self.request.path,
            **kwargs,
        )

    def _refused(self) -> Any:
        rows = self.run.rows.filter(**{runs.outcome_column(self.run): ImportOutcome.REFUSED}).order_by("number")
        page = self.request.GET.get("page")
        return Paginator(rows.defer("cells"), REFUSED_ON_A_PAGE).get_page(page)


class ImportTryView(Counted, TemplateView):
    """What would happen, and the button that lets it happen."""

    template_name = "supporters/import/try.html"
    verb = "start"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kept = layout.Layout.of(self.run.columns["targets"])
        return super().get_context_data(recognises=kept.recognises_people, has_values=bool(kept.dimensions), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _after(request, self.run, runs.take)


class ImportProgressView(Counted, TemplateView):
    """How far the import is, and at its end what became of the rows."""

    template_name = "supporters/import/progress.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.run.state in _PLACE:
            return redirect(address_of(self.run))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        invited = reverse("supporters") + "?state=invited"
        return super().get_context_data(
            invited=invited, may_stop=LIFECYCLE.available(self.run, "cancel", by=self.request.user), **kwargs
        )


class ImportReportView(OfRun, View):
    """The row-by-row report as a file."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = HttpResponse(b"".join(csv_of(self.run)), content_type="text/csv; charset=utf-8")
        name = _now("report")
        response["Content-Disposition"] = f'attachment; filename="{name if name.isascii() else "report"}.csv"'
        return response


class ImportCancelView(OfRun, View):
    """Stop an import."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        taken = self.run.state == ImportState.RUNNING
        response = _after(request, self.run, runs.cancel)
        if ImportRun.objects.get(pk=self.run.pk).state == ImportState.CANCELLED:
            stopped = _("Stopped. What was taken over stays; import the file again to go on.")
            messages.success(request, stopped if taken else _("Cancelled. Nothing was taken over."))
            return response if taken else redirect("import-list")
        return response


def _after(request: HttpRequest, run: ImportRun, verb: Any) -> HttpResponse:
    """Take a step and go to where the import is then; say in plain words why a step is not possible."""
    try:
        run = verb(run, by=request.user)
    except NotPossible as refusal:
        messages.error(request, refusal.message)
        run.refresh_from_db()
    return HttpResponseRedirect(address_of(run))
