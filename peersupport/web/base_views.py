"""Two page shapes that most of the product uses: a form, and a question to confirm."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Textarea
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.views.generic import FormView, TemplateView

from peersupport.web.kept_words import give_back, redirect_with_errors
from peersupport.web.limits import too_often
from peersupport.workflow.state_machine import NotPossible


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
            "heading": self.get_heading(),
            "lead": self.get_lead(),
            "button": self.get_button(),
            "back": self.get_back(),
        }
        return super().get_context_data(**(words | kwargs))  # type: ignore[misc,no-any-return]


Look = Callable[[str, str, bool], Sequence[Any]]
_looks: list[Look] = []


def beside_boxes(look: Look) -> None:
    """Register the writing helper: text, language and whether it lists duties in, what it points at out."""
    _looks.append(look)


class FormPage(Worded, FormView):  # type: ignore[type-arg]
    """A form whose `act` calls a workflow; what a workflow refuses is shown as an error and nothing typed is lost.

    `helped`: whether the writing helper stands beside its boxes: "work" for what somebody writes in a role, "job" for a
    job description, where it looks at duties more closely, "own" for words about themselves, where it stands only if they
    switched it on.
    """

    template_name = "page/form.html"
    success: Any = ""
    helped = ""

    def helps(self) -> bool:
        """Tell whether the writing helper stands beside the boxes of this form."""
        user = self.request.user
        wanted = self.helped in ("work", "job") or (self.helped == "own" and getattr(user, "wording_helper", False))
        return bool(_looks and wanted and user.is_authenticated)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **({"helps": self.helps(), "duties": self.helped == "job", "pointers": [], "asked": False} | kwargs)
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "look" in request.POST and self.helps():
            return self.look_at_words(request)
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Start the form from what was typed before, where it could not be taken."""
        kwargs: dict[str, Any] = super().get_form_kwargs()
        self._errors_again: list[str] = []
        if self.request.method == "GET" and not hasattr(self, "keep_refused") and (typed := give_back(self.request)):
            kwargs["data"], self._errors_again = typed
        return kwargs

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        if self._errors_again and form.is_valid() is not None:
            for error in self._errors_again:
                form.add_error(None, error)
        return form

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show what is wrong: by a redirect where a browser shows the page, so that Back sends nothing again."""
        by_redirect = None if hasattr(self, "keep_refused") else redirect_with_errors(self.request, form)
        return by_redirect or super().form_invalid(form)

    def look_at_words(self, request: HttpRequest) -> HttpResponse:
        """Show the same form, as it was typed, with what the helper points at; nothing is kept."""
        if too_often(request, "look", times=120, seconds=60):
            return HttpResponse(status=429)
        language = get_language() or "en"
        form = self.get_form_class()(
            **(self.get_form_kwargs() | {"data": None, "files": None, "initial": request.POST.dict()})
        )
        boxes = [
            name
            for name, field in form.fields.items()
            if isinstance(field.widget, Textarea) and field.widget.attrs.get("lang", language) == language
        ]
        text = "\n\n".join(request.POST.get(name, "") for name in boxes)
        found = [one for look in _looks for one in look(text, language, self.helped == "job")]
        return self.render_to_response(self.get_context_data(form=form, pointers=found, asked=True))

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
