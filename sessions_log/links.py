"""What the pages of a match and the menu show of meetings and notes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from matching import more
from matching.models import Match
from peersupport.accounts.models import Role, User
from peersupport.accounts.navigation import holds
from peersupport.notifications import calendars
from peersupport.web.navigation import MenuEntry, register
from sessions_log.models import Meeting, MeetingState


def of_match(match: Match, by: Any) -> list[tuple[Any, str]]:
    """Return the links for one of the two; a link of somebody without an account opens none of it."""
    if not isinstance(by, User):
        return []
    found = [(_("Meetings"), reverse("sessions", args=[match.pk]))]
    if match.request.person_id is not None:
        found.append((_("Notes"), reverse("notes-of", args=[match.pk])))
    return found


def appointments(user: User, since: datetime, until: datetime) -> Iterable[calendars.Appointment]:
    """Return when the meetings of a user are, planned or held; what was called off is not in their calendar."""
    mine = Meeting.objects.for_user(user).exclude(state=MeetingState.NOT_HELD)
    for row in mine.filter(starts_at__gte=since, starts_at__lt=until).order_by("starts_at")[:1000]:
        yield calendars.Appointment(row.pk, row.wall_time.replace(tzinfo=None), row.time_zone, row.minutes)


def _supporter(request: HttpRequest) -> bool:
    return holds(Role.SUPPORTER)(request)


def register_all() -> None:
    """Register all of it."""
    calendars.register(appointments)
    more.register(of_match)
    register(MenuEntry(_("Shared with you"), "shared-with-me", holds(Role.SUPERVISOR), 46))
    register(MenuEntry(_("Your reflections"), "reflections", _supporter, 45))
