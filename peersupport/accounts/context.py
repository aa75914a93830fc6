"""The main menu, as this visitor sees it."""

from typing import Any

from django.http import HttpRequest

from peersupport.web.navigation import for_request


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give templates the menu."""
    return {"navigation": for_request(request)}
