"""Input about the keys of one's notes. No form of these keeps or shows what was typed into it again."""

from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import User
from peersupport.web.forms import PeerForm


def password_field(label: Any, *, new: bool = False, help_text: Any = "") -> forms.CharField:
    """Return a field for a password; what is typed is never sent back to the page."""
    kind = "new-password" if new else "current-password"
    widget = forms.PasswordInput(attrs={"autocomplete": kind})
    return forms.CharField(label=label, strip=False, max_length=1000, widget=widget, help_text=help_text)


class OpenForm(PeerForm):
    password = password_field(_("Your password"))


class SheetForm(PeerForm):
    code = forms.CharField(
        label=_("The code on your notes recovery sheet"),
        max_length=200,
        help_text=_("Eight groups of five letters and digits. Spaces and small letters do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    password = password_field(_("The password you sign in with now"))


class OldPasswordForm(PeerForm):
    old = password_field(_("The password you had before"))
    password = password_field(_("The password you sign in with now"))


class GroupForm(PeerForm):
    group = forms.CharField(
        label=_("Type this group from your sheet"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=1000)

    def __init__(self, *args: Any, number: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if number:
            self.fields["group"].label = _("Type group %(number)s from your sheet") % {"number": number}


class KnownForm(PeerForm):
    password = password_field(_("Your password now"))
    new = password_field(_("A new password"), new=True, help_text=_("At least 12 characters. Several words work well."))

    addresses = forms.MultipleChoiceField(
        label=_("Which of these email addresses are yours alone?"),
        help_text=_("The others are removed. Anyone who reads one of them could ask for a new password."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one address, so that you can sign in.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        confirmed = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "email")
        addresses = list(confirmed.values_list("email", flat=True))
        if len(addresses) > 1:
            self.fields["addresses"].choices = [(address, address) for address in addresses]  # type: ignore[attr-defined]
        else:
            del self.fields["addresses"]

    def clean_new(self) -> str:
        new = str(self.cleaned_data["new"])
        validate_password(new, self.user)
        if new == self.cleaned_data.get("password"):
            raise forms.ValidationError(_("Choose another password than the one somebody may know."))
        return new
