"""Times of meetings: the clock on the wall and its zone, and the form for them."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.ui.forms import PeerForm


def utc_of(wall_time: datetime, zone: str) -> datetime:
    """Return the moment a clock on the wall in `zone` shows `wall_time` (the first of two when clocks go back)."""
    return wall_time.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


class WhenForm(PeerForm):
    """When and how long two people meet, as the clock on the wall in a zone."""

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
            "minutes": data["minutes"],
        }  # fmt: skip
