"""What a line of a vacancy's history is called."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from hiring.models import HistoryLine

WORDS: dict[str, Any] = {
    "begin": _("began the vacancy"),
    "open": _("opened it: bar, weights and questions are frozen"),
    "extend": _("took applications for longer"),
    "close": _("closed applications"),
    "posts.add": _("another post is free"),
    "hand_over": _("somebody else runs it now"),
    "invite": _("invited somebody to talk"),
    "reserve.over": _("the time on the reserve list was over"),
    "cancel": _("cancelled it"),
    "finish": _("finished it"),
    "applied": _("somebody applied"),
    "withdrawn": _("somebody withdrew, and everything of theirs was erased"),
    "panel.add": _("added somebody to the panel"),
    "panel.ask": _("invited somebody from outside to the panel"),
    "panel.no_seat": _("somebody who was invited could not take the seat"),
    "panel.chair": _("chose who chairs"),
    "panel.leave": _("somebody left the panel"),
    "panel.known": _("a candidate said that they know a panel member"),
    "talk.choose": _("somebody chose a time to talk"),
    "talk.ask_another": _("somebody asked for another time to talk"),
    "score.reopen": _("opened a scorecard again"),
    "decide.appoint": _("decided to offer a post"),
    "decide.reserve": _("decided: reserve list"),
    "decide.not_this_time": _("decided: not this time"),
    "override.ask": _("asked to go below the bar"),
    "override.confirm": _("confirmed going below the bar"),
    "offer": _("offered a post"),
    "offer.lapsed": _("the time to answer an offer was over"),
    "declined": _("somebody said no to an offer"),
    "start": _("somebody started"),
}


def history_in_words(line: HistoryLine) -> Any:
    """Return what happened in plain words."""
    return WORDS.get(line.what, line.what)
