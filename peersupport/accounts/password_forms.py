"""Forms of allauth's that we have a part in. (Apart from `forms`, which allauth itself imports.)"""

from typing import Any

from allauth.account.forms import AddEmailForm, ChangePasswordForm, LoginForm, ResetPasswordForm, SignupForm
from allauth.account.models import EmailAddress
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import User
from peersupport.accounts.password_attempts import account_of
from peersupport.accounts.session_limits import OWN_DEVICE
from peersupport.vault import door as vault
from peersupport.web.plain import plain_address


class SignIn(LoginForm):
    """Address, password, and whether only this person uses this device."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remember"].label = _("Only I use this device")
        self.fields["remember"].help_text = _(
            "If you don't tick this, you are signed out after 30 minutes without use."
        )

    def clean_login(self) -> str:
        return plain_address(self.cleaned_data["login"])

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> Any:
        request.session[OWN_DEVICE] = bool(self.cleaned_data.get("remember"))
        return super().login(request, redirect_url)


class SignUp(SignupForm):
    """A new account. Where the address has one already, the answer takes as long and says the same."""

    def validate_unique_email(self, value: str) -> str:
        """An address that somebody only added to another account, and never confirmed, keeps nobody from signing up."""
        email = plain_address(value)
        self.account_already_exists = account_of(email) is not None
        return email

    def try_save(self, request: HttpRequest) -> Any:
        if self.account_already_exists:
            make_password(self.cleaned_data.get("password1"))  # as much work as for a new account
            return super().try_save(request)
        with transaction.atomic():
            EmailAddress.objects.filter(email__iexact=self.cleaned_data["email"], verified=False).delete()
            return super().try_save(request)


class AddAddress(AddEmailForm):
    """Another address, and whether somebody else reads the one before."""

    others_read_old = forms.ChoiceField(
        label=_("Does anyone else read your old address?"),
        help_text=_(
            "If so, we write nothing to it. When you confirm the new address, the old one is removed, and you are signed "
            "out everywhere else."
        ),
        choices=[("no", _("No, only I do")), ("yes", _("Yes")), ("unsure", _("I am not sure"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one, so that we know where we may write.")},
    )

    def save(self, request: HttpRequest) -> Any:
        alone = self.cleaned_data["others_read_old"] == "no"
        User.objects.filter(pk=request.user.pk).update(old_address_private=alone)
        return super().save(request)


class AskForNewPassword(ResetPasswordForm):
    """A new password by email, to an address that is known to be somebody's own."""

    def clean_email(self) -> str:
        email = str(super().clean_email())
        owner = account_of(email)
        self.users = [owner] if owner and owner.is_active else []
        return plain_address(email)  # as it is known here, and not as somebody spelled it: mail programmes may differ


class ChangePassword(ChangePasswordForm):
    """A new password: the keys of one's notes go over to it in the same transaction."""

    def save(self) -> None:
        with transaction.atomic():
            vault.change_password(self.user, old=self.cleaned_data["oldpassword"], new=self.cleaned_data["password1"])
            super().save()
