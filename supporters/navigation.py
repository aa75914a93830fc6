"""Entries of the menu that belong to supporters."""

from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import Role
from peersupport.accounts.navigation import holds
from peersupport.web.navigation import MenuEntry, register


def register_all() -> None:
    """Register the supporter's own profile and the list of supporters."""
    register(
        MenuEntry(_("Your profile"), "profile", holds(Role.SUPPORTER), 40),
        MenuEntry(_("Supporters"), "supporters", holds(Role.COORDINATOR), 30),
    )
