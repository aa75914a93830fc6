"""A form base that every form of the product shares: our crispy helper and a summary of errors."""

from collections.abc import Callable
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from peersupport.web.plain import cleaned


def _in_any_digits(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a reader of days and times that takes digits of any script."""
    return lambda value: read(cleaned(value) if isinstance(value, str) else value)


class HelperMixin:
    """Give the form a crispy helper that draws fields only; pages own the <form> tag and its buttons.

    Days and times may be typed in the digits of any script.
    """

    fields: dict[str, forms.Field]

    def read_any_digits(self) -> None:
        """Let the fields of days and times read digits as their writer's keyboard has them."""
        for field in self.fields.values():
            if isinstance(field, forms.DateField | forms.TimeField | forms.DateTimeField):
                field.to_python = _in_any_digits(field.to_python)  # type: ignore[method-assign]

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper


class PeerForm(HelperMixin, forms.Form):
    """A plain form in our look."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.read_any_digits()


class PeerModelForm(HelperMixin, forms.ModelForm):  # type: ignore[type-arg]
    """A model form in our look."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.read_any_digits()
