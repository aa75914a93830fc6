"""Input about training."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from peersupport.ui.forms import PeerForm, PeerModelForm
from supporters.training.models import Course


class DoneForm(PeerForm):
    """When a course was done, and what shows it."""

    done_on = forms.DateField(
        label=_("On which day?"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the day.")},
    )  # fmt: skip
    evidence = forms.CharField(
        label=_("What shows it?"), required=False, max_length=200,
        help_text=_("For example: a certificate, or who taught it. It can stay empty."),
    )  # fmt: skip


class CourseForm(PeerModelForm):
    """A course in every language of the site."""

    class Meta:
        model = Course
        fields = ["kind", "easy_read", "valid_months", "order", "active"]
        widgets = {"kind": forms.RadioSelect}
        error_messages = {"kind": {"required": _("Choose one.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, name, about = {}, _("Name"), _("What it is about")
        for code, own in settings.LANGUAGES:
            first[f"name_{code}"] = forms.CharField(
                label=f"{name} ({own})", max_length=120, required=code == settings.LANGUAGE_CODE, error_messages={"required": _("Write the name of the course.")},
                initial=self.instance.names.get(code, ""), widget=forms.TextInput(attrs={"lang": code, "dir": "auto"}),
            )  # fmt: skip
            first[f"about_{code}"] = forms.CharField(
                label=f"{about} ({own})", max_length=500, required=False,
                initial=self.instance.abouts.get(code, ""), widget=forms.Textarea(attrs={"lang": code, "dir": "auto", "rows": 2}),
            )  # fmt: skip
        self.fields = first | self.fields

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, words in (("names", "name"), ("abouts", "about")):
            data[name] = {code: text for code, _own in settings.LANGUAGES if (text := data.get(f"{words}_{code}", ""))}
        return data
