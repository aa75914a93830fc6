"""A form base that every form of the product shares: our crispy helper and a summary of errors."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

phone_number = RegexValidator(
    r"^[0-9٠-٩+()./\- ]{4,40}$", _("Write a phone number with digits, such as +44 20 7946 0000.")
)


class HelperMixin:
    """Give the form a crispy helper that draws fields only; pages own the <form> tag and its buttons."""

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


class PeerModelForm(HelperMixin, forms.ModelForm):  # type: ignore[type-arg]
    """A model form in our look."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
