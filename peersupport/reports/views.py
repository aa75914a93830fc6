"""Numbers about the whole, never about anyone: every count passes the suppressor of small cells."""

from typing import Any

from django.db.models import Count
from django.views.generic import TemplateView
from rules import has_perm

from matching import board
from matching.models import DeclineReason
from peersupport.audit.lifecycle import NotAllowed
from peersupport.organization.context import for_request
from peersupport.ui.numbers import suppressed
from peersupport.ui.pages import Guarded
from supporters.models import Status, Supporter


class Numbers(Guarded, TemplateView):
    """Stages, supporters by status, wishes nobody meets, how often supporters had to say no."""

    template_name = "reports/numbers.html"

    def authorize(self) -> None:
        if not has_perm("accounts.see_numbers", self.request.user):
            raise NotAllowed("numbers")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        below = for_request(self.request).small_numbers_below
        stages = suppressed({str(words): number for _key, words, number in board.stage_counts()}, below)
        reasons = board.declined_by_reason(below)
        return super().get_context_data(
            below=below, stages=_bars(stages), supporters=_bars(_by_status(below)), unmet=board.unmet_wishes(below),
            reasons=_bars({str(DeclineReason(key).label): number for key, number in reasons.items()}), form=None, **kwargs,
        )  # fmt: skip


def _by_status(below: int) -> dict[str, int | None]:
    rows = Supporter.objects.order_by().values("state").annotate(number=Count("pk"))
    return suppressed({str(Status(row["state"]).label): row["number"] for row in rows}, below)


def _bars(counts: dict[str, int | None]) -> dict[str, Any]:
    """Return rows for a table and a picture, and the picture's height; a bar ends at 640."""
    largest = max((number or 0 for number in counts.values()), default=0) or 1
    rows = [
        {"words": words, "number": number, "length": round(640 * (number or 0) / largest), "y": row * 44}
        for row, (words, number) in enumerate(counts.items())
    ]
    return {"rows": rows, "height": len(rows) * 44}
