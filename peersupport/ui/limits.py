"""A limit on how often something may be tried. Counts live in the shared cache, never in one process."""

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


def too_often(request: HttpRequest, action: str, *, times: int, seconds: int) -> bool:
    """Count one try of `action` from this address; True when there were more than `times` in `seconds`."""
    return too_often_for(f"{action}:{address_of(request)}", times=times, seconds=seconds)


def address_of(request: HttpRequest) -> str:
    """Return the visitor's address; behind the trusted server in front, the one that server saw."""
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))


def too_often_for(key: str, *, times: int, seconds: int) -> bool:
    """Count one try under `key`, which is hashed so that the cache holds no address."""
    name = "limit:" + hashlib.sha256(key.encode()).hexdigest()
    cache.add(name, 0, seconds)
    try:
        return cache.incr(name) > times
    except ValueError:  # it ran out between the two calls
        return False
