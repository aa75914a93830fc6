"""What the pages about one request share: fetch and authorize in one step."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from rules import has_perm

from matching.forms import YesForm
from matching.models import Match, SupportRequest
from matching.parties import Party, acting, part_in_request, stay_open
from peersupport.audit.recording import record_read
from peersupport.web import kept_words
from peersupport.workflow.state_machine import NotAllowed


@method_decorator(login_not_required, name="dispatch")
class OfRequest:
    """A page about one request, for its person (account or link) or the coordinator who looks after it.

    A stranger is told how to come back; somebody else gets 404; a part that is not enough for this page (see the policies) gets 403.
    """

    support: SupportRequest
    by: Party
    part: str
    permission = "matching.see_wishes"
    #: The same page is there for the match of a stand-in.
    stand_in = False
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        by = acting(request)
        found = SupportRequest.objects.for_party(by).filter(pk=kwargs["pk"]).first()
        part = part_in_request(by, found) if found else None
        if found is None or by is None or part is None:
            if by is None:  # the same for every address, whether there is something behind it or not
                return self.closed(request)
            raise Http404
        if not has_perm(self.permission, by, found):
            raise NotAllowed(self.permission)
        self.support, self.by, self.part = found, by, part
        if part == "coordinator":
            record_read("request.read", found, by=by, role="coordinator", subjects=[found.person_key])
        stay_open(request, by)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def closed(self, request: HttpRequest) -> HttpResponse:
        """The page was closed while somebody typed: keep it for them, and say how to come back."""
        link = f"request {self.kwargs['pk']}"  # type: ignore[attr-defined]
        kept = request.method == "POST" and kept_words.keep_of_page(request, link=link)
        return render(request, "matching/closed.html", {"kept": kept}, status=403)

    @property
    def assisted(self) -> bool:
        """Whether a coordinator acts at the person's side."""
        return self.part == "coordinator"

    def yes_form(self) -> YesForm | None:
        """Return the question how the person said yes, when it has to be asked."""
        if not self.assisted:
            return None
        return YesForm(self.request.POST if self.request.method == "POST" else None)

    def live_match(self) -> Match | None:
        """Return the match that lives, with its supporter; on pages about a stand-in, the stand-in's."""
        found = Match.objects.live().filter(request=self.support, stands_in_for__isnull=not self.stand_in)
        match: Match | None = found.select_related("supporter__user", "agreement", "request").first()
        return match

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc,no-any-return]
            support=self.support, assisted=self.assisted, part=self.part, **({"yes_form": self.yes_form()} | kwargs)
        )


class WithYes(OfRequest):
    """A page with a step that a coordinator may take at the person's side, recording how they said yes."""

    how = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.yes_form()
        if form is not None:
            if not form.is_valid():
                return self.yes_missing(form)
            self.how = form.cleaned_data["how"]
        return super().post(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def yes_missing(self, form: YesForm) -> HttpResponse:
        """Show the page again with what is missing; what was typed stays."""
        context: dict[str, Any] = {"yes_form": form}
        if hasattr(self, "get_form"):
            context["form"] = self.get_form()
        return self.render_to_response(self.get_context_data(**context))  # type: ignore[attr-defined,no-any-return]
