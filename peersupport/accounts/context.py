"""The main menu, as this visitor sees it."""

from typing import Any

from django.http import HttpRequest

from peersupport.ui import navigation as menu


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give templates the menu."""
    return {"navigation": menu.for_request(request)}
