"""What the menu and copies of one's data show of hiring."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from hiring.models import Application, PanelMember, Recusal, Scorecard, Slot
from hiring.workflows import applying, panel
from peersupport.accounts.models import Role, User
from peersupport.accounts.navigation import holds
from peersupport.accounts.own_data import PersonalData
from peersupport.accounts.own_data import register as register_parts
from peersupport.notifications import calendars
from peersupport.web.navigation import MenuEntry, register


def appointments(user: User, since: datetime, until: datetime) -> Iterable[calendars.Appointment]:
    """Return when the panels of a user talk with somebody."""
    can_not = Recusal.objects.filter(member__user=user).values("application")
    mine = Slot.objects.filter(application__isnull=False, vacancy__panel__user=user, vacancy__panel__left_at=None)
    mine = mine.exclude(application__in=can_not)
    for row in mine.filter(starts_at__gte=since, starts_at__lt=until).order_by("starts_at")[:500]:
        yield calendars.Appointment(row.pk, row.wall_time.replace(tzinfo=None), row.time_zone, row.minutes)


def _show(user: User) -> Any:
    return {
        "panels": list(PanelMember.objects.filter(user=user).values("is_peer", "chairs", "joined_at", "left_at")),
        "scorecards": Scorecard.objects.filter(member__user=user).count(),
    }


def _erase(user: User) -> None:
    """Their seats stay without a name, so that no decision turns; the application they started with is erased."""
    panel.forget(user)
    for application in Application.objects.filter(started_as=user):
        applying.erase(application, counted=False)


def _on_panels(request: HttpRequest) -> bool:
    return holds(Role.PANEL_MEMBER)(request)


def register_all() -> None:
    """Register all of it."""
    register(
        MenuEntry(_("Hiring"), "vacancies", holds(Role.COORDINATOR), 34),
        MenuEntry(_("Your panels"), "panels", _on_panels, 46),
    )
    calendars.register(appointments)
    register_parts(PersonalData("panels", _("Panels you sit on"), _show, _erase))
