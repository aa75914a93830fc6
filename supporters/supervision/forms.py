"""Input about supervision."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import User
from peersupport.accounts.sealed import SealedForm, words
from peersupport.web.forms import PeerModelForm
from peersupport.web.when import WhenForm
from supporters.supervision.models import Mode, Supervision, SupervisorQualification, WordsKind


class BasisForm(PeerModelForm):
    """On what somebody supervises peers."""

    class Meta:
        model = SupervisorQualification
        fields = ["worked_as_peer", "trained", "outside"]


class RhythmForm(PeerModelForm):
    """How often, how and how long."""

    class Meta:
        model = Supervision
        fields = ["every_weeks", "mode", "minutes"]
        widgets = {
            "mode": forms.RadioSelect,
            "every_weeks": forms.NumberInput(attrs={"inputmode": "numeric"}),
            "minutes": forms.NumberInput(attrs={"inputmode": "numeric"}),
        }


class BeginForm(RhythmForm):
    """Who supervises, in which rhythm; with a day it is a cover for somebody who is away."""

    supervisor = forms.ChoiceField(
        label=_("Who supervises?"), widget=forms.RadioSelect, error_messages={"required": _("Choose who supervises.")}
    )
    until = forms.DateField(
        label=_("Only until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Leave it empty, unless somebody covers while the supervisor is away."),
    )
    field_order = ["supervisor", "every_weeks", "mode", "minutes", "until"]

    def __init__(self, *args: Any, supervisors: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._supervisors = {str(user.pk): user for user in supervisors}
        self.fields["supervisor"].choices = [
            (key, f"{user} ({', '.join(str(one) for one in user.basis.said)})")
            for key, user in self._supervisors.items()
        ]

    def chosen(self) -> User:
        """Return who was chosen."""
        return self._supervisors[self.cleaned_data["supervisor"]]


class CheckInForm(WhenForm):
    """When, how long and how a check-in is."""

    mode = forms.ChoiceField(
        label=_("How?"), choices=Mode.choices, widget=forms.RadioSelect, error_messages={"required": _("Choose how.")}
    )
    field_order = ["day", "time", "minutes", "mode"]

    def values(self) -> dict[str, Any]:
        """Return what a workflow takes."""
        return super().values() | {"mode": self.cleaned_data["mode"]}


NOBODY = _("Please name nobody you support.")


class AgendaForm(SealedForm):
    """What one would like to talk about."""

    agenda = words(_("What I would like to talk about"), NOBODY, rows=4)


class RecordForm(SealedForm):
    """What the two talked about: the work, and how it goes (G23). No box asks about anyone supported."""

    tasks = words(_("The work: tasks, time, what is in the way"), NOBODY)
    process = words(_("How it goes: role, boundaries, feelings, being a peer"), NOBODY)
    well = words(_("What goes well"))


class PreparationForm(SealedForm):
    """Thoughts before a check-in, peer drift among them (G30). Every box can stay empty."""

    advised = words(_("Did I advise without being asked?"), NOBODY, rows=3)
    breakable = words(_("Did I treat somebody as if they could break?"), rows=3)
    hidden = words(_("Did I hide my own story where it would have helped?"), rows=3)
    labels = words(_("Did I see a label before I saw somebody?"), rows=3)
    need = words(_("What do I need now?"), rows=3)


class ActionForm(SealedForm):
    """Something the two agreed."""

    action = words(_("What did you agree?"), NOBODY, rows=3)
    whose = forms.ChoiceField(
        label=_("Who does it?"),
        choices=[("supporter", _("The supporter")), ("supervisor", _("The supervisor"))],
        widget=forms.RadioSelect,
        initial="supporter",
    )
    due_on = forms.DateField(
        label=_("By when?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the day.")},
    )

    def parts(self) -> dict[str, str]:
        return {name: text for name, text in super().parts().items() if name == "action"}


BY_KIND: dict[str, type[SealedForm]] = {
    WordsKind.AGENDA: AgendaForm,
    WordsKind.RECORD: RecordForm,
    WordsKind.PREPARATION: PreparationForm,
}
LABELS = {
    name: field.label
    for form in (*BY_KIND.values(), ActionForm)
    for name, field in form.base_fields.items()
    if name not in {"token", "whose", "due_on"}
}
