"""Input of hiring."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from hiring import asking
from hiring.models import Application, Criterion, DecisionOutcome, InterviewQuestion, JobPart, NoScoreReason, Vacancy
from hiring.workflows.jobs import template
from hiring.workflows.scoring import Answer
from peersupport.accounts.forms import AcceptForm
from peersupport.accounts.models import User
from peersupport.web.forms import PeerForm, PeerModelForm
from peersupport.web.translated import in_language
from peersupport.web.when import WhenForm
from supporters.supervision.models import Mode
from supporters.training.models import Competence

LONG_PARTS = {JobPart.PURPOSE, JobPart.QUALIFICATIONS}
MORE_DUTIES = 3


class DayField(forms.DateField):
    """A day of our time: not one of the year 20262."""

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and not 2000 <= value.year <= 2200:
            raise forms.ValidationError(_("Please look at the year."))


def day(label: Any, **kwargs: Any) -> forms.DateField:
    """Return a box for a day."""
    return DayField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the day.")},
        **kwargs,
    )


class LongTextMixin(forms.Textarea):
    """A box for words that is written without a template of its own: some forms have dozens."""

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> Any:
        one = context["widget"]
        return format_html(
            '<textarea name="{}"{}>\n{}</textarea>', one["name"], flatatt(one["attrs"]), one["value"] or ""
        )


def text(label: Any, *, rows: int = 4, required: bool = False, language: str = "", **kwargs: Any) -> forms.CharField:
    """Return a box for words."""
    attrs = {"rows": rows, "dir": "auto"} | ({"lang": language} if language else {})
    return forms.CharField(label=label, required=required, widget=LongTextMixin(attrs=attrs), **kwargs)


class JobForm(PeerForm):
    """The parts and duties of a job description in one language."""

    def __init__(
        self, *args: Any, language: str, words: dict[str, str], duties: list[dict[str, Any]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        hints = template()["hints"]
        for part in JobPart:
            rows = 5 if part in LONG_PARTS else 2
            self.fields[part] = text(
                part.label,
                rows=rows,
                max_length=2000,
                language=language,
                initial=words.get(part, ""),
                help_text=in_language(hints.get(part, {})),
            )
        self.places = len(duties) + MORE_DUTIES
        for place in range(self.places):
            duty = duties[place] if place < len(duties) else {"competence": "", "words": {}}
            number = {"number": place + 1}
            self.fields[f"duty_{place}"] = text(
                _("Duty %(number)s") % number,
                rows=2,
                max_length=500,
                language=language,
                initial=duty["words"].get(language, ""),
            )
            self.fields[f"competence_{place}"] = forms.ChoiceField(
                label=_("What duty %(number)s asks for") % number,
                required=False,
                initial=duty["competence"],
                choices=[("", _("Nothing of these")), *Competence.choices],
            )

    def parts(self) -> dict[str, str]:
        """Return the parts that were written."""
        return {part: self.cleaned_data[part] for part in JobPart.values}

    def duties(self) -> list[tuple[str, str]]:
        """Return each duty as (competence, words)."""
        data = self.cleaned_data
        return [(data[f"competence_{place}"], data[f"duty_{place}"]) for place in range(self.places)]


class QuestionForm(PeerModelForm):
    """A question and its four levels in every language. The check of G16 stands beside each box."""

    class Meta:
        model = InterviewQuestion
        fields = ["theme", "value", "competence", "active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, asked, four = {}, _("Question"), _("Four levels, lowest first, one a line")
        for code, own in settings.LANGUAGES:
            needed = code == settings.LANGUAGE_CODE
            first[f"words_{code}"] = text(
                f"{asked} ({own})",
                rows=3,
                required=needed,
                max_length=500,
                language=code,
                initial=self.instance.words.get(code, ""),
                error_messages={"required": _("Write the question.")},
            )
        levels = {}
        for code, own in settings.LANGUAGES:
            levels[f"anchors_{code}"] = text(
                f"{four} ({own})",
                rows=4,
                max_length=1000,
                language=code,
                required=code == settings.LANGUAGE_CODE,
                initial="\n".join(self.instance.anchors.get(code, [])),
                error_messages={"required": _("Write four levels.")},
            )
        self.fields = first | self.fields | levels

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["words"], data["anchors"] = {}, {}
        for code, _own in settings.LANGUAGES:
            if words := data.get(f"words_{code}", ""):
                data["words"][code] = words
                for stop in asking.look(words, code)[:1]:
                    self.add_error(f"words_{code}", f"“{stop.words}”: {stop.why} {stop.instead}")
            lines = [line.strip() for line in data.get(f"anchors_{code}", "").splitlines() if line.strip()]
            if lines and len(lines) != 4:
                self.add_error(f"anchors_{code}", _("Write four levels, one a line."))
            elif lines:
                data["anchors"][code] = lines
        return data

    def values(self) -> dict[str, Any]:
        """Return what the workflow takes."""
        names = ("theme", "value", "competence", "active", "words", "anchors")
        return {name: self.cleaned_data[name] for name in names}


class PrepareForm(PeerModelForm):
    """What has to be answered before a vacancy opens (G20, G22)."""

    paid = forms.TypedChoiceField(
        label=_("Is it paid?"),
        choices=[("yes", _("Yes, paid")), ("no", _("No, voluntary"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        error_messages={"required": _("Choose one.")},
    )
    close_day = day(_("Last day to apply"))
    close_time = forms.TimeField(
        label=_("Until what time?"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Choose the time.")},
    )
    score_by = day(
        _("When should the panel's scores be in?"),
        required=False,
        help_text=_("After that day missing members count as not scoring, but never the last peer."),
    )

    class Meta:
        model = Vacancy
        fields = ["posts", "new_to_peers", "rate", "beside", "benefits", "imbalance", "bar", "reveal", "hide_names"]
        widgets = {
            "reveal": forms.RadioSelect,
            "benefits": forms.Textarea(attrs={"rows": 3}),
            "imbalance": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "posts": _("Two or more start better than one: nobody should be the only peer in a place."),
            "rate": _("A low rate tells everybody that peers count less."),
            "benefits": _("In some places pay can cost somebody their benefits. Work it out before the offer."),
            "imbalance": _("One of two is paid and the other is not: how do you talk about it?"),
            "bar": _("From 1 to 4. It is frozen when the vacancy opens."),
        }

    field_order = [
        "posts",
        "new_to_peers",
        "paid",
        "rate",
        "beside",
        "benefits",
        "imbalance",
        "close_day",
        "close_time",
        "bar",
        "score_by",
        "reveal",
        "hide_names",
    ]

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        vacancy = kwargs["instance"]
        there = {"paid": {True: "yes", False: "no", None: ""}[vacancy.paid], "score_by": vacancy.score_by}
        if vacancy.wall_close:
            there |= {"close_day": vacancy.wall_close.date(), "close_time": vacancy.wall_close.time()}
        super().__init__(*args, **(kwargs | {"initial": there | (kwargs.get("initial") or {})}))
        self.zone = zone

    def values(self) -> dict[str, Any]:
        """Return what the workflow takes."""
        data = self.cleaned_data
        own = {name: data[name] for name in (*self.Meta.fields, "paid", "score_by")}
        return own | {"wall_close": datetime.combine(data["close_day"], data["close_time"]), "time_zone": self.zone}


class ExtendForm(PeerForm):
    """A later end."""

    close_day = day(_("Last day to apply"))
    close_time = forms.TimeField(
        label=_("Until what time?"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Choose the time.")},
    )


class CancelForm(PeerForm):
    """Kind words to everybody who applied."""

    kind_words = text(
        _("What do you tell everybody who applied?"),
        required=True,
        max_length=1000,
        error_messages={"required": _("Write a few kind words.")},
    )


class ChooseQuestionsForm(PeerForm):
    """The questions every candidate is asked, in order, each with its weight."""

    def __init__(self, *args: Any, questions: list[InterviewQuestion], weights: dict[UUID, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._questions = questions
        choices = [("0", _("do not ask")), *((str(number), str(number)) for number in range(1, 6))]
        for question in questions:
            self.fields[str(question.pk)] = forms.ChoiceField(
                label=str(question),
                choices=choices,
                initial=str(weights.get(question.pk, 0)),
                help_text=f"{question.get_theme_display()}, {question.get_value_display()}",
            )

    def chosen(self) -> list[tuple[InterviewQuestion, int]]:
        """Return the questions that are asked, with their weights."""
        return [
            (one, int(self.cleaned_data[str(one.pk)]))
            for one in self._questions
            if self.cleaned_data[str(one.pk)] != "0"
        ]


class HandOverForm(PeerForm):
    """Who runs a vacancy from now on."""

    to = forms.ChoiceField(
        label=_("Who runs it from now on?"), widget=forms.RadioSelect, error_messages={"required": _("Choose who.")}
    )

    def __init__(self, *args: Any, coordinators: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._coordinators = {str(user.pk): user for user in coordinators}
        self.fields["to"].choices = [(key, str(user)) for key, user in self._coordinators.items()]

    def chosen(self) -> User:
        """Return who was chosen."""
        return self._coordinators[self.cleaned_data["to"]]


class AddMemberForm(PeerForm):
    """Who sits on the panel."""

    email = forms.EmailField(
        label=_("Email address"),
        help_text=_("They get a link that works once, and say themselves whether they are a peer."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class OpeningCodeForm(PeerForm):
    """The code of eight digits that opens a printed link."""

    code = forms.CharField(
        label=_("Your code of eight digits"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        error_messages={"required": _("Write the eight digits.")},
    )


class ApplyForm(PeerModelForm):
    """An application. Nothing asks about diagnosis, treatment or health."""

    website = forms.CharField(
        required=False,
        label=_("Leave this empty"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    file = forms.FileField(
        required=False,
        allow_empty_file=True,
        label=_("A file, if you like"),
        help_text=_("PDF, Word (DOCX), OpenDocument (ODT) or text, at most 5 MB. The panel alone can open it."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx,.odt,.txt"}),
    )

    class Meta:
        model = Application
        fields = ["name", "email", "phone", "lived", "relevance", "why", "strengths", "adjustments", "brings_somebody"]
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            **{name: forms.Textarea(attrs={"rows": 5, "dir": "auto"}) for name in ("relevance", "why", "strengths")},
            "adjustments": forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        }
        help_texts = {
            "name": _("Any name you like. The panel may read your words first, without it."),
            "email": _("We write to you there, and never say what it is about."),
            "lived": _("Your word is enough. Nobody asks for a diagnosis, a treatment or a proof."),
            "relevance": _("Tell only what you want to. You need not tell what happened to you."),
            "adjustments": _(
                "For example: a quiet room, questions on paper, a break, easy words. Everybody is asked this."
            ),
            "brings_somebody": _("They sit beside you. Everybody is offered this."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needed = {
            "name": _("Write a name. It can be any name."),
            "relevance": _("Write a few words on this."),
            "lived": _("This role is for people with lived experience. Say yourself whether you have it."),
        }
        for name, words in needed.items():
            self.fields[name].required, self.fields[name].error_messages["required"] = True, words

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def values(self) -> dict[str, Any]:
        """Return what the workflow takes."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def forget_what_is_missing(self) -> None:
        """Leave only what is wrong among the errors: somebody who comes back later may leave boxes empty."""
        for name, errors in list(self.errors.as_data().items()):
            if all(error.code == "required" for error in errors):
                del self.errors[name]

    def typed(self) -> dict[str, Any]:
        """Return what was typed and is fit to be kept, whatever is missing or wrong."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.cleaned_data}


class Levels(forms.RadioSelect):
    """Radio buttons that write themselves, without a template each: a scoring form has dozens."""

    writes_itself = True

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> Any:
        if template_name != self.template_name:
            return super()._render(template_name, context, renderer)
        options = [option for _group, several, _place in context["widget"]["optgroups"] for option in several]
        rows = ((one["attrs"]["id"], one["name"], one["value"], flatatt(one["attrs"]), one["label"]) for one in options)
        return format_html_join(
            "\n",
            '<label class="choice" for="{}"><input type="radio" name="{}" value="{}"{}><span>{}</span></label>',
            rows,
        )


class ScoreForm(PeerForm):
    """One member's scores of one candidate: a level with words for each question, apart from “not asked” and “can't say”."""

    def __init__(
        self, *args: Any, criteria: list[Criterion], there: dict[UUID, Any], potential: str, sends: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._criteria = criteria
        for one in criteria:
            score = there.get(one.pk)
            words = one.levels
            levels = [
                (str(number), f"{number}: {words[number - 1] if number <= len(words) else ''}")
                for number in range(1, 5)
            ]
            marks = [(mark.value, mark.label) for mark in (NoScoreReason.NOT_ASKED, NoScoreReason.CANT_SAY)]
            self.fields[f"level_{one.pk}"] = forms.ChoiceField(
                label=str(one),
                choices=[*levels, *marks],
                widget=Levels,
                required=sends,
                error_messages={"required": _("Choose a level, or say why there is none.")},
                initial=(score.mark or str(score.level or "")) if score else "",
            )
            self.fields[f"evidence_{one.pk}"] = text(
                _("What you heard, in your own words"), rows=3, max_length=2000, initial=score.evidence if score else ""
            )
        self.fields["potential"] = text(
            _("What could grow, beside what is there already?"), rows=3, max_length=2000, initial=potential
        )

    def answers(self) -> dict[UUID, Answer]:
        """Return what was said to each question."""
        found = {}
        for one in self._criteria:
            said = self.cleaned_data[f"level_{one.pk}"]
            level = int(said) if said.isdigit() else None
            found[one.pk] = Answer(level, "" if level or not said else said, self.cleaned_data[f"evidence_{one.pk}"])
        return found


class SlotForm(WhenForm):
    """When and where a candidate and the panel could talk."""

    place = forms.CharField(
        label=_("Where? A room, or a link"), max_length=200, error_messages={"required": _("Say where.")}
    )
    minutes = forms.IntegerField(
        label=_("How many minutes?"),
        min_value=5,
        max_value=480,
        initial=60,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    field_order = ["day", "time", "minutes", "place"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, minutes in (("time", getattr(data.get("time"), "minute", 0)), ("minutes", data.get("minutes") or 0)):
            if minutes % 5:
                self.add_error(name, _("Choose full five minutes."))
        return data

    def values(self) -> dict[str, Any]:
        """Return what a workflow takes."""
        return super().values() | {"place": self.cleaned_data["place"]}


class DecideForm(PeerForm):
    """What is decided, why, and what the candidate is told."""

    outcome = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=DecisionOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    reasons = text(
        _("Why, by what the panel heard"), required=True, max_length=2000, error_messages={"required": _("Write why.")}
    )
    feedback = text(
        _("What the candidate is told"),
        required=True,
        max_length=2000,
        help_text=_("In open words, about what they said. They read exactly this."),
        error_messages={"required": _("Write what they are told.")},
    )


class BelowForm(PeerForm):
    """Why an appointment goes below the bar."""

    reason = text(
        _("Why below the bar?"),
        required=True,
        max_length=500,
        error_messages={"required": _("Say why.")},
        help_text=_("It stays in the history for good, so write no name."),
    )


class ReopenForm(PeerForm):
    """Why a locked scorecard is opened again."""

    reason = forms.CharField(
        label=_("Why is it opened again?"),
        max_length=300,
        error_messages={"required": _("Say why.")},
        help_text=_("It stays in the history for good, so write no name."),
    )


class OfferForm(WhenForm):
    """What a yes begins: first day, supervisor, rhythm, first check-in."""

    starts_on = day(_("First day"))
    supervisor = forms.ChoiceField(
        label=_("Who supervises?"), widget=forms.RadioSelect, error_messages={"required": _("Choose who supervises.")}
    )
    every_weeks = forms.IntegerField(
        label=_("How many weeks between check-ins?"),
        min_value=1,
        max_value=26,
        initial=2,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    mode = forms.ChoiceField(label=_("How?"), choices=Mode.choices, widget=forms.RadioSelect, initial=Mode.IN_PERSON)
    answer_by = day(_("Answer by"))
    field_order = ["starts_on", "answer_by", "supervisor", "every_weeks", "mode", "day", "time"]

    def __init__(self, *args: Any, supervisors: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._supervisors = {str(user.pk): user for user in supervisors}
        self.fields["supervisor"].choices = [(key, str(user)) for key, user in self._supervisors.items()]
        self.fields["day"].label, self.fields["time"].label = (
            _("Day of the first check-in"),
            _("Time of the first check-in"),
        )
        del self.fields["minutes"]

    def offer(self) -> dict[str, Any]:
        """Return what the workflow takes."""
        data = self.cleaned_data
        return {
            "starts_on": data["starts_on"],
            "supervisor": self._supervisors[data["supervisor"]],
            "mode": data["mode"],
            "every_weeks": data["every_weeks"],
            "answer_by": data["answer_by"],
            "time_zone": data["time_zone"],
            "first_at": datetime.combine(data["day"], data["time"]),
        }


class ConfirmStartForm(AcceptForm):
    """Yes to an offer: a name, an address and a password make the account."""
