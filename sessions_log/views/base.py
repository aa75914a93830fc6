"""What the pages of this app share: fetch and authorize in one step, open the vault, lose nothing that was typed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from rules import has_perm

from matching.models import Match
from matching.parties import part_in_pair
from peersupport.accounts.models import Role
from peersupport.accounts.notes import to_open
from peersupport.audit.lifecycle import NotAllowed, NotPossible
from peersupport.ui.limits import too_often
from peersupport.vault import door as vault
from peersupport.wording import glossary
from sessions_log.models import Note
from sessions_log.workflows import sharings

LARGEST = 200_000
CHANGED = _("The keys of the other one are new. Compare the number with them before you go on.")
CANNOT = _("This note can't be opened. We have written it down, and whoever runs the server is told.")
NO_KEYS = _("The other one has not signed in with a password yet. Until then no note can be sealed for them.")


class OfMatch:
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


class OfNote(OfMatch):
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


class Unlocked:
    """A page that shows what is sealed: whoever's vault is closed opens it first."""

    vault: vault.Unlocked

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = vault.unlocked(request)
        if found is None:
            return to_open(request)
        self.vault = found
        if vault.catch_up(found, stays=sharings.stays_for(found)):
            return redirect(request.get_full_path())  # what was fetched for this page is older than what is sealed now
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
            self._keep(request)
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
        found = vault.unlocked(request)
        if found is None:
            return self._keep(request)
        self.vault = found
        if "keep" in request.POST:
            return self._keep_draft(request)
        if "look" in request.POST and self.helps():
            return self._look(request)
        return super().post(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def helps(self) -> bool:
        """Tell whether the writing helper stands here: never beside a person's own words unless they switched it on."""
        user = self.request.user
        return bool(user.is_authenticated and (user.holds(Role.SUPPORTER) or user.wording_helper))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**({"helps": self.helps(), "pointers": [], "asked": False} | kwargs))  # type: ignore[misc,no-any-return]

    def _look(self, request: HttpRequest) -> HttpResponse:
        """Show the same form with what the helper points at; nothing is kept."""
        form = self.form_class(initial=request.POST.dict())
        text = "\n\n".join(str(request.POST.get(name, "")) for name in form.fields if name != "token")
        found = glossary.look(text, get_language() or "en")
        page = self.get_context_data(form=form, pointers=found, asked=True)
        return self.render_to_response(page)  # type: ignore[attr-defined,no-any-return]

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
        boxes = [name for name in self.form_class.base_fields if name != "token"]
        parts = {name: request.POST.get(name, "") for name in boxes if request.POST.get(name, "")}
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

    @classmethod
    def keep_refused(cls, request: HttpRequest, **kwargs: Any) -> HttpResponse | None:
        """The form was refused, as its session is an older one: keep what was typed, or return nothing.

        The token of the form, which only its page had, stands for the one that Django missed.
        """
        page = cls()
        page.setup(request, **kwargs)  # type: ignore[attr-defined]
        boxes = [name for name in cls.form_class.base_fields if name != "token"]
        parts = {name: request.POST.get(name, "") for name in boxes if request.POST.get(name, "")}
        if not parts or not page._kept(request, parts):
            return None
        return redirect(request.path)

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
