"""How allauth behaves here: neutral mails, no sign-up by a wrong door, second-factor secrets encrypted."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest

from peersupport.accounts.models import User
from peersupport.organization.context import current
from peersupport.ui.mail import NEUTRAL_SUBJECT
from peersupport.vault import door as vault


class AccountAdapter(DefaultAccountAdapter):
    """Mails with a subject that tells a bystander nothing."""

    def format_email_subject(self, subject: str) -> str:
        return str(NEUTRAL_SUBJECT)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Where the raw password is at hand, and right, the vault opens (sign-in and signing in again)."""
        user = super().authenticate(request, **credentials)
        if user is not None and credentials.get("password"):
            vault.password_at_hand(request, user, credentials["password"])
        return user

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user = super().save_user(request, user, form, commit=False)
        user.name = form.cleaned_data.get("name", "")
        user.language = getattr(request, "LANGUAGE_CODE", "") or settings.LANGUAGE_CODE
        if commit:
            user.save()
        return user


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors are encrypted in the database, with a key made from the site's secret."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return current().name

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": current().name}


def _fernet() -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"second factor").derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(key))
