"""Who acts: a signed-in user, or somebody without an account who opened a private link."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest

from peersupport.accounts.models import Role, User

if TYPE_CHECKING:
    from matching.models import Invitation, Match, SupportRequest

SESSION_KEY = "bearer"
#: A link opens its page for half an hour; on a shared telephone nothing stays open.
OPEN_FOR_SECONDS = 1800


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
    """Return whoever opened a private link in this browser, while its half hour runs."""
    kept = http.session.get(SESSION_KEY)
    if not kept or kept["until"] < time.time():
        return None
    return Bearer(UUID(kept["request"]), UUID(kept["key"]), kept["full"])


def open_for(http: HttpRequest, request: SupportRequest, *, full: bool) -> None:
    """Let this browser act for `request` for the next half hour."""
    http.session.cycle_key()
    http.session[SESSION_KEY] = {
        "request": str(request.pk),
        "key": str(request.person_key),
        "full": full,
        "until": time.time() + OPEN_FOR_SECONDS,
    }


def stay_open(http: HttpRequest) -> None:
    """Count the half hour anew, as long as somebody is using the page."""
    if kept := http.session.get(SESSION_KEY):
        http.session[SESSION_KEY] = kept | {"until": time.time() + OPEN_FOR_SECONDS}


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
