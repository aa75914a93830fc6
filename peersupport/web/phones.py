"""Telephone numbers: cleaned before they are judged, the same in every form and in the import alike."""

from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from peersupport.web.plain import cleaned, plain_digits

#: With a country code a number has at most 15 digits (E.164); without one, short numbers have three.
FEWEST, MOST = 3, 17
_SIGNS = frozenset("0123456789+()./-;,# ")
WRONG = _("Write a phone number with digits, such as +44 20 7946 0000.")
WRONG_LENGTH = _("This number is too short or too long for its country code. Please look again.")


def plain_phone(text: str) -> str:
    """Return a number as it is kept: no invisible marks, plain dashes, spaces and digits; with a country code as people
    of that country write it internationally. What is no number comes back cleaned, for whoever says so.
    """
    number = cleaned(text)
    if number.lower().startswith("tel:"):
        number = number[4:].strip()
    parsed = _parsed(number)
    if parsed is None:
        return number
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def check_phone(number: str) -> None:
    """Raise ValidationError unless this could be a number; a short one of a country ("112") is one."""
    bare = number.lower().replace("ext.", "#").replace("x", "#")
    if not set(bare) <= _SIGNS or not FEWEST <= len(plain_digits(number)) <= MOST + 6:
        raise ValidationError(WRONG)
    if number.startswith(("+", "00")) and _parsed(number) is None:
        raise ValidationError(WRONG_LENGTH)


def _parsed(number: str) -> Any:
    """Return a number with a country code that has a length its country uses, or None."""
    international = f"+{number[2:]}" if number.startswith("00") else number
    if not international.startswith("+"):
        return None
    try:
        parsed = phonenumbers.parse(international)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_possible_number(parsed) else None


class PhoneInput(forms.CharField):
    """A box for a telephone number."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return plain_phone(str(super().to_python(value)))

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value:
            check_phone(value)


class PhoneField(models.CharField):  # type: ignore[type-arg]
    """A telephone number, cleaned and judged wherever it comes in by a form."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**({"form_class": PhoneInput} | kwargs))
