"""The programme an installation starts with, in our own words. Organizations change all of it.

The subjects are those of the WHO QualityRights core and specialized training modules and of the TOPSIDE curriculum for
peers with intellectual disabilities (see G21 and G34 of the guidance); the words are ours.
"""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class Planned(NamedTuple):
    kind: str
    name: Any
    about: Any
    easy_read: bool = False


PROGRAMME = [
    Planned(
        "required",
        _("Being a peer supporter"),
        _(
            "Talking and listening, reacting, feeling with somebody. Including everyone, seeing the person first, roles that count. Everyday things."
        ),
        True,
    ),
    Planned("required", _("Human rights"), _("What everybody may claim, and what it means here.")),
    Planned(
        "required",
        _("Distress, disability and rights"),
        _("What changes when somebody is in distress, and what never does."),
    ),
    Planned("required", _("Recovery and the right to health"), _("A life one wants, by one's own measure.")),
    Planned(
        "required",
        _("Deciding for oneself"),
        _("Everybody decides about their own life. How to stand by without deciding."),
    ),
    Planned("required", _("Free from force and abuse"), _("What force does, how to see it, and what else there is.")),
    Planned(
        "specialized",
        _("Decisions with support, and planning ahead"),
        _("Plans for hard times that somebody writes for themselves."),
    ),
    Planned("specialized", _("Ending isolation and restraint"), _("How places do without locking in and tying down.")),
    Planned("specialized", _("Ways of recovery"), _("Tools somebody can use for themselves, alone or with others.")),
]
