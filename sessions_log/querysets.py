"""Who may see which meetings and notes, in SQL. Coordinators, administrators and supervisors: none of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from peersupport.accounts.models import User


class SessionQuerySet(models.QuerySet[Any]):
    def for_user(self, user: User) -> SessionQuerySet:
        """Meetings of one's own, on either side."""
        return self.filter(Q(match__request__person=user) | Q(match__supporter__user=user))


class NoteQuerySet(models.QuerySet[Any]):
    def for_user(self, user: User) -> NoteQuerySet:
        """Notes of matches one is a party to; the vault decides once more whether they open."""
        return self.filter(Q(match__request__person=user) | Q(match__supporter__user=user))

    def due_to_go(self, day: date) -> NoteQuerySet:
        """Notes whose time is over."""
        return self.filter(keep_until__lt=day)


class ReflectionQuerySet(models.QuerySet[Any]):
    def for_user(self, user: User) -> ReflectionQuerySet:
        """One's own reflections."""
        return self.filter(owner=user)

    def due_to_go(self, day: date) -> ReflectionQuerySet:
        """Reflections whose time is over."""
        return self.filter(keep_until__lt=day)
