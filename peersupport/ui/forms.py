"""A form base that every form of the product shares: our crispy helper and a summary of errors."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms


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
