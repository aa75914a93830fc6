"""Input about the organization and from anyone who says that something is wrong."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from peersupport import zones
from peersupport.organization.models import ConcernContact, EmergencyNumber, Organization, OutsideBody
from peersupport.web.forms import PeerForm, PeerModelForm


class OrganizationForm(PeerModelForm):
    """The settings of the organization, with a box for each language where words are shown to people."""

    WORDS = {
        "about": _("Who we are, on the first page"),
        "legal_duties": _("What the law here makes a supporter tell (limits of privacy)"),
        "supporter_title": _("What supporters are called here"),
    }
    LONG = {"about", "legal_duties"}
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [(zone, zone) for zone in ["UTC", *sorted(zones.names() - {"UTC"})]],
    )

    leave_page_url = forms.URLField(
        label=_("Where “Leave this page” leads"),
        required=False,
        assume_scheme="https",
        help_text=_("A harmless page. Leave it empty to have no such button."),
    )

    class Meta:
        model = Organization
        fields = [
            "name",
            "contact_phone",
            "contact_email",
            "contact_hours",
            "time_zone",
            "minimum_age",
            "hours_to_answer",
            "small_numbers_below",
            "months_kept",
            "months_notes_kept",
            "leave_page_url",
            "supporter_checks",
        ]
        help_texts = {
            "months_kept": _("After that, a closed request is deleted."),
            "months_notes_kept": _("On that day a note is destroyed. It counts for notes written from now on."),
            "small_numbers_below": _("Counts of people smaller than this are never shown to anyone."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.WORDS.items():
            kept = getattr(self.instance, name)
            for code, own_name in settings.LANGUAGES:
                widget = forms.Textarea(attrs={"rows": 4, "dir": "auto"}) if name in self.LONG else forms.TextInput()
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=format_lazy("{} ({})", label, own_name),
                    required=False,
                    initial=kept.get(code, ""),
                    widget=widget,
                    max_length=3000,
                )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in self.WORDS:
            words = {code: data.get(f"{name}_{code}", "") for code, _own in settings.LANGUAGES}
            data[name] = {code: text for code, text in words.items() if text}
        return data


class TextForm(PeerForm):
    """One text of the organization in every language; an empty box means our own default."""

    def __init__(self, *args: Any, bodies: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, own_name in settings.LANGUAGES:
            self.fields[code] = forms.CharField(
                label=own_name,
                initial=bodies.get(code, ""),
                required=code == settings.LANGUAGE_CODE,
                max_length=20000,
                widget=forms.Textarea(attrs={"rows": 14, "dir": "auto", "lang": code}),
            )


class NumberForm(PeerModelForm):
    class Meta:
        model = EmergencyNumber
        fields = ["country", "label", "number", "hours", "order"]


class OutsideBodyForm(PeerModelForm):
    class Meta:
        model = OutsideBody
        fields = ["name", "how", "order"]


class ConcernForm(PeerForm):
    """Something is wrong: to whom, what, and how to be reached, if wished."""

    contact = forms.ModelChoiceField(
        ConcernContact.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        label=_("Who shall read this?"),
        help_text=_(
            "Coordinators cannot see this. The people who run our server could. Choose someone it is not about."
        ),
        error_messages={"required": _("Choose who shall read this.")},
    )
    words = forms.CharField(
        max_length=5000,
        label=_("What happened?"),
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text=_("You need not say who you are."),
        error_messages={"required": _("Write what happened, in your own words.")},
    )
    by_name = forms.BooleanField(
        required=False,
        label=_("They may know that it is me who says this"),
        help_text=_("If you do not tick this, your account is not noted."),
    )
    how_to_reach = forms.CharField(
        max_length=200,
        required=False,
        label=_("How may they reach you?"),
        help_text=_("You get a private link to read the answer in any case."),
    )

    def __init__(self, *args: Any, signed_in: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = ConcernContact.objects.filter(active=True).select_related("user")
        if not signed_in:
            del self.fields["by_name"]


class ReplyForm(PeerForm):
    words = forms.CharField(
        max_length=5000, label=_("Your answer"), widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"})
    )


class ConcernContactForm(PeerForm):
    """Name somebody as a contact for concerns."""

    email = forms.EmailField(label=_("Email address of their account"))
    introduction = forms.CharField(
        max_length=200,
        label=_("Who this is, in a few words"),
        help_text=_("People choose by this. Name somebody outside the line of management."),
    )
