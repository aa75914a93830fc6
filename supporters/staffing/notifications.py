"""What is told of leave, talks about the work, gatherings and the peer on duty."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import User
from peersupport.notifications.models import Message
from peersupport.notifications.registry import Due, NotificationType, register
from peersupport.notifications.scan_state import morning, since
from supporters.staffing.models import Appraisal, Duty, Gathering, Leave, TalkAsked


def _due(obj: Any, user: User | None, at: datetime) -> Iterator[Due]:
    if user is not None and user.is_active:
        yield Due(obj, user, user.pseudonym, at)


class LeaveAsked(NotificationType):
    """To coordinators."""

    key = "leave.asked"
    line = _("There is news about somebody's leave.")
    group = "work"

    def url(self, message: Message) -> str:
        return reverse("work-board")

    def is_still_relevant(self, message: Message) -> bool:
        return Leave.objects.filter(pk=message.object_id).exists()


class LeaveNews(LeaveAsked):
    """To whoever asked for it."""

    key = "leave.news"
    line = _("There is news about your leave.")

    def url(self, message: Message) -> str:
        return reverse("leave-of-mine")


class LeaveEnding(LeaveNews):
    """Three days before the last day, so that nobody is surprised; it can be made longer."""

    key = "leave.ending"
    line = _("Your leave ends in three days. You can make it longer.")
    AHEAD = timedelta(days=3)

    def find_due(self, now: datetime) -> Iterable[Due]:
        start = since(self.key, now)
        if start.date() == now.date():
            return
        found = Leave.objects.filter(
            state="running", ends_on__gt=start.date() + self.AHEAD, ends_on__lte=now.date() + self.AHEAD
        )
        for one in found.select_related("supporter__user").order_by("ends_on", "pk"):
            yield from _due(one, one.supporter.user, morning(one.ends_on - self.AHEAD))

    def is_still_relevant(self, message: Message) -> bool:
        there = Leave.objects.filter(pk=message.object_id, state="running").first()
        return there is not None and there.ends_on is not None and morning(there.ends_on - self.AHEAD) == message.due


class ReviewNews(NotificationType):
    """To the other of the two."""

    key = "review.news"
    line = _("There is news about a talk about your work.")
    group = "work"

    def url(self, message: Message) -> str:
        there = Appraisal.objects.filter(pk=message.object_id).exists()
        return reverse("review", args=[message.object_id]) if there else reverse("reviews")

    def is_still_relevant(self, message: Message) -> bool:
        return True  # also that it is called off because somebody left


class ReviewTomorrow(ReviewNews):
    key = "review.day"
    line = _("A talk about the work is tomorrow.")
    AHEAD = timedelta(days=1)

    def _in_window(self, now: datetime) -> QuerySet[Appraisal]:
        start = since(self.key, now) + self.AHEAD
        return Appraisal.objects.filter(state="planned", starts_at__gt=start, starts_at__lte=now + self.AHEAD)

    def find_due(self, now: datetime) -> Iterable[Due]:
        for one in self._in_window(now).select_related("supporter__user", "leader").order_by("starts_at", "pk"):
            yield from _due(one, one.supporter.user, one.starts_at - self.AHEAD)
            yield from _due(one, one.leader, one.starts_at - self.AHEAD)

    def is_still_relevant(self, message: Message) -> bool:
        there = Appraisal.objects.filter(pk=message.object_id, state="planned").first()
        return there is not None and there.starts_at - self.AHEAD == message.due


class GatheringNews(NotificationType):
    key = "gathering.news"
    line = _("There is news about a gathering.")
    group = "together"

    def url(self, message: Message) -> str:
        return reverse("gatherings")

    def is_still_relevant(self, message: Message) -> bool:
        return True  # also that it is called off because its host left


class GatheringNew(GatheringNews):
    key = "gathering.new"
    line = _("There is a gathering. You are welcome.")

    def is_still_relevant(self, message: Message) -> bool:
        return Gathering.objects.ahead(timezone.now()).filter(pk=message.object_id).exists()


class GatheringTomorrow(GatheringNews):
    """To those who said that they come."""

    key = "gathering.day"
    line = _("A gathering is tomorrow.")
    AHEAD = timedelta(days=1)

    def _in_window(self, now: datetime) -> QuerySet[Gathering]:
        start = since(self.key, now) + self.AHEAD
        return Gathering.objects.filter(state="planned", starts_at__gt=start, starts_at__lte=now + self.AHEAD)

    def find_due(self, now: datetime) -> Iterable[Due]:
        for one in self._in_window(now).prefetch_related("coming__user").order_by("starts_at", "pk"):
            for coming in one.coming.all():
                yield from _due(one, coming.user, one.starts_at - self.AHEAD)

    def is_still_relevant(self, message: Message) -> bool:
        there = Gathering.objects.filter(pk=message.object_id, state="planned").first()
        return (
            there is not None
            and there.starts_at - self.AHEAD == message.due
            and there.coming.filter(user=message.recipient_id).exists()
        )


class TalkAskedNow(NotificationType):
    """To whoever is on duty."""

    key = "talk.asked"
    line = _("Somebody would like to talk with you now. Please ring them.")
    essential = True

    def find_due(self, now: datetime) -> Iterable[Due]:
        """Whoever comes on duty is told of a call that waits."""
        waiting = list(TalkAsked.objects.filter(taken_at=None)[:100])
        on_duty = list(Duty.objects.now(now).select_related("user")) if waiting else []
        for asked in waiting:
            for duty in on_duty:
                if duty.user_id != asked.user_id:
                    yield from _due(asked, duty.user, asked.asked_at)

    def url(self, message: Message) -> str:
        return reverse("talk")

    def is_still_relevant(self, message: Message) -> bool:
        on_duty = Duty.objects.now(timezone.now()).filter(user=message.recipient_id)
        return TalkAsked.objects.filter(pk=message.object_id, taken_at=None).exists() and on_duty.exists()


class TalkTaken(NotificationType):
    key = "talk.taken"
    line = _("You are rung soon.")
    essential = True

    def url(self, message: Message) -> str:
        return reverse("talk")

    def is_still_relevant(self, message: Message) -> bool:
        return TalkAsked.objects.filter(pk=message.object_id).exists()


def register_all() -> None:
    """Register the kinds."""
    register(
        LeaveAsked(),
        LeaveNews(),
        LeaveEnding(),
        ReviewNews(),
        ReviewTomorrow(),
        GatheringNews(),
        GatheringNew(),
        GatheringTomorrow(),
        TalkAskedNow(),
        TalkTaken(),
    )
