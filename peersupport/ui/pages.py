"""Two page shapes that most of the product uses: a form, and a question to confirm."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.generic import FormView, TemplateView

from peersupport.audit.lifecycle import NotPossible


def uuid_or_404(text: str | None) -> UUID:
    """Return the id a form named. Raises Http404 for anything else."""
    found = uuid_or_none(text)
    if found is None:
        raise Http404
    return found


def uuid_or_none(text: str | None) -> UUID | None:
    """Return the id a form named, or None for anything else."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


class TokenInAddress:
    """A page whose address holds a token: the browser sends it to nobody, not even to this site's own log."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        response.headers["Referrer-Policy"] = "strict-origin"
        return response


class Guarded:
    """Authorize first, fetch second: whoever may not look can't tell what exists."""

    request: HttpRequest

    def authorize(self) -> None:
        """Raise NotAllowed or Http404 unless this visitor may be here."""

    def fetch(self, **kwargs: Any) -> None:
        """Fetch what the page is about; Http404 when it is not there."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.authorize()
        self.fetch(**kwargs)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]


class Worded:
    """Heading, lead and button of a page, set on the class or worked out for each request."""

    heading: Any = ""
    lead: Any = ""
    button: Any = ""
    back: str = ""

    def get_heading(self) -> Any:
        return self.heading

    def get_lead(self) -> Any:
        return self.lead

    def get_button(self) -> Any:
        return self.button

    def get_back(self) -> str:
        """Return the address the back link leads to, or nothing."""
        return self.back

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {
            "heading": self.get_heading(), "lead": self.get_lead(), "button": self.get_button(), "back": self.get_back(),
        }  # fmt: skip
        return super().get_context_data(**(words | kwargs))  # type: ignore[misc,no-any-return]


class FormPage(Worded, FormView):  # type: ignore[type-arg]
    """A form whose `act` calls a workflow; what a workflow refuses is shown as an error and nothing typed is lost."""

    template_name = "page/form.html"
    success: Any = ""

    def act(self, form: Any) -> str:
        """Do it and return where to go next."""
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            target = self.act(form)
        except NotPossible as refusal:
            form.add_error(None, refusal.message)
            return self.form_invalid(form)
        if self.success:
            messages.success(self.request, self.success)
        return HttpResponseRedirect(target)


class ConfirmPage(Worded, TemplateView):
    """A page that says what will happen, and does it on POST."""

    template_name = "page/confirm.html"
    success: Any = ""
    careful = False

    def happens(self) -> list[Any]:
        """Return what will happen, one line each."""
        return []

    def act(self) -> str:
        """Do it and return where to go next."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(happens=self.happens(), careful=self.careful, form=None, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            target = self.act()
        except NotPossible as refusal:
            messages.error(request, refusal.message)
            target = self.get_back() or "/"
        else:
            if self.success:
                messages.success(request, self.success)
        return HttpResponseRedirect(target)
