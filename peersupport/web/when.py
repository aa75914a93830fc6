"""Times of meetings: the clock on the wall and its zone, and the form for them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport import zones
from peersupport.web.forms import PeerForm


def utc_of(wall_time: datetime, zone: str) -> datetime:
    """Return the moment a clock on the wall in `zone` shows `wall_time` (the first of two when clocks go back)."""
    return wall_time.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


Tell = Callable[[Any], None]
_kept: list[tuple[type[models.Model], Tell]] = []


def register_times(model: type[models.Model], tell: Tell) -> None:
    """Register a model that keeps `wall_time`, `time_zone` and `starts_at`, and who is told when the last one changes."""
    _kept.append((model, tell))


def recompute(now: datetime) -> int:
    """Work out again when what lies ahead begins, after the rules of a zone changed; return how many moved.

    The clock on the wall stays what the two agreed on. Each change and what is told of it are one transaction.
    """
    moved = 0
    for model, tell in _kept:
        ahead = model._base_manager.filter(starts_at__gt=now - timedelta(days=1)).order_by("pk")
        for row in ahead.iterator(chunk_size=500):
            begins = utc_of(row.wall_time.replace(tzinfo=None), row.time_zone)
            if begins != row.starts_at:
                moved += _move(model, row, begins, tell)
    return moved


def _move(model: type[models.Model], row: Any, begins: datetime, tell: Tell) -> int:
    with transaction.atomic():
        same = model._base_manager.filter(pk=row.pk, wall_time=row.wall_time, time_zone=row.time_zone)
        if not same.update(starts_at=begins):
            return 0  # moved by its people meanwhile
        row.starts_at = begins
        tell(row)
    return 1


def in_readers_zone(row: Any) -> dict[str, Any]:
    """Return day, time and zone of a moment for a form: by the clock of whoever reads it."""
    there = timezone.localtime(row.starts_at)
    return {"day": there.date(), "time": there.time(), "time_zone": timezone.get_current_timezone_name()}


def place_of(zone: str) -> str:
    """Return the name of a zone as people say it ("Europe/Madrid" is Madrid)."""
    return zone.rpartition("/")[2].replace("_", " ")


class WhenForm(PeerForm):
    """When and how long two people meet, as the clock on the wall in a zone, which the form names."""

    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the day.")},
    )
    time = forms.TimeField(
        label=_("Time"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Choose the time.")},
    )
    minutes = forms.IntegerField(
        label=_("How many minutes?"),
        min_value=5,
        max_value=24 * 60,
        initial=60,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    time_zone = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = str(self["time_zone"].value() or "")
        if zone in zones.names():
            self.fields["time"].help_text = _("By the clock in %(place)s.") % {"place": place_of(zone)}

    def clean_time_zone(self) -> str:
        zone = str(self.cleaned_data["time_zone"])
        if zone not in zones.names():
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
            "wall_time": datetime.combine(data["day"], data["time"]),
            "time_zone": data["time_zone"],
            "minutes": data["minutes"],
        }
