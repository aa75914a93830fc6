"""Who sees which supervision and check-ins, in SQL. Coordinators see that they take place, never their words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from peersupport.accounts.models import Role

if TYPE_CHECKING:
    from peersupport.accounts.models import User


class SupervisionQuerySet(models.QuerySet[Any]):
    def live(self) -> SupervisionQuerySet:
        """Those that have not ended."""
        return self.filter(ended_at=None)

    def of_party(self, user: User) -> SupervisionQuerySet:
        """One's own, as supporter or supervisor."""
        return self.filter(Q(supporter__user=user) | Q(supervisor=user))

    def for_user(self, user: User) -> SupervisionQuerySet:
        """One's own; for coordinators all of them."""
        return self.all() if user.holds(Role.COORDINATOR) else self.of_party(user)

    def over(self, day: date) -> SupervisionQuerySet:
        """Covers whose time is over."""
        return self.live().filter(until__lt=day)


class CheckInQuerySet(models.QuerySet[Any]):
    def for_user(self, user: User) -> CheckInQuerySet:
        """Check-ins of one's own, on either side."""
        return self.filter(Q(supervision__supporter__user=user) | Q(supervision__supervisor=user))

    def planned(self) -> CheckInQuerySet:
        """Those that are to come, or that nobody has said of whether they took place."""
        return self.filter(state="planned")
