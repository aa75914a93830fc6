"""Forms of allauth's that the vault has a part in. (Apart from `forms`, which allauth itself imports.)"""

from allauth.account.forms import ChangePasswordForm
from django.db import transaction

from peersupport.vault import door as vault


class ChangePassword(ChangePasswordForm):
    """A new password: the keys of one's notes go over to it in the same transaction."""

    def save(self) -> None:
        with transaction.atomic():
            vault.change_password(self.user, old=self.cleaned_data["oldpassword"], new=self.cleaned_data["password1"])
            super().save()
