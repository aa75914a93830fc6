"""Input about meetings and notes."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import User
from peersupport.ui.forms import PeerForm
from sessions_log.models import Note, Setting

LONGEST = 20_000


class SessionForm(PeerForm):
    """When, how long and where two people meet."""

    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the day.")},
    )  # fmt: skip
    time = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Choose the time.")},
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=_("How many minutes?"), min_value=5, max_value=24 * 60, initial=60,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    setting = forms.ChoiceField(
        label=_("Where?"), choices=Setting.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose where.")},
    )  # fmt: skip
    time_zone = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def clean_time_zone(self) -> str:
        zone = str(self.cleaned_data["time_zone"])
        if zone not in available_timezones():
            raise forms.ValidationError(_("We do not know this time zone."))
        return zone

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if not 2000 <= day.year <= 2200:
            raise forms.ValidationError(_("Please look at the year."))
        return day

    def values(self) -> dict[str, Any]:
        """Return what a workflow takes."""
        data = self.cleaned_data
        return {
            "wall_time": datetime.combine(data["day"], data["time"]), "time_zone": data["time_zone"],
            "minutes": data["minutes"], "setting": data["setting"],
        }  # fmt: skip


def words(label: Any, help_text: Any = "", rows: int = 4) -> forms.CharField:
    """Return a box for words that may stay empty."""
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto", "autocomplete": "off"}),
    )  # fmt: skip


class Sealed(PeerForm):
    """A text for the vault. Its names are the names of its parts; nothing typed is logged or kept in plain."""

    token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)
    NOTHING: Any = _("Write something first.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(self.parts().values()):
            raise forms.ValidationError(self.NOTHING)
        return data

    def parts(self) -> dict[str, str]:
        """Return what was written, by the names of the boxes."""
        return {name: str(text).strip() for name, text in self.cleaned_data.items() if name != "token" and text}


class NoteForm(Sealed):
    """A note both can read. Every box can stay empty; none asks for a diagnosis, a risk or progress."""

    talked = words(_("What we talked about"))
    strength = words(_("What gave strength"))
    wishes = words(_("What each of us wants to do"))
    other = words(_("Anything else"))


class AddForm(Sealed):
    added = words(_("Your own words about this note"), rows=5)


class ReflectionForm(Sealed):
    reflection = words(
        _("Your reflection"),
        _("About your own practice. Please name nobody: this is tied to no one you support."),
        rows=10,
    )


class SearchForm(PeerForm):
    find = forms.CharField(label=_("Find in these notes"), max_length=200, required=False,
                           widget=forms.TextInput(attrs={"autocomplete": "off"}))  # fmt: skip


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
        label=_("Until when?"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Half a year at most. It ends by itself."),
        error_messages={"required": _("Choose the day.")},
    )  # fmt: skip

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
