"""Places and times as choices of a form: one number in the database, tick boxes on the page."""

from collections.abc import Iterable
from typing import Any

from django import forms

from supporters.models import DAYS, PARTS, SETTINGS

SETTING_CHOICES = [(str(bit), words) for bit, words in enumerate(SETTINGS.values())]
TIME_CHOICES = [
    (name, [(str(day * len(PARTS) + part), words) for part, words in enumerate(PARTS)]) for day, name in enumerate(DAYS)
]


def to_bits(chosen: Iterable[str]) -> int:
    """Return the number whose bits are the chosen choices."""
    return sum(1 << int(bit) for bit in set(chosen))


def from_bits(number: int, count: int) -> list[str]:
    """Return the choices that are set in `number`, of `count` possible ones."""
    return [str(bit) for bit in range(count) if number >> bit & 1]


def words_for_settings(number: int) -> list[Any]:
    """Return the places that are set, in words."""
    return [words for bit, words in enumerate(SETTINGS.values()) if number >> bit & 1]


def times_by_day(number: int) -> list[tuple[Any, list[Any]]]:
    """Return each day that has a time set, with its parts of the day."""
    days = []
    for day, name in enumerate(DAYS):
        parts = [words for part, words in enumerate(PARTS) if number >> (day * len(PARTS) + part) & 1]
        if parts:
            days.append((name, parts))
    return days


class SettingsField(forms.MultipleChoiceField):
    """Places as tick boxes; its value is the number."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=SETTING_CHOICES, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return from_bits(value, len(SETTINGS)) if isinstance(value, int) else value

    def clean(self, value: Any) -> int:  # type: ignore[override]
        return to_bits(super().clean(value))


class TimesField(forms.MultipleChoiceField):
    """Times of the week as tick boxes; its value is the number."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=TIME_CHOICES, **kwargs)
        self.by_day = True

    def prepare_value(self, value: Any) -> Any:
        return from_bits(value, len(DAYS) * len(PARTS)) if isinstance(value, int) else value

    def clean(self, value: Any) -> int:  # type: ignore[override]
        return to_bits(super().clean(value))
