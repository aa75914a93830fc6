"""Pages with sealed words, for every floor above: open the vault, write, and lose nothing that was typed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from peersupport.accounts.notes import to_open
from peersupport.vault import door as vault
from peersupport.web.forms import PeerForm
from peersupport.web.limits import too_often
from peersupport.web.scripts import is_script
from peersupport.workflow.state_machine import NotPossible

LARGEST = 200_000
LONGEST = 20_000
CHANGED = _("The other person's keys are new. Compare safety numbers with them before you go on.")
CANNOT = _("This note can't be opened. We have written it down, and whoever runs the server is told.")
NO_KEYS = _("The other one has not signed in with a password yet. Until then no note can be sealed for them.")

StaysFor = Callable[[vault.Unlocked], Callable[[vault.SealedText], list[vault.Public]]]
OnOpen = Callable[[vault.Unlocked], None]
_on_open: list[OnOpen] = []
_stays: dict[str, StaysFor] = {}


def register_stays(kind: str, stays: StaysFor) -> None:
    """Register which guests may go on reading texts of a kind when they are sealed anew."""
    _stays[kind] = stays


def on_open(action: OnOpen) -> None:
    """Register what is done whenever somebody opens a page with sealed words."""
    _on_open.append(action)


def stays_for(by: vault.Unlocked) -> Callable[[vault.SealedText], list[vault.Public]]:
    """Return which guests may go on reading a text, whatever its kind; of a kind nobody registered: none."""

    def stays(text: vault.SealedText) -> list[vault.Public]:
        found = _stays.get(text.kind)
        return found(by)(text) if found else []

    return stays


def words(label: Any, help_text: Any = "", rows: int = 4) -> forms.CharField:
    """Return a box for words that may stay empty."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto", "autocomplete": "off"}),
    )


class SealedForm(PeerForm):
    """A text for the vault. Its names are the names of its parts; nothing typed is logged or kept in plain."""

    token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)
    NOTHING: Any = _("Write something first.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(self.parts().values()):
            raise forms.ValidationError(self.NOTHING)
        return data

    def parts(self) -> dict[str, str]:
        """Return what was written, by the names of the boxes."""
        return {name: str(text).strip() for name, text in self.cleaned_data.items() if name != "token" and text}


class UnlockedMixin:
    """A page that shows what is sealed: whoever's vault is closed opens it first."""

    vault: vault.Unlocked

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = vault.unlocked(request)
        if found is None:
            return to_open(request)
        self.vault = found
        for action in _on_open:
            action(found)
        if vault.catch_up(found, stays=stays_for(found)):
            return redirect(request.get_full_path())  # what was fetched for this page is older than what is sealed now
        return super().get(request, *args, **kwargs)  # type: ignore[misc,no-any-return]


class OpensFirst:
    """A form of words is shown only while the vault is open, so that what is written in it can be kept."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if vault.unlocked(request) is None:
            return to_open(request)
        return super().get(request, *args, **kwargs)  # type: ignore[misc,no-any-return]


@method_decorator(login_not_required, name="dispatch")
class KeepsWords:
    """A form for sealed words. What is sent after the vault or the whole session has closed is kept for its author.

    It is sealed to the key that the form was made with, and stands in the form again after signing in.
    """

    request: HttpRequest
    vault: vault.Unlocked
    form_class: Any

    def about(self) -> str:
        """Return what the words are about, the same for this form each time it is opened."""
        return self.request.path

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]
        if request.method == "POST":
            parts = self._typed(request)
            if parts and not self._kept(request, parts):
                return render(request, "page/not_kept.html", {"parts": list(parts.values()), "form": None})
        return redirect_to_login(request.get_full_path())

    def get_initial(self) -> dict[str, Any]:
        by = vault.unlocked(self.request)
        if by is None:
            return {}
        kept = vault.drafts.find(self.about(), by=by) if self.request.method == "GET" else None
        if kept:
            messages.info(self.request, _("What you wrote is back. Look at it, and save it."))
        return {"token": vault.drafts.token(self.about(), by), **(kept.parts if kept else {})}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        signed = request.POST.get("token", "")
        if vault.drafts.is_of_another(signed, self.about(), user_id=request.user.pk):  # signed in since, in another tab
            return self._not_kept(request)
        found = vault.unlocked(request)
        if found is None:
            return HttpResponse(status=401) if is_script(request) else self._keep(request)
        self.vault = found
        if "keep" in request.POST:
            return self._keep_draft(request)
        return super().post(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def _keep_draft(self, request: HttpRequest) -> HttpResponse:
        form = self.get_form()  # type: ignore[attr-defined]
        if not form.is_valid():
            return self.form_invalid(form)  # type: ignore[attr-defined,no-any-return]
        signed = request.POST.get("token", "")
        vault.drafts.save(self.about(), vault.Content(form.parts()), by=self.vault, signed=signed)
        messages.success(request, _("Kept as a draft. Only you can open it."))
        return redirect(request.path)

    def _keep(self, request: HttpRequest) -> HttpResponse:
        """The vault has closed: seal what was typed to its author, and ask for the password."""
        parts = self._typed(request)
        if parts and not self._kept(request, parts):
            messages.error(
                request, _("Your notes had closed, and what you wrote could not be kept. Here it is: copy it.")
            )
            if request.user.is_authenticated:
                form = self.form_class(initial=parts)
                return self.render_to_response(self.get_context_data(form=form))  # type: ignore[attr-defined,no-any-return]
        if vault.unlocked(request):
            return redirect(request.path)
        return redirect(f"{reverse('notes-open')}?{urlencode({'next': request.path})}")

    def _not_kept(self, request: HttpRequest, *, status: int = 200) -> HttpResponse:
        """Give the words of a form back that somebody else opened: nothing of them is kept under another name."""
        if is_script(request):
            return HttpResponse(status=401)
        context = {
            "parts": list(self._typed(request).values()),
            "another": request.user.is_authenticated,
            "form": None,
        }
        return render(request, "page/not_kept.html", context, status=status)

    @classmethod
    def keep_refused(cls, request: HttpRequest, **kwargs: Any) -> HttpResponse | None:
        """The form was refused, as its session is an older one: keep what was typed, or return nothing.

        The token of the form, which only its page had, stands for the one that Django missed.
        """
        page = cls()
        page.setup(request, **kwargs)  # type: ignore[attr-defined]
        parts = cls._typed(request)
        if parts and page._kept(request, parts):
            return redirect(request.path)
        signed = request.POST.get("token", "")
        if parts and vault.drafts.is_of_another(signed, page.about(), user_id=request.user.pk):
            return page._not_kept(request, status=403)
        return None

    @classmethod
    def _typed(cls, request: HttpRequest) -> dict[str, str]:
        boxes = [name for name in cls.form_class.base_fields if name != "token"]
        return {name: request.POST.get(name, "") for name in boxes if request.POST.get(name, "")}

    def _kept(self, request: HttpRequest, parts: dict[str, str]) -> bool:
        """Seal what was typed as it is, also what the form would refuse; tell whether that was possible."""
        if too_often(request, "keep", times=30, seconds=600) or sum(map(len, parts.values())) > LARGEST:
            return False
        try:
            vault.drafts.save_locked(
                self.about(), vault.Content(parts), user=request.user, signed=request.POST.get("token", "")
            )
        except vault.Refused:
            return False
        messages.info(request, _("Something changed meanwhile. What you wrote is kept for you."))
        return True

    def act(self, form: Any) -> str:
        try:
            target = self.seal(vault.Content(form.parts()))
        except vault.KeyChanged:
            raise NotPossible(CHANGED) from None
        except vault.NoKeys:
            raise NotPossible(NO_KEYS) from None
        except vault.CannotOpen:
            raise NotPossible(CANNOT) from None
        except ValueError:
            raise NotPossible(_("This is too long for one note. Please part it in two.")) from None
        vault.drafts.drop(self.about(), user_id=self.vault.user.pk, signed=self.request.POST.get("token", ""))
        return target

    def seal(self, content: vault.Content) -> str:
        """Write it, and return where to go next."""
        raise NotImplementedError


class ComparePage(UnlockedMixin, TemplateView):
    """The number two people compare, and the yes to new keys of the other."""

    template_name = "sessions_log/compare.html"

    def theirs(self) -> vault.Public | None:
        """Return the keys the other one has now, if any."""
        raise NotImplementedError

    def other(self) -> str:
        """Return what the other one is called."""
        raise NotImplementedError

    def get_back(self) -> str:
        """Return where to go afterwards."""
        raise NotImplementedError

    def confirmed(self, by: vault.Unlocked) -> None:
        """Do what follows from the yes."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        theirs = self.theirs()
        number = vault.comparison(self.vault.keys.public, theirs) if theirs else None
        return super().get_context_data(number=number, other=self.other(), back=self.get_back(), form=None, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        by, theirs = vault.unlocked(request), self.theirs()
        if by is None:
            return to_open(request)
        # Other keys than those that were shown are not confirmed.
        if not theirs or request.POST.get("number") != str(vault.comparison(by.keys.public, theirs)):
            messages.error(request, _("The numbers have changed. Please compare again."))
            return redirect(request.path)
        try:
            vault.confirm(by, theirs)
            messages.success(request, _("Noted. You trust these keys from now on."))
            self.confirmed(by)
        except (vault.Refused, vault.CannotOpen):
            messages.error(request, CANNOT)
            return redirect(request.path)
        return redirect(self.get_back())
