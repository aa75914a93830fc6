"""What is told of meetings and notes: that there is something, never what."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from matching.models import Match
from matching.notifications import MatchNotification
from peersupport.notifications.models import Message
from peersupport.notifications.registry import Due, NotificationType, register
from peersupport.notifications.scan_state import since
from sessions_log.models import Meeting, Sharing


class MeetingNews(NotificationType):
    key = "session.news"
    group = "meeting"
    line = _("There is news about a meeting.")

    def url(self, message: Message) -> str:
        session = Meeting.objects.filter(pk=message.object_id).first()
        return reverse("sessions", args=[session.match_id]) if session else reverse("home")

    def is_still_relevant(self, message: Message) -> bool:
        return Meeting.objects.filter(pk=message.object_id).exists()


class MeetingTomorrow(MeetingNews):
    """The day before a meeting that is still planned, to both who have an account."""

    key = "session.day"
    line = _("A meeting is tomorrow.")
    AHEAD = timedelta(days=1)

    def _in_window(self, now: datetime) -> QuerySet[Meeting]:
        start = since(self.key, now) + self.AHEAD
        return Meeting.objects.filter(state="planned", starts_at__gt=start, starts_at__lte=now + self.AHEAD)

    def find_due(self, now: datetime) -> Iterable[Due]:
        planned = self._in_window(now).select_related("match__request__person", "match__supporter__user")
        for one in planned.order_by("starts_at", "pk"):
            due = one.starts_at - self.AHEAD
            if one.made_at > due or one.match.state == "ended":
                continue  # planned later than that, it was told when it was planned
            request, user = one.match.request, one.match.supporter.user
            yield Due(one, request.person, request.person_key, due)
            if user is not None:
                yield Due(one, user, user.pseudonym, due)

    def is_still_relevant(self, message: Message) -> bool:
        there = Meeting.objects.select_related("match").filter(pk=message.object_id, state="planned").first()
        return there is not None and there.starts_at - self.AHEAD == message.due and there.match.state != "ended"


class OfNotes(MatchNotification):
    """To either of the two; both have an account."""

    group = "notes"

    essential = False

    def is_still_relevant(self, message: Message) -> bool:
        return Match.objects.filter(pk=message.object_id).exists()

    def url(self, message: Message) -> str:
        return reverse("notes-of", args=[message.object_id])


class NotesChoiceNotification(OfNotes):
    key = "notes.choice"
    line = _("There is news about whether the two of you keep notes.")


class NoteNews(OfNotes):
    key = "note.news"
    line = _("There is something new in the notes the two of you keep.")


class SharingNotification(NotificationType):
    """To one of the two, about a question to share or its answer."""

    group = "notes"

    def _sharing(self, message: Message) -> Sharing | None:
        return Sharing.objects.filter(pk=message.object_id).first()

    def is_still_relevant(self, message: Message) -> bool:
        return self._sharing(message) is not None

    def url(self, message: Message) -> str:
        sharing = self._sharing(message)
        return reverse("sharings", args=[sharing.match_id]) if sharing else reverse("home")


class SharingAsked(SharingNotification):
    key = "sharing.asked"
    line = _("There is a question about your notes. Only you can answer it.")

    def is_still_relevant(self, message: Message) -> bool:
        sharing = self._sharing(message)
        return sharing is not None and sharing.state == "asked"

    def url(self, message: Message) -> str:
        return reverse("answer-sharing", args=[message.object_id])


class SharingNews(SharingNotification):
    key = "sharing.news"
    line = _("There is an answer about sharing notes.")


class SharingEnded(SharingNotification):
    key = "sharing.ended"
    line = _("Sharing of notes has ended.")


class SharingBegun(SharingNotification):
    """To the supervisor."""

    key = "sharing.begun"
    line = _("There is something to read for you.")

    def url(self, message: Message) -> str:
        return reverse("shared-with-me")


def register_all() -> None:
    """Register the kinds."""
    register(
        MeetingNews(),
        MeetingTomorrow(),
        NotesChoiceNotification(),
        NoteNews(),
        SharingAsked(),
        SharingNews(),
        SharingEnded(),
        SharingBegun(),
    )
