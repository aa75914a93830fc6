"""What a coordinator sees of supervision: check-ins we owe, this week, nobody to supervise, supervisors with many."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from peersupport.accounts.models import User
from supporters.models import Status, Supporter
from supporters.supervision.models import CheckIn, Supervision
from supporters.supervision.workflows import MANY


def with_next(supervisions: QuerySet[Supervision]) -> QuerySet[Supervision]:
    """Annotate when the next check-in is and when the last one was, in the same query."""
    mine = CheckIn.objects.filter(supervision=OuterRef("pk"))
    ahead = mine.filter(state="planned", starts_at__gt=timezone.now()).order_by("starts_at")
    return supervisions.annotate(
        next_at=Subquery(ahead.values("starts_at")[:1]),
        last_at=Subquery(mine.filter(state="held").order_by("-starts_at").values("starts_at")[:1]),
    ).select_related("supporter", "supervisor")


def owed() -> QuerySet[Supervision]:
    """Return supervisions whose next check-in is due and not booked, longest waiting first."""
    ahead = CheckIn.objects.filter(supervision=OuterRef("pk"), state="planned", starts_at__gt=timezone.now())
    late = Supervision.objects.live().filter(owed_on__lte=timezone.localdate()).exclude(Exists(ahead))
    return with_next(late.filter(supporter__state=Status.ACTIVE)).order_by("owed_on", "pk")


def this_week() -> QuerySet[CheckIn]:
    """Return check-ins of the coming seven days."""
    now = timezone.now()
    week = CheckIn.objects.planned().filter(starts_at__gte=now, starts_at__lt=now + timedelta(days=7))
    return week.select_related("supervision__supporter", "supervision__supervisor").order_by("starts_at", "pk")


def unanswered() -> QuerySet[CheckIn]:
    """Return check-ins that should have been, of which nobody said whether they took place."""
    late = CheckIn.objects.planned().filter(starts_at__lt=timezone.now() - timedelta(days=1))
    return late.select_related("supervision__supporter", "supervision__supervisor").order_by("starts_at", "pk")


def nobody_supervises() -> QuerySet[Supporter]:
    """Return active supporters without a supervisor."""
    has_one = Supervision.objects.live().filter(supporter=OuterRef("pk"))
    return Supporter.objects.filter(state__in=[Status.ACTIVE, Status.TRAINING], user__isnull=False).exclude(
        Exists(has_one)
    )


def with_many() -> Any:
    """Return supervisors of more supporters than is good, with how many."""
    counted = Supervision.objects.live().values("supervisor").annotate(number=Count("pk")).filter(number__gt=MANY)
    numbers = {row["supervisor"]: row["number"] for row in counted.order_by()}
    return [(user, numbers[user.pk]) for user in User.objects.filter(pk__in=numbers).order_by("name", "pk")]
