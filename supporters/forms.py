"""Input of supporters and of coordinators about supporters."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.forms import InviteForm
from peersupport.web.forms import PeerForm, PeerModelForm
from supporters.bits import SettingsField, TimesField
from supporters.models import Dimension, Option, Supporter, Visibility
from supporters.roster.kinds import MAX_BYTES


class AboutForm(PeerModelForm):
    class Meta:
        model = Supporter
        fields = ["name", "pronouns", "title", "paid", "story", "phone"]
        widgets = {
            "story": forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
            "paid": forms.RadioSelect(
                choices=[(True, _("Paid")), (False, _("Volunteer")), ("", _("I'd rather not say"))]
            ),
        }
        help_texts = {
            "story": _("What you would like people to know before they choose. Nothing about a diagnosis is needed."),
            "phone": _("Seen only by people you said yes to."),
            "title": _("What you call yourself in this role, if you like."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["name"].error_messages["required"] = _("Write a name. It can be any name.")


class AvailabilityForm(PeerForm):
    places = SettingsField(label=_("Where or how can you meet people?"))
    times = TimesField(label=_("When could you meet people?"))
    maximum = forms.IntegerField(
        min_value=0, max_value=50, label=_("How many people at most?"), help_text=_("You can change it at any time.")
    )
    accepting = forms.BooleanField(
        required=False, label=_("New people may ask me"), help_text=_("Untick it and nobody new is sent to you.")
    )


SEEN = [("", _("Not told")), (Visibility.ASK, _("Ask me first")), (Visibility.SHOW, _("Show it"))]
TOLD = [("", _("No")), (Visibility.SHOW, _("Yes"))]


class CharacteristicsForm(PeerForm):
    """For each option of one dimension: not told, ask me first, or show it."""

    def __init__(self, *args: Any, dimension: Dimension, told: dict[Any, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dimension = dimension
        practical = dimension.kind in {"language", "area"}
        self.options = {f"option_{option.pk.hex}": option for option in dimension.options.in_use()}
        for name, option in self.options.items():
            self.fields[name] = forms.ChoiceField(
                choices=TOLD if practical else SEEN,
                required=False,
                label=str(option),
                widget=forms.RadioSelect,
                initial=told.get(option.pk, ""),
            )
            self.fields[name].required_mark = False  # type: ignore[attr-defined]

    def told(self) -> dict[Option, str]:
        """Return option to visibility for what is told."""
        chosen = ((option, self.cleaned_data.get(name)) for name, option in self.options.items())
        return {option: seen for option, seen in chosen if seen}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.dimension.one_answer and sum(1 for name in self.options if data.get(name)) > 1:
            raise forms.ValidationError(_("Choose one answer at most for “%(name)s”.") % {"name": self.dimension})
        return data


class BoundariesForm(PeerForm):
    """Topics a supporter would rather not support with now."""

    options = forms.ModelMultipleChoiceField(
        Option.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("With what would you rather not support people now?"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["options"].queryset = Option.objects.topics().select_related("dimension")


class ConsentForm(PeerForm):
    consent = forms.BooleanField(
        label=_("You may keep what I tell about myself here, so that people can find me"),
        help_text=_("You can take this back at any time. We then delete it."),
        error_messages={"required": _("Tick the box if we may keep it. Without it, you can't be found.")},
    )


class SupporterFilterForm(PeerForm):
    """Filter the list of supporters."""

    q = forms.CharField(required=False, max_length=80, label=_("Name"))
    state = forms.ChoiceField(required=False, label=_("Status"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("All")), *Supporter._meta.get_field("state").flatchoices]


class DimensionForm(PeerForm):
    """A dimension of the catalogue in every language."""

    kind = forms.ChoiceField(label=_("What sort of thing is it?"), widget=forms.RadioSelect)
    one_answer = forms.BooleanField(required=False, label=_("A supporter chooses one answer at most"))
    order = forms.IntegerField(min_value=0, max_value=9999, initial=100, label=_("Order"))
    active = forms.BooleanField(required=False, initial=True, label=_("In use"))

    def __init__(self, *args: Any, languages: Any, instance: Dimension | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = Dimension._meta.get_field("kind").choices
        for code, own in languages:
            self.fields[f"name_{code}"] = words_field(
                _("Name"), own, 120, instance.names.get(code, "") if instance else ""
            )
        for code, own in languages:
            self.fields[f"help_{code}"] = words_field(
                _("Help"), own, 300, instance.helps.get(code, "") if instance else "", required=False
            )
        if instance:
            for name in ("kind", "one_answer", "order", "active"):
                self.fields[name].initial = getattr(instance, name)


class OptionForm(PeerForm):
    """An option of the catalogue in every language."""

    order = forms.IntegerField(min_value=0, max_value=9999, initial=100, label=_("Order"))
    active = forms.BooleanField(required=False, initial=True, label=_("In use"))

    def __init__(self, *args: Any, languages: Any, instance: Option | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, own in languages:
            self.fields[f"name_{code}"] = words_field(
                _("Name"), own, 120, instance.names.get(code, "") if instance else ""
            )
        if instance:
            self.fields["order"].initial, self.fields["active"].initial = instance.order, instance.active


def words_field(label: Any, language: str, length: int, initial: str, *, required: bool = True) -> forms.CharField:
    """Return a box for one language."""
    return forms.CharField(
        label=format_lazy("{} ({})", label, language),
        max_length=length,
        initial=initial,
        required=required,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


class UploadForm(PeerForm):
    """A roster to import. What is in the file is judged by the workflow."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        max_length=250,
        help_text=_("CSV or XLSX, at most 10 MB, 50,000 rows and 200 columns. The file itself is not kept."),
        error_messages={
            "required": _("Choose a spreadsheet first."),
            "empty": _("This file is empty."),
            "max_length": _("The name of this file is too long. Please give it a shorter one."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("This file is larger than 10 MB. Please split it and import the parts."))
        return file


#: What a select says for "leave it out". Not empty: leaving out is an answer, not a field that was skipped.
LEFT_OUT = "-"


class ColumnsForm(PeerForm):
    """For each column of a roster: what it is."""

    def __init__(self, *args: Any, columns: list[dict[str, Any]], choices: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in columns:
            self.fields[f"column_{column['at']}"] = choose_or_leave(
                column["header"], choices, column["hint"], column["target"]
            )

    def chosen(self) -> dict[str, str]:
        """Return position to target, "" for left out."""
        chosen = {name.removeprefix("column_"): target for name, target in self.cleaned_data.items()}
        return {at: "" if target == LEFT_OUT else target for at, target in chosen.items()}


class ValuesForm(PeerForm):
    """For each value of a roster that is not known: which option it stands for, or left out."""

    def __init__(self, *args: Any, values: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {value["name"]: value["place"] for value in values}
        for value in values:
            self.fields[value["name"]] = choose_or_leave(
                value["label"], value["choices"], value["hint"], value["initial"]
            )

    def chosen(self) -> dict[tuple[str, str], str]:
        """Return (dimension, value) to option key, "" for left out."""
        chosen = {place: self.cleaned_data[name] for name, place in self.places.items()}
        return {place: "" if option == LEFT_OUT else option for place, option in chosen.items()}


def choose_or_leave(label: str, choices: list[Any], hint: Any, initial: str) -> forms.ChoiceField:
    """Return a select that begins with leaving out."""
    unsaid = format_lazy(_("Choose what “{label}” is, or leave it out."), label=label)
    return forms.ChoiceField(
        choices=[(LEFT_OUT, _("Leave it out")), *choices],
        label=label,
        help_text=hint,
        initial=initial or LEFT_OUT,
        error_messages={"required": unsaid, "invalid_choice": unsaid},
    )


class InviteSupporterForm(InviteForm):
    """Invite a supporter, and say whether training comes first."""

    training_first = forms.BooleanField(
        label=_("New to the role: required training comes before the first match"), required=False
    )
