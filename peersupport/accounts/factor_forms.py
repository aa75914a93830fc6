"""Forms of allauth's second factors: codes in digits of any script. (Apart from `forms`, which allauth imports.)"""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm

from peersupport.web.plain import cleaned


class _PlainCode:
    """A code is read as 0 to 9 whatever keyboard wrote it, without the spaces and marks of a copy."""

    cleaned_data: dict[str, Any]

    def clean_code(self) -> Any:
        self.cleaned_data["code"] = cleaned(self.cleaned_data["code"]).replace(" ", "")
        return super().clean_code()  # type: ignore[misc]


class SecondFactor(_PlainCode, AuthenticateForm):  # type: ignore[misc]
    pass


class SecondFactorAgain(_PlainCode, ReauthenticateForm):  # type: ignore[misc]
    pass


class BeginApp(_PlainCode, ActivateTOTPForm):  # type: ignore[misc]
    pass
