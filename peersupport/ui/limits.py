"""A limit on how often something may be tried. Counts live in the shared cache, never in one process."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest


def too_often(request: HttpRequest, action: str, *, times: int, seconds: int) -> bool:
    """Count one try of `action` from this address; True when there were more than `times` in `seconds`."""
    return too_often_for(f"{action}:{request.META.get('REMOTE_ADDR', '')}", times=times, seconds=seconds)


def too_often_for(key: str, *, times: int, seconds: int) -> bool:
    """Count one try under `key`, which is hashed so that the cache holds no address."""
    name = "limit:" + hashlib.sha256(key.encode()).hexdigest()
    cache.add(name, 0, seconds)
    try:
        return cache.incr(name) > times
    except ValueError:  # it ran out between the two calls
        return False
