"""Input about leave, talks, gatherings and duty."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.sealed import SealedForm, words
from peersupport.web.forms import PeerForm
from peersupport.web.phones import PhoneInput
from peersupport.web.when import WhenForm, utc_of
from supporters.staffing.models import GatheringKind


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the day.")},
    )


def _phone(label: Any) -> PhoneInput:
    return PhoneInput(label=label, max_length=40, error_messages={"required": _("Write the number.")})


class LeaveForm(PeerForm):
    """The days of a leave. Nothing asks why."""

    starts_on = _day(_("First day away"), help_text=_("Today is fine. Then it begins at once."))
    ends_on = _day(_("Last day away"), required=False, help_text=_("Leave it empty if you do not know yet."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("The last day can't be before the first."))
        return data


class ReviewForm(SealedForm):
    """What the two talked about. No box asks about anyone supported, or about anybody's health."""

    well = words(_("What goes well"), _("Please name nobody you support."))
    worries = words(_("What is difficult, and what would help"))
    agreed = words(_("What you agreed, and by when"))


class GatheringForm(WhenForm):
    """When, where and what a gathering is about."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=GatheringKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    topic = forms.CharField(
        label=_("What is it about?"),
        max_length=120,
        required=False,
        help_text=_("For example: friendship and boundaries, power, stress."),
    )
    where = forms.CharField(
        label=_("Where? A place, or a link"), max_length=300, error_messages={"required": _("Say where.")}
    )
    field_order = ["kind", "topic", "day", "time", "minutes", "where"]

    def values(self) -> dict[str, Any]:
        """Return what a workflow takes."""
        return super().values() | {name: self.cleaned_data[name] for name in ("kind", "topic", "where")}


class DutyForm(PeerForm):
    """When somebody can be reached, and how."""

    day = _day(_("Day"))
    time = forms.TimeField(
        label=_("From"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Choose the time.")},
    )
    hours = forms.IntegerField(
        label=_("For how many hours?"),
        min_value=1,
        max_value=24,
        initial=3,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    phone = _phone(_("The number on which supporters reach you"))

    def values(self, zone: str) -> dict[str, Any]:
        """Return what a workflow takes; the clock on the wall is the one of `zone`."""
        data = self.cleaned_data
        starts_at = utc_of(datetime.combine(data["day"], data["time"]), zone)
        return {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=data["hours"]), "phone": data["phone"]}


class TalkForm(PeerForm):
    """How to be reached, once."""

    phone = _phone(_("The number to ring you"))
