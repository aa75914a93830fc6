"""Input about training."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.sealed import SealedForm, words
from peersupport.web.forms import PeerForm, PeerModelForm
from supporters.training.models import CareerStep, Competence, Course, Level


class DoneForm(PeerForm):
    """When a course was done, and what shows it."""

    done_on = forms.DateField(
        label=_("On which day?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the day.")},
    )
    evidence = forms.CharField(
        label=_("What shows it?"),
        required=False,
        max_length=200,
        help_text=_("For example: a certificate, or who taught it. It can stay empty."),
    )


class Named(PeerModelForm):
    """Something with a name and a few words about it in every language of the site."""

    NAME_MISSING: Any = _("Write the name.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, name, about = {}, _("Name"), _("What it is about")
        for code, own in settings.LANGUAGES:
            first[f"name_{code}"] = forms.CharField(
                label=f"{name} ({own})",
                max_length=120,
                required=code == settings.LANGUAGE_CODE,
                error_messages={"required": self.NAME_MISSING},
                initial=self.instance.names.get(code, ""),
                widget=forms.TextInput(attrs={"lang": code, "dir": "auto"}),
            )
            first[f"about_{code}"] = forms.CharField(
                label=f"{about} ({own})",
                max_length=500,
                required=False,
                initial=self.instance.abouts.get(code, ""),
                widget=forms.Textarea(attrs={"lang": code, "dir": "auto", "rows": 2}),
            )
        self.fields = first | self.fields

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, box in (("names", "name"), ("abouts", "about")):
            data[name] = {code: text for code, _own in settings.LANGUAGES if (text := data.get(f"{box}_{code}", ""))}
        return data


class CourseForm(Named):
    """A course in every language of the site."""

    NAME_MISSING = _("Write the name of the course.")

    class Meta:
        model = Course
        fields = ["kind", "easy_read", "valid_months", "order", "active"]
        widgets = {"kind": forms.RadioSelect}
        error_messages = {"kind": {"required": _("Choose one.")}}


class StepForm(Named):
    """A step of a career in every language of the site."""

    class Meta:
        model = CareerStep
        fields = ["order", "active"]


class SelfViewForm(SealedForm):
    """How somebody sees themselves in the twelve roles. Every line can be left out."""

    NOTHING = _("Say at least one thing, or go back.")
    words = words(_("In your own words"), _("Please name nobody you support."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.fields.pop("words")
        for competence in Competence:
            self.fields[competence] = forms.ChoiceField(
                label=competence.label,
                choices=[(str(level), label) for level, label in Level.choices],
                required=False,
                widget=forms.RadioSelect,
            )
        self.fields["words"] = own


class GoalForm(PeerForm):
    """Something somebody would like to learn."""

    words = forms.CharField(
        label=_("What would you like to learn?"),
        max_length=300,
        error_messages={"required": _("Write something first.")},
    )
    competence = forms.ChoiceField(
        label=_("What does it belong to?"), required=False, choices=[("", _("Nothing of these")), *Competence.choices]
    )
    by_when = forms.DateField(
        label=_("By when?"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
