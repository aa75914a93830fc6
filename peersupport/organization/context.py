"""What every page knows of the organization."""

from typing import Any

from django.http import HttpRequest

from peersupport.organization.models import Organization


def current() -> Organization:
    """Return the organization, making its row with plain defaults on the very first page."""
    return (
        Organization.objects.filter(pk=1).first()
        or Organization.objects.get_or_create(pk=1, defaults={"name": "Peer support"})[0]
    )


def for_request(request: HttpRequest) -> Organization:
    """Return the organization, fetched once for each request."""
    if not hasattr(request, "organization"):
        request.organization = current()  # type: ignore[attr-defined]
    return request.organization  # type: ignore[attr-defined,no-any-return]


def organization(request: HttpRequest) -> dict[str, Any]:
    """Give templates the organization and where "Leave this page" leads."""
    found = for_request(request)
    return {"organization": found, "leave_url": found.leave_page_url, "help_now": True}
