"""Input of matching: clear messages, nothing about health that can't be skipped, one topic a page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from matching.models import DeclineReason, Strength, SupportRequest, Yes
from peersupport.accounts.models import Role, User
from peersupport.web.forms import PeerForm, PeerModelForm
from supporters.bits import SettingsField, TimesField
from supporters.models import Dimension, Option, Supporter


class BeginRequestForm(PeerForm):
    """Only the age that the organization's rule asks for."""

    old_enough = forms.BooleanField()

    def __init__(self, *args: Any, minimum_age: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_enough"].label = _("I am %(age)d or older") % {"age": minimum_age}
        self.fields["old_enough"].error_messages["required"] = _(
            "Tick the box if you are %(age)d or older. If you are younger, “Help” shows who can support you."
        ) % {"age": minimum_age}


class NameForm(PeerModelForm):
    class Meta:
        model = SupportRequest
        fields = ["call_me"]
        help_texts = {"call_me": _("Any name you like. It need not be your official name.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["call_me"].required = True
        self.fields["call_me"].error_messages["required"] = _("Write a name. It can be any name.")
        self.fields["call_me"].widget.attrs["autocomplete"] = "nickname"


class HowToReachForm(PeerModelForm):
    class Meta:
        model = SupportRequest
        fields = ["email", "email_safe", "phone", "call_safe", "voicemail_safe", "text_safe", "safe_times"]
        help_texts = {
            "email": _("Our emails only say that there is a message. They never say what about."),
            "safe_times": _("For example: weekdays after five. Or: only on Mondays."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["phone"].widget.attrs["autocomplete"] = "tel"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("email_safe") and not data.get("email") and "email" not in self.errors:
            self.add_error("email", _("Write the email address, or untick that an email is safe."))
        by_phone = data.get("call_safe") or data.get("voicemail_safe") or data.get("text_safe")
        if by_phone and not data.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Write the phone number, or untick what is safe by phone."))
        return data


def practical_field(kind: str, label: Any) -> forms.ModelMultipleChoiceField:
    """Return tick boxes for languages or areas."""
    return forms.ModelMultipleChoiceField(
        Option.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, label=label
    )


class PracticalForm(PeerForm):
    """Languages, where and when: one of each has to fit. Nothing ticked means: anything is fine."""

    languages = practical_field("language", _("Which languages can we speak with you?"))
    places = SettingsField(required=False, label=_("Where or how would you like to meet?"))
    areas = practical_field("area", _("In which area?"))
    times = TimesField(required=False, label=_("When would be a good time?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kind in (("languages", "language"), ("areas", "area")):
            self.fields[name].queryset = Option.objects.in_use().filter(dimension__kind=kind)
            if not self.fields[name].queryset:
                del self.fields[name]


STRENGTHS = [
    ("", _("It does not matter")),
    (Strength.LIKE, _("I would like to share this")),
    (Strength.MUST, _("We must share this")),
    (Strength.RATHER_NOT, _("I would rather not meet someone like this")),
]


class WishesForm(PeerForm):
    """For each option of one dimension: how much it matters."""

    def __init__(self, *args: Any, dimension: Dimension, wished: dict[Any, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options = {f"option_{option.pk.hex}": option for option in dimension.options.in_use()}
        for name, option in self.options.items():
            self.fields[name] = forms.ChoiceField(
                choices=STRENGTHS,
                required=False,
                label=str(option),
                widget=forms.RadioSelect,
                initial=wished.get(option.pk, ""),
            )
            self.fields[name].required_mark = False  # type: ignore[attr-defined]

    def wishes(self) -> dict[Option, str]:
        """Return option to strength for what matters."""
        chosen = ((option, self.cleaned_data.get(name)) for name, option in self.options.items())
        return {option: strength for option, strength in chosen if strength}


class WordsForm(PeerModelForm):
    class Meta:
        model = SupportRequest
        fields = ["words", "show_words", "show_wishes", "share_contact"]
        help_texts = {
            "words": _("You need not write anything. What you write belongs to you."),
            "share_contact": _(
                "Only after a supporter said yes. Before that, nobody sees your name or how to reach you."
            ),
        }
        labels = {
            "show_words": _("A supporter I ask may read these words"),
            "show_wishes": _("A supporter I ask may see what matters to me"),
            "share_contact": _("When a supporter says yes, they may see how to reach me"),
        }
        widgets = {"words": forms.Textarea(attrs={"rows": 6, "dir": "auto"})}


class YesForm(PeerForm):
    """How the person said yes, when a coordinator is at their side (G11)."""

    how = forms.ChoiceField(
        choices=Yes.choices,
        widget=forms.RadioSelect,
        label=_("How did the person say yes?"),
        help_text=_("The person decides, in their own way. Any sign of no stops it."),
        error_messages={"required": _("Say how the person said yes. Without a clear yes, nothing starts.")},
    )


class SubmitForm(PeerForm):
    """The last page of asking: consent to keep the request, and whether a coordinator may help."""

    consent = forms.BooleanField(
        label=_("You may keep what I told you here, to find a supporter with me"),
        help_text=_("You can take this back at any time. We then delete it."),
        error_messages={"required": _("We can only look for a supporter if we may keep your request.")},
    )
    help_wanted = forms.BooleanField(
        required=False,
        label=_("A coordinator may look at my request and help me"),
        help_text=_("Without this, no coordinator sees your wishes."),
    )

    coordinator = forms.ModelChoiceField(
        User.objects.none(),
        required=False,
        label=_("Which coordinator?"),
        empty_label=_("Any of them"),
        help_text=_("Nobody else can then take it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["coordinator"].queryset = User.objects.filter(role_grants__role=Role.COORDINATOR).order_by(
            "name", "pk"
        )


class ChooseForm(PeerForm):
    """One to three supporters, in the order in which they are asked."""

    first = forms.ModelChoiceField(Supporter.objects.none(), widget=forms.HiddenInput)
    second = forms.ModelChoiceField(
        Supporter.objects.none(),
        required=False,
        label=_("If the first one can't, ask"),
        empty_label=_("Nobody else, I will choose again"),
    )
    third = forms.ModelChoiceField(
        Supporter.objects.none(),
        required=False,
        label=_("If the second one can't, ask"),
        empty_label=_("Nobody else, I will choose again"),
    )

    def __init__(self, *args: Any, first: Supporter, others: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first"].queryset = Supporter.objects.filter(pk=first.pk)
        self.fields["first"].initial = first.pk
        for name in ("second", "third"):
            self.fields[name].queryset = Supporter.objects.filter(pk__in=others)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        picked = [data[name] for name in ("first", "second", "third") if data.get(name)]
        if len(set(picked)) < len(picked):
            self.add_error("third", _("Choose somebody you have not chosen above."))
        data["picked"] = picked
        return data


class StandInForm(PeerForm):
    """Who is asked to stand in."""

    chosen_one = forms.ChoiceField(
        label=_("Whom shall we ask?"), widget=forms.RadioSelect, error_messages={"required": _("Choose one.")}
    )

    def __init__(self, *args: Any, found: list[Supporter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._found = {str(one.pk): one for one in found}
        self.fields["chosen_one"].choices = [(key, str(one)) for key, one in self._found.items()]

    def chosen(self) -> Supporter:
        """Return who was chosen."""
        return self._found[self.cleaned_data["chosen_one"]]


class DeclineForm(PeerForm):
    """A no. The reason is for yourself and for counts; the person never sees it."""

    reason = forms.ChoiceField(
        choices=DeclineReason.choices,
        required=False,
        widget=forms.RadioSelect,
        label=_("Why, just for yourself"),
        help_text=_("The person is not told. The organization only sees counts, small ones hidden."),
    )
    pass_on_to = forms.CharField(
        max_length=80,
        required=False,
        label=_("Is there a supporter you would point them to?"),
        help_text=_("Write the name. The person sees it only if that supporter fits and has room."),
    )
    not_again = forms.BooleanField(required=False, label=_("Do not ask me for this person again"))

    def clean_pass_on_to(self) -> Supporter | None:
        """Return the supporter of this name when there is exactly one; nothing is told about the others."""
        name = self.cleaned_data["pass_on_to"].strip()
        found = Supporter.objects.with_room().filter(name__iexact=name)[:2] if name else []
        return found[0] if len(found) == 1 else None


class FirstMeetingForm(PeerForm):
    """When and where the two meet first."""

    at = forms.DateTimeField(
        required=False,
        label=_("Day and time"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    where = forms.CharField(max_length=200, required=False, label=_("Where, or how"))


class NotAgainForm(PeerForm):
    """Silently keep the two apart from now on."""

    not_again = forms.BooleanField(required=False)

    def __init__(self, *args: Any, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["not_again"].label = label


class AnswerForm(PeerForm):
    """The supporter's answer to a question about something they keep to themselves."""

    says = forms.ChoiceField(
        widget=forms.RadioSelect,
        label=_("May they see that you share this?"),
        choices=[("once", _("Yes, this person")), ("always", _("Yes, everybody from now on")), ("no", _("No"))],
    )
