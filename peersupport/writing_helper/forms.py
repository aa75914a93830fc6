"""Input about the glossary."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from peersupport.web.forms import PeerForm
from peersupport.writing_helper.models import GlossaryKind
from peersupport.writing_helper.phrases import GAPS_AT_MOST, parts_of

MOST = 200


class Lines(forms.CharField):
    """One thing on each line; its value is the list of them."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 5, "dir": "auto"})
        super().__init__(max_length=20_000, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, (list, tuple)) else value

    def clean(self, value: Any) -> list[str]:
        lines = [" ".join(line.split()) for line in str(super().clean(value)).splitlines()]
        found = list(dict.fromkeys(line for line in lines if line))
        if len(found) > MOST or any(len(line) > 300 for line in found):
            raise forms.ValidationError(_("At most 200 lines, each of at most 300 letters."))
        return found


class EntryForm(PeerForm):
    """What to look for, why, and how else it could be said."""

    phrases = Lines(
        label=_("Words to point at, one phrase on each line"),
        help_text=_("A * at the end of a word is any ending, [a|b] one of several words. … is up to three words."),
    )
    exceptions = Lines(label=_("But not within these"), required=False)
    why = forms.CharField(label=_("Why"), max_length=400, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}))
    instead = Lines(label=_("How else it could be said, one on each line"), required=False)
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = language

    def clean_phrases(self) -> list[str]:
        phrases: list[str] = self.cleaned_data["phrases"]
        if not phrases or not all(parts_of(phrase, self.language) for phrase in phrases):
            raise forms.ValidationError(_("Write at least one word on each line."))
        if any(phrase.count("…") > GAPS_AT_MOST for phrase in phrases):
            raise forms.ValidationError(_("Use “…” three times at most in one line."))
        return phrases


class GlossaryFilterForm(PeerForm):
    language = forms.ChoiceField(choices=settings.LANGUAGES, label=_("Language"))
    kind = forms.ChoiceField(choices=GlossaryKind.choices, label=_("Sort"))


class TopicForm(PeerForm):
    topic = forms.CharField(
        label=_("Look for a topic"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
