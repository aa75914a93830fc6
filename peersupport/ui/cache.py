"""The shared cache on Redis. While Redis is away the database stands in, so that pages and limits go on."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger("peersupport.cache")
#: After Redis did not answer, a process does not ask it again for so many seconds.
REST = 10.0
_resting_until = 0.0


def _asked(name: str) -> Callable[..., Any]:
    """Return a method that asks Redis, or the cache in the database while Redis does not answer."""

    def ask(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
        global _resting_until
        if time.monotonic() >= _resting_until:
            try:
                return getattr(RedisCache, name)(self, *args, **kwargs)
            except RedisError as problem:
                _resting_until = time.monotonic() + REST
                log.warning("the cache could not be reached (%s)", type(problem).__name__)
        return getattr(caches["aside"], name)(*args, **kwargs)

    ask.__name__, ask.__doc__ = name, getattr(RedisCache, name).__doc__
    return ask


class RedisThatMayBeAway(RedisCache):
    """Django's own, but for what it does when Redis does not answer."""

    get, get_many, has_key, touch = _asked("get"), _asked("get_many"), _asked("has_key"), _asked("touch")
    add, set, set_many, incr = _asked("add"), _asked("set"), _asked("set_many"), _asked("incr")
    delete, delete_many, clear = _asked("delete"), _asked("delete_many"), _asked("clear")
