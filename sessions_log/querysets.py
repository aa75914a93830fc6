"""Who may see which meetings and notes, in SQL. Coordinators, administrators and supervisors: none of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from peersupport.accounts.models import User


class MeetingQuerySet(models.QuerySet[Any]):
    def for_user(self, user: User) -> MeetingQuerySet:
        """Meetings of one's own, on either side."""
        return self.filter(Q(match__request__person=user) | Q(match__supporter__user=user))


class NoteQuerySet(models.QuerySet[Any]):
    def for_user(self, user: User) -> NoteQuerySet:
        """Notes of matches one is a party to; the vault decides once more whether they open."""
        return self.filter(Q(match__request__person=user) | Q(match__supporter__user=user))

    def due_to_go(self, day: date) -> NoteQuerySet:
        """Notes whose time is over."""
        return self.filter(keep_until__lt=day)


class SharingQuerySet(models.QuerySet[Any]):
    def for_user(self, user: User) -> SharingQuerySet:
        """Sharings one is a party to, and those that let one read."""
        return self.filter(
            Q(match__request__person=user) | Q(match__supporter__user=user) | Q(supervisor=user, state="agreed")
        )

    def open(self, day: date) -> SharingQuerySet:
        """Those that hold on this day. Whether the supervisor may still read is asked beside it."""
        return self.filter(state="agreed", until__gte=day).exclude(match__state="ended")

    def waiting_or_open(self, day: date) -> SharingQuerySet:
        """Those that hold on this day, and those the person has not answered yet."""
        return self.filter(state__in=["asked", "agreed"], until__gte=day).exclude(match__state="ended")

    def over(self, day: date) -> SharingQuerySet:
        """Those whose time is over, or whose two people are no longer matched."""
        over = Q(until__lt=day) | Q(match__state="ended")
        return self.filter(over, state__in=["asked", "agreed"])


class ReflectionQuerySet(models.QuerySet[Any]):
    def for_user(self, user: User) -> ReflectionQuerySet:
        """One's own reflections."""
        return self.filter(owner=user)

    def due_to_go(self, day: date) -> ReflectionQuerySet:
        """Reflections whose time is over."""
        return self.filter(keep_until__lt=day)
