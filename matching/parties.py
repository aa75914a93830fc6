"""Who acts: a signed-in user, or somebody without an account who opened a private link."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest

from peersupport.accounts.models import Role, User
from peersupport.accounts.session_limits import OWN_DEVICE, new_session_key

if TYPE_CHECKING:
    from matching.models import Invitation, Match, SupportRequest

SESSION_KEY = "bearer"
#: A link opens its page for half an hour; on a shared telephone nothing stays open.
OPEN_FOR_SECONDS = 1800
OPEN_AT_MOST_SECONDS = 4 * 3600
#: Where only one person uses the device, they say so, and it stays open for so long.
OPEN_ON_OWN_DEVICE_SECONDS = 14 * 24 * 3600
#: The mark of the browser tab in which whoever opened a link said that they want to keep it with an account. It travels
#: in that tab's addresses: the next person who signs in on a shared device does not have it.
WANTS_ACCOUNT = "wants_account"


@dataclass(frozen=True)
class Bearer:
    """Somebody who opened a private link. `full`: may choose and agree; else pause, end and change only."""

    request_id: UUID
    pseudonym: UUID
    full: bool

    is_authenticated = False


Party = User | Bearer


def acting(http: HttpRequest) -> Party | None:
    """Return who acts in this HTTP request, or None for a stranger."""
    return http.user if http.user.is_authenticated else kept_bearer(http)


def kept_bearer(http: HttpRequest) -> Bearer | None:
    """Return whoever opened a private link in this browser, while it is open and the link was not replaced."""
    kept = http.session.get(SESSION_KEY)
    now = time.time()
    longest = OPEN_ON_OWN_DEVICE_SECONDS if http.session.get(OWN_DEVICE) else OPEN_AT_MOST_SECONDS
    if not kept or kept["until"] < now or kept["born"] < now - longest:
        return None
    if kept["link"] and _link_was_replaced(kept["link"]):
        return None
    return Bearer(UUID(kept["request"]), UUID(kept["key"]), kept["full"])


def _link_was_replaced(pk: str) -> bool:
    from matching.models import PrivateLink

    return not PrivateLink.objects.filter(pk=pk, replaced_at=None).exists()


def open_for(http: HttpRequest, request: SupportRequest, *, full: bool, link: UUID | None = None) -> None:
    """Let this browser act for `request` for the next half hour."""
    now = time.time()
    new_session_key(http)
    http.session[SESSION_KEY] = {
        "request": str(request.pk),
        "key": str(request.person_key),
        "full": full,
        "link": str(link) if link else "",
        "born": now,
        "until": now + _open_for(http),
    }


def stay_open(http: HttpRequest, by: Party) -> None:
    """Count the half hour anew while whoever opened the link uses the page; it ends after some hours all the same."""
    if isinstance(by, Bearer):
        http.session[SESSION_KEY] = http.session[SESSION_KEY] | {"until": time.time() + _open_for(http)}


def _open_for(http: HttpRequest) -> int:
    return OPEN_ON_OWN_DEVICE_SECONDS if http.session.get(OWN_DEVICE) else OPEN_FOR_SECONDS


def shut(http: HttpRequest) -> None:
    """Close what a link opened in this browser."""
    http.session.pop(SESSION_KEY, None)
    http.session.pop(WANTS_ACCOUNT, None)


def part_in_request(by: Party | None, request: SupportRequest) -> str | None:
    """Return "system", "person", "lasting" (a lasting link), "coordinator" or None."""
    if by is None:
        return "system"
    if isinstance(by, Bearer):
        if by.request_id != request.pk or by.pseudonym != request.person_key:
            return None
        return "person" if by.full else "lasting"
    if request.person_id is not None and request.person_id == by.pk:
        return "person"
    if request.looked_after_by_id == by.pk and by.holds(Role.COORDINATOR):
        return "coordinator"
    return None


def part_in_pair(by: Party | None, pair: Invitation | Match) -> str | None:
    """Return the part in an invitation or match: as in its request, or "supporter"."""
    if isinstance(by, User) and pair.supporter.user_id == by.pk:
        return "supporter"
    return part_in_request(by, pair.request)


def subjects_of_request(request: SupportRequest) -> list[UUID]:
    """Return whose data a request is."""
    return [request.person_key]


def subjects_of_pair(pair: Any) -> list[UUID]:
    """Return whose data an invitation or match is."""
    user = pair.supporter.user
    return [pair.request.person_key, *([user.pseudonym] if user else [])]
