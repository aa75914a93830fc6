"""What is told of meetings and notes: that there is something, never what."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from matching.models import Match
from matching.reminders import OfMatch
from peersupport.reminders.kinds import Kind, register
from peersupport.reminders.models import Message
from sessions_log.models import Session


class SessionNews(Kind):
    key = "session.news"
    line = _("There is news about a meeting.")

    def url(self, message: Message) -> str:
        session = Session.objects.filter(pk=message.object_id).first()
        return reverse("sessions", args=[session.match_id]) if session else reverse("home")

    def still_holds(self, message: Message) -> bool:
        return Session.objects.filter(pk=message.object_id).exists()


class OfNotes(OfMatch):
    """To either of the two; both have an account."""

    essential = False

    def still_holds(self, message: Message) -> bool:
        return Match.objects.filter(pk=message.object_id).exists()

    def url(self, message: Message) -> str:
        return reverse("notes-of", args=[message.object_id])


class NotesChoice(OfNotes):
    key = "notes.choice"
    line = _("There is news about whether the two of you keep notes.")


class NoteNews(OfNotes):
    key = "note.news"
    line = _("There is something new in the notes the two of you keep.")


def register_all() -> None:
    """Register the kinds."""
    register(SessionNews(), NotesChoice(), NoteNews())
