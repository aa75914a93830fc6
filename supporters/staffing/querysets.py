"""Who sees which leave, talk, gathering and duty, in SQL."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from peersupport.accounts.models import Role, RoleGrant

if TYPE_CHECKING:
    from peersupport.accounts.models import User


class LeaveQuerySet(models.QuerySet[Any]):
    def live(self) -> LeaveQuerySet:
        """Asked for, agreed, or running."""
        return self.filter(state__in=["asked", "agreed", "running"])

    def to_begin(self, day: date) -> LeaveQuerySet:
        """Those whose first day has come. Nobody is kept waiting for an answer."""
        return self.filter(state__in=["asked", "agreed"], starts_on__lte=day)

    def to_end(self, day: date) -> LeaveQuerySet:
        """Those whose last day is over."""
        return self.filter(state="running", ends_on__lt=day)


class ReviewQuerySet(models.QuerySet[Any]):
    def for_user(self, user: User) -> ReviewQuerySet:
        """One's own talks, on either side."""
        mine = Q(supporter__user=user)
        return self.filter(mine | Q(leader=user)) if user.holds(Role.COORDINATOR) else self.filter(mine)


class GatheringQuerySet(models.QuerySet[Any]):
    def for_user(self, user: User) -> GatheringQuerySet:
        """Supporters, supervisors and coordinators see gatherings; nobody else knows of them."""
        known = user.holds(Role.SUPPORTER, Role.SUPERVISOR, Role.COORDINATOR)
        return self.all() if known else self.none()

    def ahead(self, now: datetime) -> GatheringQuerySet:
        """Those that are to come."""
        return self.filter(state="planned", starts_at__gt=now)


class DutyQuerySet(models.QuerySet[Any]):
    def now(self, now: datetime) -> DutyQuerySet:
        """Who can be reached now."""
        return self.by_peers().filter(starts_at__lte=now, ends_at__gt=now)

    def by_peers(self) -> DutyQuerySet:
        """Those of people who still are supporters or supervisors."""
        grants = RoleGrant.objects.filter(user=OuterRef("user"), role__in=[Role.SUPPORTER, Role.SUPERVISOR])
        return self.filter(Exists(grants), user__is_active=True)
