"""Entries of the menu that belong to accounts."""

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import Role
from peersupport.web.navigation import MenuEntry, register


def holds(*roles: str) -> Callable[[HttpRequest], bool]:
    """Return a rule: the visitor is signed in and holds one of the roles."""

    def visible(request: HttpRequest) -> bool:
        return request.user.is_authenticated and request.user.holds(*roles)

    return visible


def signed_in(request: HttpRequest) -> bool:
    """Anyone signed in."""
    return bool(request.user.is_authenticated)


def stranger(request: HttpRequest) -> bool:
    """Anyone who is not."""
    return not request.user.is_authenticated


def register_all() -> None:
    """Register home, settings, account and sign-in."""
    register(
        MenuEntry(_("Home"), "home", signed_in, 10),
        MenuEntry(_("Settings"), "settings", holds(Role.ADMINISTRATOR), 80),
        MenuEntry(_("Your account"), "account", signed_in, 90),
        MenuEntry(_("Sign in"), "account_login", stranger, 90),
    )
