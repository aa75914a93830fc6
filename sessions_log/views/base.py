"""What the pages of this app share: fetch and authorize in one step, open the vault, lose nothing that was typed."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rules import has_perm

from matching.models import Match
from matching.parties import part_in_pair
from peersupport.workflow.state_machine import NotAllowed
from sessions_log.models import Note

LARGEST = 200_000
CHANGED = _("The other person's keys are new. Compare safety numbers with them before you go on.")
CANNOT = _("This note can't be opened. We have written it down, and whoever runs the server is told.")
NO_KEYS = _("The other one has not signed in with a password yet. Until then no note can be sealed for them.")


class MatchMixin:
    """A page about one match, for one of the two who signed in; anyone else gets 404."""

    match: Match
    part: str
    permission = "sessions_log.see"
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.match = self.fetch_match(kwargs["pk"])
        if not has_perm("sessions_log.see", request.user, self.match):
            raise Http404
        if not has_perm(self.permission, request.user, self.match):
            raise NotAllowed(self.permission)
        self.part = str(part_in_pair(request.user, self.match))
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def fetch_match(self, pk: Any) -> Match:
        """Return the match, or Http404."""
        found = Match.objects.select_related("request__person", "supporter__user").filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def match_page(self) -> str:
        """Return this one's own page of the match."""
        if self.part == "supporter":
            return reverse("supporting", args=[self.match.pk])
        return reverse("support", args=[self.match.request_id])

    def other(self) -> str:
        """Return what the other one is called."""
        return str(self.match.request if self.part == "supporter" else self.match.supporter)


class OfNote(MatchMixin):
    """A page about one note."""

    note: Note

    def fetch_match(self, pk: Any) -> Match:
        found = (
            Note.objects.select_related("match__request__person", "match__supporter__user", "text")
            .filter(pk=pk)
            .first()
        )
        if found is None:
            raise Http404
        self.note = found
        return found.match  # type: ignore[no-any-return]
