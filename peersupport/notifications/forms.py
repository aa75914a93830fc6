"""What somebody chooses to get by mail."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import User
from peersupport.notifications import registry
from peersupport.web.forms import PeerForm


class ChoicesForm(PeerForm):
    """Whether mail comes at all, which groups, one by one or one a day."""

    mail_wanted = forms.BooleanField(
        label=_("Send me an email when something waits for me"),
        required=False,
        help_text=_("Some messages are always sent: an answer somebody waits for, or the end of support."),
    )
    groups = forms.MultipleChoiceField(
        label=_("By email, please"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What you leave out stands in your inbox only."),
    )
    how = forms.ChoiceField(
        label=_("How many emails?"),
        widget=forms.RadioSelect,
        choices=[("each", _("One for each message")), ("daily", _("One a day, if there is something"))],
        error_messages={"required": _("Choose one.")},
    )
    digest_at = forms.TimeField(
        label=_("At what time, if one a day?"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        now = {
            "mail_wanted": user.mail_wanted,
            "groups": [key for key in registry.GROUPS if key not in user.mail_off],
            "how": "daily" if user.digest_at else "each",
            "digest_at": user.digest_at,
        }
        super().__init__(*args, **(kwargs | {"initial": now | (kwargs.get("initial") or {})}))
        self.user = user
        self.fields["groups"].choices = list(registry.GROUPS.items())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("how") == "daily" and not data.get("digest_at") and "digest_at" not in self.errors:
            self.add_error("digest_at", _("Choose the time of the one email."))
        return data

    def save(self) -> None:
        """Keep the choice."""
        data = self.cleaned_data
        User.objects.filter(pk=self.user.pk).update(
            mail_wanted=data["mail_wanted"],
            mail_off=[key for key in registry.GROUPS if key not in data["groups"]],
            digest_at=data["digest_at"] if data["how"] == "daily" else None,
        )
