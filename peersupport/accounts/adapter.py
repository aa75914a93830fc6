"""How allauth behaves here: neutral mails through the outbox, passwords counted first, second factors encrypted."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.utils import has_verified_email
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from peersupport.accounts import mail, password_attempts
from peersupport.accounts.mail import AccountMail
from peersupport.accounts.models import User
from peersupport.accounts.session_limits import new_session_key
from peersupport.accounts.signals import account_changed
from peersupport.organization.context import current
from peersupport.vault import door as vault
from peersupport.web.mail import NEUTRAL_SUBJECT
from peersupport.web.plain import plain_address
from peersupport.web.site_seal import open_sealed, seal

TOO_OFTEN = _(
    "Too many passwords were tried for this account in the last hour. Wait an hour, ask for a one-time sign-in link below, or call us."
)


WRONG = _(
    "This address and this password do not fit together. If you have just signed up, open the link in our email first."
)


class AccountAdapter(DefaultAccountAdapter):
    """Mails with a subject that tells a bystander nothing, written to the outbox."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": TOO_OFTEN,
        "email_password_mismatch": WRONG,
    }

    def format_email_subject(self, subject: str) -> str:
        return str(NEUTRAL_SUBJECT)

    def clean_email(self, email: str) -> str:
        """One mailbox is one address, however it is written."""
        return plain_address(email)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try first, in place of allauth's own limit, which locks an owner out by others' guesses."""
        try:
            request._counted = password_attempts.count_attempt(request, login=credentials.get("email", ""))  # type: ignore[attr-defined]
        except password_attempts.TooManyAttempts:
            raise self.validation_error("too_many_login_attempts") from None

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Where the raw password is at hand, and right, the vault opens (sign-in and signing in again)."""
        user = super().authenticate(request, **credentials)
        if user is not None and user != password_attempts.account_of(credentials.get("email", "")):
            return None  # an address that somebody has only claimed opens nothing
        if user is not None and not request.user.is_authenticated and not has_verified_email(user):
            # Answered as a wrong password: whoever signed up with somebody's address must not see the difference.
            _confirm_again(request, user)
            return None
        if user is not None:
            password_attempts.forgive(request._counted)  # type: ignore[attr-defined]
            if request.user.is_authenticated:
                new_session_key(request)
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

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write a row of the outbox. Keys are made when the mail leaves; other words are sealed until then."""
        user = context.get("user")
        user = user if isinstance(user, User) and user.pk else None
        language = (user.language if user else "") or get_language() or settings.LANGUAGE_CODE
        name = template_prefix.rpartition("/")[2]
        if name == "password_reset_key":
            mail.send(AccountMail("reset", email, language, user))
        elif name in {"email_confirmation", "email_confirmation_signup"}:
            row = EmailAddress.objects.get(user=user, email__iexact=email)
            mail.send(AccountMail("confirm", email, language, user, {"address": row.pk}))
        else:
            request = allauth_context.request
            words = render_to_string(f"{template_prefix}_message.txt", {"email": email, **context}, request).strip()
            mail.send(AccountMail("words", email, language, user, {"words": words}))

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """What changed about an account is told in its inbox; a mail says only that something waits there."""
        account_changed.send(sender=User, user=user, what=template_prefix.rpartition("/")[2])


def _confirm_again(request: HttpRequest, user: User) -> None:
    row = EmailAddress.objects.filter(user=user).first()
    if row:
        row.send_confirmation(request)
    else:
        EmailAddress.objects.add_email(request, user, user.email, confirm=True)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors are encrypted in the database, with a key made from the site's secret."""

    def encrypt(self, text: str) -> str:
        return seal(text, use="second factor").decode()

    def decrypt(self, encrypted_text: str) -> str:
        return open_sealed(encrypted_text.encode(), use="second factor")

    def get_totp_issuer(self) -> str:
        return current().name

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": current().name}
