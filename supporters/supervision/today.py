"""What the first page says of supervision: check-ins of this week, those nobody answered for, and how many are due."""

from datetime import timedelta
from typing import Any

from django.db.models import DateField, DateTimeField, Exists, OuterRef, Q, QuerySet, UUIDField
from django.utils import timezone

from peersupport.accounts.models import User
from peersupport.ui.written import Given, Objects
from supporters.supervision.models import CheckIn, Supervision

SHOWN = 5
_USER = Given("user", UUIDField())


def _check_ins() -> QuerySet[CheckIn]:
    mine = Q(supervision__supporter__user=_USER) | Q(supervision__supervisor=_USER)
    found = CheckIn.objects.planned().filter(mine, starts_at__lt=Given("until", DateTimeField()))
    return found.select_related("supervision__supporter", "supervision__supervisor").order_by("starts_at", "pk")[:SHOWN]


def owed() -> QuerySet[Supervision]:
    """Return a user's supervisions whose check-in is due and not planned, with `Given` user, now and day."""
    ahead = CheckIn.objects.planned().filter(supervision=OuterRef("pk"), starts_at__gt=Given("now", DateTimeField()))
    mine = Supervision.objects.live().filter(Q(supporter__user=_USER) | Q(supervisor=_USER))
    return mine.filter(owed_on__lte=Given("day", DateField())).exclude(Exists(ahead))


_CHECK_INS: Objects[CheckIn] = Objects(_check_ins)


def overview(user: User, *, owed: int) -> dict[str, Any]:
    """Return what waits in supervision for a supporter or supervisor: one query."""
    now = timezone.now()
    return {"check_ins": _CHECK_INS.all(user=user.pk, until=now + timedelta(days=7)), "owed": owed, "now": now}
