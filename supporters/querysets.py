"""Who may see which supporters, in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from peersupport.accounts.models import Role

if TYPE_CHECKING:
    from peersupport.accounts.models import User


class DimensionQuerySet(models.QuerySet[Any]):
    def in_use(self) -> DimensionQuerySet:
        """Only dimensions that are offered now."""
        return self.filter(active=True)

    def with_options(self) -> DimensionQuerySet:
        """With their active options, fetched at once, as `shown_options`."""
        options = self.model._meta.get_field("options").related_model.objects.in_use()
        return self.prefetch_related(models.Prefetch("options", queryset=options, to_attr="shown_options"))

    def shareable(self) -> DimensionQuerySet:
        """Dimensions a wish can be about: all but the practical ones."""
        return self.in_use().exclude(kind__in=["language", "area"])


class OptionQuerySet(models.QuerySet[Any]):
    def in_use(self) -> OptionQuerySet:
        """Only options that are offered now."""
        return self.filter(active=True, dimension__active=True)

    def topics(self) -> OptionQuerySet:
        """Only what may be a supporter's limit: never who somebody is (G11)."""
        return self.in_use().filter(dimension__kind="topic")


class SupporterQuerySet(models.QuerySet[Any]):
    def for_user(self, user: User) -> SupporterQuerySet:
        """Supporters whose page in the staff area this user may open."""
        if user.holds(Role.COORDINATOR, Role.ADMINISTRATOR):
            return self
        return self.filter(user=user)

    def with_room(self) -> SupporterQuerySet:
        """Active, confirmed, taking new requests and not full: those who can be suggested."""
        return self.filter(room_since__isnull=False)

    def found_by(self, words: str) -> SupporterQuerySet:
        """Whose name or title contains the words."""
        return self.filter(Q(name__icontains=words) | Q(title__icontains=words)) if words else self


class ImportRunQuerySet(models.QuerySet[Any]):
    def for_user(self, user: User) -> ImportRunQuerySet:
        """Imports are coordinators' work."""
        return self if user.holds(Role.COORDINATOR) else self.none()
