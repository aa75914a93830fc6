"""Input about meetings and notes."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import User
from peersupport.accounts.sealed import SealedForm, words
from peersupport.web.forms import PeerForm
from peersupport.web.when import WhenForm
from sessions_log.models import MeetingPlace, Note


class MeetingForm(WhenForm):
    """When, how long and where two people meet."""

    setting = forms.ChoiceField(
        label=_("Where?"),
        choices=MeetingPlace.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose where.")},
    )
    field_order = ["day", "time", "minutes", "setting"]

    def values(self) -> dict[str, Any]:
        """Return what a workflow takes."""
        return super().values() | {"setting": self.cleaned_data["setting"]}


class NoteForm(SealedForm):
    """A note both can read. Every box can stay empty; none asks for a diagnosis, a risk or progress."""

    talked = words(_("What we talked about"))
    strength = words(_("What gave strength"))
    wishes = words(_("What each of us wants to do"))
    other = words(_("Anything else"))


class AddForm(SealedForm):
    added = words(_("Your own words about this note"), rows=5)


class ReflectionForm(SealedForm):
    reflection = words(
        _("Your reflection"),
        _("About your own practice. Please name nobody: this is tied to no one you support."),
        rows=10,
    )


class SearchForm(PeerForm):
    find = forms.CharField(
        label=_("Find in these notes"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def in_days(days: int) -> date:
    """Return the day that is so many days from today."""
    return timezone.localdate() + timedelta(days=days)


class AskToShareForm(PeerForm):
    """Which supervisor may read what, until when."""

    supervisor = forms.ChoiceField(
        label=_("Which supervisor?"), widget=forms.RadioSelect, error_messages={"required": _("Choose a supervisor.")}
    )
    what = forms.ChoiceField(
        label=_("What may they read?"), widget=forms.RadioSelect, error_messages={"required": _("Choose what.")}
    )
    until = forms.DateField(
        label=_("Until when?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Half a year at most. It ends by itself."),
        error_messages={"required": _("Choose the day.")},
    )

    def __init__(self, *args: Any, supervisors: Sequence[User], notes: Sequence[Note], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._supervisors = {str(user.pk): user for user in supervisors}
        self._notes = {str(note.pk): note for note in notes}
        self.fields["supervisor"].choices = [(key, str(user)) for key, user in self._supervisors.items()]
        days = {
            key: _("The note of %(day)s") % {"day": date_format(timezone.localtime(note.made_at), "DATETIME_FORMAT")}
            for key, note in self._notes.items()
        }
        self.fields["what"].choices = [("all", _("All notes, new ones too")), *days.items()]

    def chosen_supervisor(self) -> User:
        """Return who was chosen."""
        return self._supervisors[self.cleaned_data["supervisor"]]

    def chosen_note(self) -> Note | None:
        """Return the note that was chosen, or None for all."""
        return self._notes.get(self.cleaned_data["what"])
