"""Who may see which requests, invitations and matches, in SQL: the same truth as the policies."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from matching.parties import Bearer
from peersupport.accounts.models import Role, User

if TYPE_CHECKING:
    from matching.parties import Party


class RequestQuerySet(models.QuerySet[Any]):
    def for_party(self, by: Party | None) -> RequestQuerySet:
        """Requests whose content `by` may see: one's own, or those a coordinator looks after."""
        if isinstance(by, Bearer):
            return self.filter(pk=by.request_id, person_key=by.pseudonym)
        if not isinstance(by, User):
            return self.none()
        mine = Q(person=by)
        return self.filter(mine | Q(looked_after_by=by)) if by.holds(Role.COORDINATOR) else self.filter(mine)

    def on_board(self) -> RequestQuerySet:
        """Requests that are under way: what the coordinators' board shows."""
        return self.exclude(state__in=["draft", "closed"])

    def to_take(self, by: User | None = None) -> RequestQuerySet:
        """Requests whose person wants help, that nobody looks after; for `by`, when they are the one who is wanted."""
        free = self.on_board().filter(looked_after_by=None, help_wanted=True)
        return free.filter(Q(wanted_coordinator=None) | Q(wanted_coordinator=by)) if by else free


class LinkQuerySet(models.QuerySet[Any]):
    def live(self) -> LinkQuerySet:
        """Links that still open something."""
        not_over = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(not_over, used_at=None, replaced_at=None).exclude(
            request__state="closed", purpose="choosing"
        )


class InvitationQuerySet(models.QuerySet[Any]):
    def for_supporter(self, by: Party | None) -> InvitationQuerySet:
        """Invitations the supporter has received (queued ones are not known to them)."""
        if not isinstance(by, User):
            return self.none()
        return self.filter(supporter__user=by).exclude(state__in=["queued", "withdrawn"])

    def due_to_expire(self, now: datetime) -> InvitationQuerySet:
        """Open invitations whose time to answer is over."""
        return self.filter(state="open", answer_by__lte=now)

    def without_room(self) -> InvitationQuerySet:
        """Open invitations whose supporter can't take anybody now."""
        return self.filter(state="open", supporter__room_since=None)


class QuestionQuerySet(models.QuerySet[Any]):
    def for_supporter(self, by: Party | None) -> QuestionQuerySet:
        """Questions this supporter may answer."""
        return self.filter(supporter__user=by, state="asked") if isinstance(by, User) else self.none()


class MatchQuerySet(models.QuerySet[Any]):
    def for_supporter(self, by: Party | None) -> MatchQuerySet:
        """The supporter's own matches."""
        return self.filter(supporter__user=by) if isinstance(by, User) else self.none()

    def live(self) -> MatchQuerySet:
        """Matches that have not ended: each takes a place."""
        return self.exclude(state="ended")

    def lasting(self) -> MatchQuerySet:
        """All but those of stand-ins."""
        return self.filter(stands_in_for=None)
