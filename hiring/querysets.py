"""Who sees which vacancy and application, in SQL: the same truth as the policies."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from peersupport.accounts.models import Role

if TYPE_CHECKING:
    from peersupport.accounts.models import User


class VacancyQuerySet(models.QuerySet[Any]):
    def run_by_user(self, user: User) -> VacancyQuerySet:
        """Vacancies a coordinator runs."""
        return self.filter(run_by=user) if user.holds(Role.COORDINATOR) else self.none()

    def without_anybody(self) -> VacancyQuerySet:
        """Vacancies with anything left to do that no coordinator runs any more: any coordinator can take them over."""
        from peersupport.accounts.models import RoleGrant

        applications = self.model._meta.get_field("applications").related_model.objects
        waiting = applications.filter(vacancy=OuterRef("pk"), state__in=["reserve", "offered", "lapsed"])
        coordinators = RoleGrant.objects.filter(role=Role.COORDINATOR, user__is_active=True).values("user")
        over = Q(state="cancelled") | Q(state="done") & ~Exists(waiting)
        return self.exclude(over).exclude(run_by__in=coordinators)

    def with_member(self, user: User) -> VacancyQuerySet:
        """Vacancies on whose panel somebody sits, as long as it is at work."""
        return self.filter(panel__user=user, panel__left_at=None).exclude(state__in=["done", "cancelled"])

    def public(self, now: datetime) -> VacancyQuerySet:
        """Vacancies anybody may apply for now."""
        return self.filter(state="open", closes_at__gt=now)

    def due_to_close(self, now: datetime) -> VacancyQuerySet:
        """Open vacancies whose time to apply is over."""
        return self.filter(state="open", closes_at__lte=now)


class ApplicationQuerySet(models.QuerySet[Any]):
    def sent(self) -> ApplicationQuerySet:
        """What was sent: drafts are their writer's alone."""
        return self.exclude(state="draft")

    def for_member(self, member: Any) -> ApplicationQuerySet:
        """What a panel member sees: sent, and nobody they said they can't score."""
        mine = member.can_not_score.model.objects.filter(member=member, application=OuterRef("pk"))
        return self.sent().filter(vacancy=member.vacancy_id).exclude(Exists(mine))


class MemberQuerySet(models.QuerySet[Any]):
    def at_work(self) -> MemberQuerySet:
        """Members who have not left."""
        return self.filter(left_at=None)
