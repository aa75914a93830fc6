"""The inbox in the menu, with what is unread."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.navigation import signed_in
from peersupport.notifications.outbox import unread
from peersupport.web.navigation import MenuEntry, register


def _count(request: HttpRequest) -> int:
    return unread(request.user)


def register_all() -> None:
    """Register the inbox."""
    register(MenuEntry(_("Messages"), "inbox", signed_in, 70, _count))
