"""The letter of the week: what needs a hand, to coordinators and supervisors, as counts and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching import board as matching
from peersupport.accounts.models import Role, User
from peersupport.notifications.models import Message, MessageState
from peersupport.notifications.registry import Due, NotificationType, register
from peersupport.notifications.scan_state import since
from peersupport.organization.context import current
from supporters.staffing import reviews
from supporters.staffing.models import Leave
from supporters.supervision import board as supervision
from supporters.supervision.models import CheckIn, Supervision
from supporters.training.models import Completion

AT, MONDAY = time(8), 0
#: No clock on a wall is further from UTC.
ZONES = timedelta(hours=15)


@dataclass(frozen=True)
class LetterLine:
    """One thing that waits: how often, what, and where."""

    number: int
    words: Any
    url: str


def for_coordinators() -> list[LetterLine]:
    """Return what waits for the organization, zeros left out."""
    hands = matching.needs_a_hand(limits_missing=False)
    failed = Message.objects.filter(state=MessageState.FAILED, recipient__isnull=False, read_at=None).count()
    lines = [
        LetterLine(hands.to_take, _("Requests that would like help"), reverse("to-take")),
        LetterLine(hands.to_ring, _("News to tell by phone"), reverse("to-ring")),
        LetterLine(hands.slow, _("People who have waited long"), reverse("board")),
        LetterLine(hands.overloaded, _("Supporters who have no room left"), reverse("supporters") + "?state=active"),
        LetterLine(
            supervision.owed().count(), _("Check-ins that are due and not planned"), reverse("supervision-board")
        ),
        LetterLine(
            supervision.nobody_supervises().count(), _("Supporters nobody supervises"), reverse("supervision-board")
        ),
        LetterLine(supervision.unanswered().count(), _("Check-ins nobody answered for"), reverse("supervision-board")),
        LetterLine(Leave.objects.filter(state="asked").count(), _("Leave to answer"), reverse("work-board")),
        LetterLine(reviews.owed().count(), _("No talk for a year"), reverse("work-board")),
        LetterLine(
            Completion.objects.filter(confirmed_at=None).count(),
            _("Courses to confirm"),
            reverse("training-to-confirm"),
        ),
        LetterLine(failed, _("Messages that did not get through"), reverse("outbox-health")),
    ]
    return [line for line in lines if line.number]


def for_supervisor(user: User) -> list[LetterLine]:
    """Return what waits for a supervisor, zeros left out."""
    owed = _owed(user.pk)
    now = timezone.now()
    planned = CheckIn.objects.planned().filter(supervision__supervisor=user)
    lines = [
        LetterLine(owed, _("Your check-ins that are due and not planned"), reverse("supervision")),
        LetterLine(
            planned.filter(starts_at__gte=now, starts_at__lt=now + timedelta(days=7)).count(),
            _("Your check-ins this week"),
            reverse("supervision"),
        ),
        LetterLine(
            planned.filter(starts_at__lt=now).count(), _("Your check-ins nobody answered for"), reverse("supervision")
        ),
    ]
    return [line for line in lines if line.number]


def _owed(user: Any) -> int:
    return supervision.owed().filter(supervisor=user).count()


def moments(start: datetime, end: datetime, zone: str) -> list[datetime]:
    """Return each Monday morning, as the clock on the wall in `zone` shows it, after `start` and up to `end`."""
    day, found = start.astimezone(ZoneInfo(zone)).date(), []
    while day <= end.astimezone(ZoneInfo(zone)).date():
        at = datetime.combine(day, AT, ZoneInfo(zone))
        if day.weekday() == 0 and start < at <= end:
            found.append(at)
        day += timedelta(days=1)
    return found


class Letter(NotificationType):
    key = "letter.week"
    line = _("What needs a hand this week.")
    group = "letter"

    def find_due(self, now: datetime) -> Iterable[Due]:
        start = since(self.key, now)
        around = {(moment + shift).weekday() for moment in (start, now) for shift in (-ZONES, timedelta(0), ZONES)}
        far = now - start > timedelta(days=1)
        found = moments(start, now, current().time_zone) if far or MONDAY in around else []
        if not found:
            return
        coordinators = {Role.COORDINATOR} if for_coordinators() else set()
        waiting = set(_supervisors_with_something(now))
        people = User.objects.filter(is_active=True, role_grants__role__in=[Role.COORDINATOR, Role.SUPERVISOR])
        for user in people.prefetch_related("role_grants").distinct().order_by("pk"):
            held = {grant.role for grant in user.role_grants.all()}
            if held & coordinators or (Role.SUPERVISOR in held and user.pk in waiting):
                yield Due(user, user, user.pseudonym, found[-1])

    def url(self, message: Message) -> str:
        return reverse("this-week")

    def is_still_relevant(self, message: Message) -> bool:
        user = message.recipient
        return user is not None and user.holds(Role.COORDINATOR, Role.SUPERVISOR)


def _supervisors_with_something(now: datetime) -> list[Any]:
    """Return the keys of supervisors for whom anything waits: one query, however many there are."""
    soon = Q(check_ins__state="planned", check_ins__starts_at__lt=now + timedelta(days=7))
    rows = Supervision.objects.live().filter(soon | Q(owed_on__lte=now.date()))
    return list(rows.order_by().values("supervisor").annotate(number=Count("pk")).values_list("supervisor", flat=True))


def register_all() -> None:
    """Register the letter."""
    register(Letter())
