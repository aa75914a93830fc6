"""Entries of the menu that belong to matching."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from matching.parties import acting
from peersupport.accounts.models import Role
from peersupport.accounts.navigation import holds
from peersupport.web.navigation import MenuEntry, register


def _seeks_support(request: HttpRequest) -> bool:
    user = request.user
    return acting(request) is not None and (not user.is_authenticated or not user.roles)


def _stranger(request: HttpRequest) -> bool:
    return acting(request) is None


def register_all() -> None:
    """Register one's own support, the supporter's people and the coordinators' board."""
    register(
        MenuEntry(_("Your page"), "my-support", _seeks_support, 15),
        MenuEntry(_("Find a supporter"), "ask", _stranger, 15),
        MenuEntry(_("People you support"), "supporter-home", holds(Role.SUPPORTER), 20),
        MenuEntry(_("Board"), "board", holds(Role.COORDINATOR), 20),
        MenuEntry(_("To ring"), "to-ring", holds(Role.COORDINATOR), 25),
    )
