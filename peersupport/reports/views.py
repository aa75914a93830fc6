"""Numbers about the whole, never about anyone: every count passes the suppressor of small cells."""

import csv
from datetime import date
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from rules import has_perm

from matching import board
from matching.models import DeclineReason
from peersupport.accounts.models import Role
from peersupport.organization.context import for_request
from peersupport.reports import figures, letter, monthly
from peersupport.reports.hiding import ALL, SUM_IN_PERSON
from peersupport.web.base_views import Guarded
from peersupport.web.numbers import suppressed
from peersupport.workflow.state_machine import NotAllowed
from supporters.models import Status, Supporter


class ForNumbers(Guarded):
    """Coordinators and administrators."""

    def authorize(self) -> None:
        if not has_perm("accounts.see_numbers", self.request.user):
            raise NotAllowed("numbers")


class NumbersView(ForNumbers, TemplateView):
    """Stages, supporters by status, wishes nobody meets, how often supporters had to say no."""

    template_name = "reports/numbers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        below = for_request(self.request).small_numbers_below
        stages = suppressed({str(words): number for _key, words, number in board.stage_counts()}, below)
        month = monthly.newest()
        reasons = monthly.reasons(month)
        return super().get_context_data(
            below=below,
            stages=_bars(stages),
            supporters=_bars(_by_status(below)),
            unmet=monthly.unmet(month),
            month=month,
            reasons=_bars({str(DeclineReason(key).label): number for key, number in reasons.items()}),
            form=None,
            **kwargs,
        )


def _by_status(below: int) -> dict[str, int | None]:
    rows = Supporter.objects.order_by().values("state").annotate(number=Count("pk"))
    return suppressed({str(Status(row["state"]).label): row["number"] for row in rows}, below)


def _bars(counts: dict[str, Any], *, hidden: bool = False) -> dict[str, Any]:
    """Return rows for a table and a picture, and the picture's height; a bar ends at 640.

    `hidden`: what is not shown may be more than a few, so it is not called "under".
    """
    largest = max((number or 0 for number in counts.values()), default=0) or 1
    rows = [
        {
            "words": words,
            "number": number,
            "length": round(640 * (number or 0) / largest),
            "y": row * 44,
            "hidden": hidden,
        }
        for row, (words, number) in enumerate(counts.items())
    ]
    return {"rows": rows, "height": len(rows) * 44}


MEASURES = {"sessions": _("Meetings"), "hours": _("Hours"), "people": _("People")}
HEADS = {
    "home": _("At home"),
    "organization": _("Organization"),
    "services": _("Clinic or day centre"),
    "community": _("Community"),
    SUM_IN_PERSON: _("In person, together"),
    "phone": _("Phone"),
    "video": _("Video"),
    ALL: _("In all"),
}


def value(line: figures.FigureLine, column: str, measure: str) -> Any:
    """Return what a cell says in one measure, None where it is hidden; hours with one place after the point."""
    cell = line.cells[column]
    if cell is None or (measure == "people" and column in line.people_hidden):
        return None
    return round(cell.minutes / 60, 1) if measure == "hours" else getattr(cell, measure)


class OfYear(ForNumbers):
    """One year of figures, as the address asks; the newest one else."""

    request: HttpRequest

    def year(self) -> int:
        """Return the year that is looked at."""
        known = figures.years(timezone.localdate())
        asked = self.request.GET.get("year", "")
        return (
            int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 and int(asked) in known else known[0]
        )


class NumbersOfMeetingsView(OfYear, TemplateView):
    """Meetings by month, where and how people meet: as a table, a picture and a file."""

    template_name = "reports/meetings.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.get("show", "")
        measure, year = asked if asked in MEASURES else "sessions", self.year()
        *months, total = figures.lines(year)
        rows = [self._row(line, measure) for line in months]
        picture = {row["words"]: row["cells"][-1]["value"] for row in rows if row["fixed"]}
        return super().get_context_data(
            year=str(year),
            years=[str(one) for one in figures.years(timezone.localdate())],
            measure=measure,
            measures=MEASURES.items(),
            measure_words=MEASURES[measure],
            heads=[HEADS[column] for column in figures.COLUMNS],
            rows=rows,
            total=self._row(total, measure),
            picture=_bars(picture, hidden=True),
            fixed_on=figures.FIXED_ON,
            any_fixed=any(row["fixed"] for row in rows),
            below=for_request(self.request).small_numbers_below,
            form=None,
            **kwargs,
        )

    def _row(self, line: figures.FigureLine, measure: str) -> dict[str, Any]:
        cells = [{"column": column, "value": value(line, column, measure)} for column in line.cells]
        over = line.period <= figures.last_fixed_month(timezone.localdate())
        return {"words": month_in_words(line.period), "fixed": line.fixed, "cells": cells, "over": over}


def month_in_words(period: str) -> str:
    """Return a month as people write it, a year as it is."""
    return date_format(date(int(period[:4]), int(period[5:]), 1), "F Y") if len(period) == 7 else period


class NumbersOfMeetingsFileView(OfYear, View):
    """The same table as a file of counts (CSV, UTF-8 with a mark that spreadsheets need)."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        year = self.year()
        response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{year}.csv"'
        write = csv.writer(response)
        write.writerow([gettext("Period"), gettext("Where"), *(str(words) for words in MEASURES.values())])
        for line in figures.lines(year):
            for column in line.cells:
                shown = [value(line, column, name) for name in MEASURES]
                words = [gettext("hidden") if one is None else one for one in shown]
                write.writerow([line.period, str(HEADS[column]), *words])
        return response


class ThisWeekView(Guarded, TemplateView):
    """What the letter of the week is about: counts, and where to go."""

    template_name = "reports/week.html"

    def authorize(self) -> None:
        if not self.request.user.holds(Role.COORDINATOR, Role.SUPERVISOR):
            raise NotAllowed("this week")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, parts = self.request.user, []
        if user.holds(Role.COORDINATOR):
            parts.append((_("In the organization"), letter.for_coordinators()))
        if user.holds(Role.SUPERVISOR):
            parts.append((_("As a supervisor"), letter.for_supervisor(user)))
        return super().get_context_data(parts=parts, form=None, **kwargs)
