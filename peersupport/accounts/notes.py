"""The pages about the keys of one's notes: open them, keep a sheet, lose a password, begin anew."""

from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from peersupport.accounts import notes_forms as forms
from peersupport.accounts.models import User
from peersupport.accounts.signals import account_changed
from peersupport.accounts.workflows import end_all_access
from peersupport.vault import door as vault
from peersupport.web.base_views import ConfirmPage, FormPage
from peersupport.workflow.state_machine import NotPossible

NO_PEPPER = _("Notes can't be opened just now. Please tell an administrator that the pepper file is missing.")
SWAPPED = _(
    "Your keys in the database are not the ones you made. Someone has changed them, so your notes stay locked. "
    "It is written down, and the people who run the server are told. Please tell us that something is wrong."
)
#: For so long after an address was added or changed, the sheet alone does not open notes.
SHEET_WAITS = timedelta(days=7)


def next_of(request: HttpRequest, otherwise: str = "notes") -> str:
    """Return the page of this site that somebody came from, or the page about notes."""
    asked = request.GET.get("next", "")
    fine = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if fine else reverse(otherwise)


def to_open(request: HttpRequest) -> HttpResponse:
    """Send somebody to open their notes and back to this page."""
    return redirect(f"{reverse('notes-open')}?{urlencode({'next': request.get_full_path()})}")


class NotesView(TemplateView):
    """What we promise about notes, how things stand, and what can be done."""

    template_name = "accounts/notes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state = vault.state(self.request)
        found = vault.unlocked(self.request)
        sheet = found.pair.get_sheet_display() if found else ""
        return super().get_context_data(state=state, sheet=sheet, promise=vault.PROMISE, form=None, **kwargs)


class WithKeys(FormPage):
    """A form that opens the vault; what goes wrong is told in plain words, and says nothing to a guesser."""

    wrong: Any = _("This password does not open your notes.")

    def get_back(self) -> str:
        return reverse("notes")

    def act(self, form: Any) -> str:
        try:
            self.open(form.cleaned_data)
        except vault.WrongSheet as slip:
            raise NotPossible(_slip_in(slip.groups)) from None
        except vault.SwappedKeys:
            raise NotPossible(SWAPPED) from None
        except vault.Refused:
            raise NotPossible(self.wrong) from None
        except vault.PepperMissing:
            raise NotPossible(NO_PEPPER) from None
        return next_of(self.request)

    def open(self, data: dict[str, Any]) -> None:
        """Open the vault. Raises Refused, WrongSheet, PepperMissing."""
        raise NotImplementedError


def _slip_in(groups: list[int]) -> Any:
    if not groups:
        return _("The code has eight groups of five letters and digits. Please look again.")
    numbers = ", ".join(map(str, groups))
    return _("There is a slip in group %(groups)s. Please compare it with your sheet.") % {"groups": numbers}


class NotesOpenView(WithKeys):
    form_class = forms.OpenForm
    heading = _("Open your notes")
    lead = _("Enter your password to open your notes. They close after half an hour without use.")
    button = _("Open")
    template_name = "accounts/notes_open.html"
    wrong = _("This password does not open your notes. After a reset, use your recovery sheet or the old password.")

    def open(self, data: dict[str, Any]) -> None:
        vault.open_here(self.request, data["password"])


class NotesRecoverView(WithKeys):
    form_class = forms.SheetForm
    heading = _("Open your notes with your recovery sheet")
    button = _("Open")
    success = _("Your notes are open again. From now on your password opens them.")
    wrong = _("This code or this password does not open your notes.")

    def open(self, data: dict[str, Any]) -> None:
        """Open with the sheet. Whoever has just changed the address may be somebody else: then it waits."""
        changed = User.objects.values_list("address_changed_at", flat=True).get(pk=self.request.user.pk)
        if changed and timezone.now() < changed + SHEET_WAITS:
            day = date_format(timezone.localtime(changed + SHEET_WAITS), "DATETIME_FORMAT")
            raise NotPossible(
                _(
                    "An email address of this account was changed. To protect your notes, the sheet opens them from %(day)s. "
                    "The password you had before opens them now."
                )
                % {"day": day}
            )
        vault.open_with_sheet(self.request, data["code"], password=data["password"])


class NotesOldPasswordView(WithKeys):
    form_class = forms.OldPasswordForm
    heading = _("Open your notes with the password you had before")
    button = _("Open")
    success = _("Your notes are open again. From now on your password opens them.")
    wrong = _("One of these passwords is not right.")

    def open(self, data: dict[str, Any]) -> None:
        vault.adopt_password(self.request, data["old"], password=data["password"])


class NotesAnewView(WithKeys):
    form_class = forms.OpenForm
    template_name = "accounts/notes_anew.html"
    heading = _("Begin with new keys?")
    button = _("Begin with new keys")
    success = _("You have new keys. Please make a recovery sheet now.")
    wrong = _("This is not your password. Nothing was changed.")

    def open(self, data: dict[str, Any]) -> None:
        vault.begin_anew(self.request, data["password"])


class NotesUnlockedMixin(View):
    """A page for somebody whose notes are open; others are sent to open them first."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        found = vault.unlocked(request)
        if found is None:
            return to_open(request)
        self.vault = found
        return super().dispatch(request, *args, **kwargs)


class NotesSheetView(NotesUnlockedMixin, ConfirmPage):
    """Make a notes recovery sheet: shown once, printed, one group typed back."""

    heading = _("Make a notes recovery sheet?")
    button = _("Show my sheet")

    def happens(self) -> list[Any]:
        return [
            _("You see a code once. Print it or write it down."),
            _("With it your notes open again after you lost your password."),
            _("A sheet you made before does not work any more."),
            _("Whoever has the sheet can open your notes. Keep it where only you look."),
        ]

    def get_back(self) -> str:
        return reverse("notes")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        code, token, number = vault.make_sheet(self.vault)
        account_changed.send(sender=User, user=request.user, what="sheet_made")
        form = forms.GroupForm(initial={"token": token}, number=number)
        return render(request, "accounts/notes_sheet.html", {"groups": code.split("-"), "form": form})


class NotesSheetCheckView(NotesUnlockedMixin, FormPage):
    """One group of the sheet is typed back: it was kept, and can be read."""

    form_class = forms.GroupForm
    heading = _("Is your sheet right?")
    button = _("Check")
    success = _("Your sheet is right. Keep it where only you look.")

    def get_back(self) -> str:
        return reverse("notes-sheet")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(self.get_back())

    def act(self, form: forms.GroupForm) -> str:
        try:
            vault.check_group(self.vault, form.cleaned_data["token"], form.cleaned_data["group"])
        except vault.Refused:
            raise NotPossible(_("This is not the group we asked for. Look at your sheet, or make a new one.")) from None
        return reverse("notes")


class NotesWithoutView(NotesUnlockedMixin, ConfirmPage):
    heading = _("Do without a recovery sheet?")
    button = _("Do without")
    success = _("You do without a sheet. You can make one at any time.")
    careful = True

    def happens(self) -> list[Any]:
        return [
            _("If you lose your password, nobody can bring your notes back."),
            _("The other reader may share them with you again."),
            _("You can make a sheet at any time, while your notes are open."),
        ]

    def get_back(self) -> str:
        return reverse("notes")

    def act(self) -> str:
        vault.do_without_sheet(self.vault)
        return self.get_back()


class NotesKnownView(NotesUnlockedMixin, FormPage):
    """Somebody may know the password: a new one, new keys for everything, every device signed out."""

    template_name = "accounts/notes_known.html"
    form_class = forms.KnownForm
    heading = _("Does somebody know your password?")
    button = _("Change everything")

    def get_back(self) -> str:
        return reverse("notes")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user}

    def act(self, form: forms.KnownForm) -> str:
        user = User.objects.get(pk=self.request.user.pk)
        try:
            with transaction.atomic():
                vault.somebody_may_know(self.vault, form.cleaned_data["password"], new=form.cleaned_data["new"])
                user.set_password(form.cleaned_data["new"])
                user.save(update_fields=["password"])
                end_all_access(user, addresses=form.cleaned_data.get("addresses"))
        except vault.Refused:
            raise NotPossible(_("This is not your password. Nothing was changed.")) from None
        logout(self.request)
        messages.success(
            self.request, _("Everything is changed. Sign in with your new password, then make a new sheet.")
        )
        if Authenticator.objects.filter(user=user).exists():
            messages.info(
                self.request, _("Your recovery codes for signing in are gone too. Make new ones after signing in.")
            )
        return reverse("account_login")


class NotesLockView(View):
    """Close one's notes in this browser now."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        vault.lock(request)
        messages.success(request, _("Your notes are closed."))
        return redirect("notes")
