"""What the first page says of supervision: check-ins of this week, those nobody answered for, and how many are due."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from peersupport.accounts.models import User
from supporters.supervision.models import CheckIn, Supervision

SHOWN = 5


def _check_ins(user: User, until: datetime) -> QuerySet[CheckIn]:
    either = Q(supervision__supporter__user=user) | Q(supervision__supervisor=user)
    planned = CheckIn.objects.planned().filter(either, starts_at__lt=until)
    return planned.select_related("supervision__supporter", "supervision__supervisor").order_by("starts_at", "pk")


def owed(user: User) -> QuerySet[Supervision]:
    """Return a user's supervisions whose check-in is due and not planned."""
    planned = CheckIn.objects.planned().filter(supervision=OuterRef("pk"), starts_at__gt=timezone.now())
    either = Q(supporter__user=user) | Q(supervisor=user)
    return Supervision.objects.live().filter(either, owed_on__lte=timezone.localdate()).exclude(Exists(planned))


def overview(user: User, *, owed: int) -> dict[str, Any]:
    """Return what waits in supervision for a supporter or supervisor: one query."""
    now = timezone.now()
    return {"check_ins": list(_check_ins(user, now + timedelta(days=7))[:SHOWN]), "owed": owed, "now": now}
