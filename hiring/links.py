"""What the menu and copies of one's data show of hiring."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from hiring.models import PanelMember, Scorecard
from peersupport.accounts.menu import holds
from peersupport.accounts.models import Role, User
from peersupport.accounts.own_data import Part
from peersupport.accounts.own_data import register as register_parts
from peersupport.ui.navigation import Entry, register


def _show(user: User) -> Any:
    return {
        "panels": list(PanelMember.objects.filter(user=user).values("is_peer", "chairs", "joined_at", "left_at")),
        "scorecards": Scorecard.objects.filter(member__user=user).count(),
    }


def _erase(user: User) -> None:
    """Their seats and scores go; an application of theirs was erased when they withdrew, or is by its own time."""
    PanelMember.objects.filter(user=user).delete()


def _on_panels(request: HttpRequest) -> bool:
    return holds(Role.PANEL_MEMBER)(request)


def register_all() -> None:
    """Register all of it."""
    register(
        Entry(_("Hiring"), "vacancies", holds(Role.COORDINATOR), 34),
        Entry(_("Your panels"), "panels", _on_panels, 46),
    )
    register_parts(Part("panels", _("Panels you sit on"), _show, _erase))
