"""Input about one's own account."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from peersupport import zones
from peersupport.accounts.models import Role, User
from peersupport.web.forms import PeerForm, PeerModelForm
from peersupport.web.plain import plain_address


class SignupDetails(forms.Form):
    """What signing up asks beside address and password."""

    name = forms.CharField(
        max_length=80,
        required=False,
        label=_("How we may call you"),
        help_text=_("Any name you like."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )

    def signup(self, request: Any, user: User) -> None:
        """Everything is saved by the adapter."""


class PreferencesForm(PeerModelForm):
    """Name, language, time zone and quiet hours."""

    language = forms.ChoiceField(choices=settings.LANGUAGES, label=_("Language"), widget=forms.RadioSelect)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = User
        fields = ["name", "language", "time_zone", "wording_helper", "quiet_from", "quiet_until"]
        widgets = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts = {
            "wording_helper": _("It points at words that may label people. What you write is never kept for it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = sorted(name for name in zones.names() if "/" in name and not name.startswith("Etc/"))
        self.fields["time_zone"].choices = [("", _("As the organization")), *((place, place) for place in places)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("quiet_from")) != bool(data.get("quiet_until")):
            missing = "quiet_until" if data.get("quiet_from") else "quiet_from"
            self.add_error(missing, _("Give both times, or none."))
        return data


class ServiceForm(PeerForm):
    """Whether somebody works for a service that peers may be sent to."""

    works = forms.ChoiceField(
        label=_("Do you work for a health or social service?"),
        widget=forms.RadioSelect,
        choices=[("no", _("No")), ("yes", _("Yes, for one of them"))],
        help_text=_("Whoever does may supervise, and reads no notes of anyone."),
        error_messages={"required": _("Choose one.")},
    )


class InviteForm(PeerForm):
    """Invite somebody to a role."""

    email = forms.EmailField(label=_("Email address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    language = forms.ChoiceField(choices=settings.LANGUAGES, label=_("Language of the invitation"))


class InviteStaffForm(InviteForm):
    """Invite somebody to a role of trust."""

    role = forms.ChoiceField(
        choices=[(role.value, role.label) for role in (Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR)],
        label=_("Role"),
        widget=forms.RadioSelect,
    )
    field_order = ["role", "email", "language"]


class AcceptForm(PeerForm):
    """Take on a role with a new account.

    Where an address is known already (the invitation was sent to it), the account is made with that one: nobody can
    try out which addresses have an account.
    """

    name = forms.CharField(
        max_length=80,
        label=_("How we may call you"),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
        error_messages={"required": _("Write a name. It can be any name.")},
    )
    email = forms.EmailField(label=_("Email address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 12 characters. Several words work well."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, known_address: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known_address:
            self.fields["email"].disabled = True
            self.initial["email"] = known_address

    def clean_email(self) -> str:
        email = plain_address(self.cleaned_data["email"])
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError(
                _("There is an account with this address. Sign in first, then open the link again.")
            )
        return str(email)

    def clean_password(self) -> str:
        from django.contrib.auth.password_validation import validate_password

        validate_password(self.cleaned_data["password"])
        return str(self.cleaned_data["password"])


class AddressForm(PeerForm):
    """One's own address."""

    email = forms.EmailField(
        label=_("Your email address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Write your email address.")},
    )

    def clean_email(self) -> str:
        return plain_address(self.cleaned_data["email"])


class DeleteForm(PeerForm):
    """The password once more, because nothing brings an account back."""

    password = forms.CharField(
        label=_("Your password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is not your password. Nothing was deleted."))
        return ""
