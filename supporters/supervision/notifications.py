"""What is told of supervision: that there is something, never what; and what must not be forgotten."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import User
from peersupport.notifications.models import Message
from peersupport.notifications.registry import Due, NotificationType, register
from peersupport.notifications.scan_state import morning, since
from supporters.supervision.models import ActionItem, CheckIn, Supervision


def _due(obj: Any, user: User | None, at: datetime) -> Iterator[Due]:
    if user is not None and user.is_active:
        yield Due(obj, user, user.pseudonym, at)


class SupervisionNews(NotificationType):
    key = "supervision.news"
    group = "check_in"
    line = _("There is news about your supervision.")

    def url(self, message: Message) -> str:
        return reverse("supervision")


class CheckInKind(NotificationType):
    """About one check-in, to the two."""

    group = "check_in"

    def _check_in(self, message: Message) -> CheckIn | None:
        return CheckIn.objects.filter(pk=message.object_id).first()

    def is_still_relevant(self, message: Message) -> bool:
        return self._check_in(message) is not None

    def url(self, message: Message) -> str:
        there = self._check_in(message)
        return reverse("check-in", args=[message.object_id]) if there else reverse("supervision")


class CheckInNews(CheckInKind):
    key = "check_in.news"
    line = _("There is news about a check-in.")


class CheckInAsked(SupervisionNews):
    key = "check_in.asked"
    line = _("Somebody asks you for a check-in today.")
    essential = True

    def url(self, message: Message) -> str:
        return reverse("one-supervision", args=[message.object_id])

    def is_still_relevant(self, message: Message) -> bool:
        return Supervision.objects.live().filter(pk=message.object_id).exists()


class Before(CheckInKind):
    """So long before (or after) a check-in that is still planned, to both. Moved, it is told anew."""

    ahead: timedelta

    def _in_window(self, now: datetime) -> QuerySet[CheckIn]:
        start = since(self.key, now) + self.ahead
        return CheckIn.objects.planned().filter(starts_at__gt=start, starts_at__lte=now + self.ahead)

    def find_due(self, now: datetime) -> Iterable[Due]:
        planned = self._in_window(now).select_related("supervision__supporter__user", "supervision__supervisor")
        for check_in in planned.order_by("starts_at", "pk"):
            due = check_in.starts_at - self.ahead
            if check_in.made_at <= due:  # planned later than that, it was told when it was planned
                yield from _due(check_in, check_in.supervision.supporter.user, due)
                yield from _due(check_in, check_in.supervision.supervisor, due)

    def is_still_relevant(self, message: Message) -> bool:
        there = self._check_in(message)
        return there is not None and there.state == "planned" and there.starts_at - self.ahead == message.due


class WeekBefore(Before):
    key = "check_in.week"
    line = _("A check-in is in a week.")
    ahead = timedelta(days=7)


class DayBefore(Before):
    key = "check_in.day"
    line = _("A check-in is tomorrow.")
    ahead = timedelta(days=1)


class Missed(Before):
    key = "check_in.missed"
    line = _("Did your check-in take place? Please say yes or no, or plan another.")
    ahead = timedelta(days=-1)


class Owed(NotificationType):
    """The next check-in is due, and none is booked: to both."""

    key = "check_in.owed"
    group = "check_in"
    line = _("A check-in is due, and none is planned.")

    def find_due(self, now: datetime) -> Iterable[Due]:
        start = since(self.key, now)
        if start.date() == now.date():
            return
        ahead = CheckIn.objects.filter(supervision=OuterRef("pk"), state="planned", starts_at__gt=now)
        found = (
            Supervision.objects.live().filter(owed_on__gt=start.date(), owed_on__lte=now.date()).exclude(Exists(ahead))
        )
        for one in found.select_related("supporter__user", "supervisor").order_by("owed_on", "pk"):
            yield from _due(one, one.supporter.user, morning(one.owed_on))
            yield from _due(one, one.supervisor, morning(one.owed_on))

    def url(self, message: Message) -> str:
        return reverse("one-supervision", args=[message.object_id])

    def is_still_relevant(self, message: Message) -> bool:
        there = Supervision.objects.live().filter(pk=message.object_id).first()
        return there is not None and not there.check_ins.filter(state="planned", starts_at__gt=message.due).exists()


class ActionDue(NotificationType):
    """The day before something agreed is due, to whose it is."""

    key = "action.due"
    group = "agreed"
    line = _("Something you agreed in a check-in is due tomorrow.")

    def find_due(self, now: datetime) -> Iterable[Due]:
        start, tomorrow = since(self.key, now), now.date() + timedelta(days=1)
        if start.date() == now.date():
            return
        found = ActionItem.objects.filter(
            done_at=None, due_on__gt=start.date() + timedelta(days=1), due_on__lte=tomorrow
        )
        people = ("check_in__supervision__supporter__user", "check_in__supervision__supervisor")
        for one in found.select_related(*people).order_by("due_on", "pk"):
            supervision = one.check_in.supervision
            user = supervision.supporter.user if one.by_supporter else supervision.supervisor
            yield from _due(one, user, morning(one.due_on - timedelta(days=1)))

    def url(self, message: Message) -> str:
        action = ActionItem.objects.filter(pk=message.object_id).first()
        return reverse("check-in", args=[action.check_in_id]) if action else reverse("supervision")

    def is_still_relevant(self, message: Message) -> bool:
        return ActionItem.objects.filter(pk=message.object_id, done_at=None).exists()


def register_all() -> None:
    """Register the kinds."""
    register(SupervisionNews(), CheckInNews(), CheckInAsked(), WeekBefore(), DayBefore(), Missed(), Owed(), ActionDue())
