"""What the menu, calendars and copies of one's data show of supervision."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import Role, User
from peersupport.accounts.navigation import holds
from peersupport.accounts.own_data import PersonalData
from peersupport.accounts.own_data import register as register_parts
from peersupport.notifications import calendars
from peersupport.web.navigation import MenuEntry, register
from supporters.supervision.models import CheckIn, CheckInState, Supervision


def appointments(user: User, since: datetime, until: datetime) -> Iterable[calendars.Appointment]:
    """Return when the check-ins of a user are."""
    mine = CheckIn.objects.for_user(user).exclude(state=CheckInState.NOT_HELD)
    for row in mine.filter(starts_at__gte=since, starts_at__lt=until).order_by("starts_at")[:1000]:
        yield calendars.Appointment(row.pk, row.wall_time.replace(tzinfo=None), row.time_zone, row.minutes)


def _show(user: User) -> Any:
    return {
        "supervision": list(Supervision.objects.of_party(user).values("every_weeks", "mode", "started_at", "ended_at")),
        "check_ins": list(CheckIn.objects.for_user(user).values("state", "starts_at", "minutes", "mode")),
    }


def _erase(user: User) -> None:
    Supervision.objects.of_party(user).delete()


def _coordinates_too(request: HttpRequest) -> bool:
    return holds(Role.COORDINATOR)(request) and request.user.holds(Role.SUPPORTER, Role.SUPERVISOR)


def _coordinates_only(request: HttpRequest) -> bool:
    return holds(Role.COORDINATOR)(request) and not request.user.holds(Role.SUPPORTER, Role.SUPERVISOR)


def register_all() -> None:
    """Register all of it."""
    register(
        MenuEntry(_("Supervision"), "supervision", holds(Role.SUPPORTER, Role.SUPERVISOR), 42),
        MenuEntry(_("Supervision"), "supervision-board", _coordinates_only, 32),
        MenuEntry(_("Supervision board"), "supervision-board", _coordinates_too, 32),
    )
    calendars.register(appointments)
    register_parts(PersonalData("supervision", _("Supervision, without its words"), _show, _erase))
