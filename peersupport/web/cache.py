"""Django's cache in a table of the database, as signed JSON.

Django's own shared caches unpickle what they read: whoever can write to the store runs code in the web process.
Here a value is JSON and carries a signature made with the site's secret; one without it does not exist. Nothing is
ever thrown out to make room, so a flood of keys can't erase a count; what has expired is deleted by the hourly task.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

log = logging.getLogger("peersupport.cache")


def keyed_hash(purpose: str, text: str) -> str:
    """Return a hash of `text` (64 hexadecimal digits) that only this installation can compute."""
    return salted_hmac(f"peersupport.{purpose}", text, algorithm="sha256").hexdigest()


class SignedDatabaseCache(BaseCache):
    """A cache backend that keeps signed JSON in `ui.CachedValue`.

    Values are what JSON can hold; anything else raises TypeError. `add` and `incr` are atomic on every database.
    """

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        from peersupport.web.models import CachedValue

        hashed = self._hashed(key, version)
        row = CachedValue(key=hashed, **self._columns(hashed, value, timeout))
        with transaction.atomic():
            CachedValue.objects.filter(key=hashed, expires_at__lte=timezone.now()).delete()
            try:
                with transaction.atomic():
                    row.save(force_insert=True)
            except IntegrityError:
                return False
        return True

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        from peersupport.web.models import CachedValue

        hashed = self._hashed(key, version)
        return self._read(CachedValue.objects.filter(pk=hashed).first(), default)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        from peersupport.web.models import CachedValue

        hashed = self._hashed(key, version)
        CachedValue.objects.update_or_create(key=hashed, defaults=self._columns(hashed, value, timeout))

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        missing = object()
        value = self.get(key, missing, version)
        if value is missing:
            return False
        self.set(key, value, timeout, version)
        return True

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        from peersupport.web.models import CachedValue

        hashed, missing = self._hashed(key, version), object()
        with transaction.atomic():
            row = CachedValue.objects.select_for_update().filter(pk=hashed).first()
            value = self._read(row, missing)
            if row is None or value is missing:
                raise ValueError(f"Key {key!r} not found")
            row.value = json.dumps(value + delta)
            row.signature = _signature(hashed, row.value, row.expires_at)
            row.save(update_fields=["value", "signature"])
        return int(value + delta)

    def delete(self, key: str, version: int | None = None) -> bool:
        from peersupport.web.models import CachedValue

        return bool(CachedValue.objects.filter(pk=self._hashed(key, version)).delete()[0])

    def clear(self) -> None:
        from peersupport.web.models import CachedValue

        CachedValue.objects.all().delete()

    def _hashed(self, key: str, version: int | None) -> str:
        return keyed_hash("cache-key", self.make_and_validate_key(key, version=version))

    def _columns(self, hashed: str, value: Any, timeout: Any) -> dict[str, Any]:
        expires = self.get_backend_timeout(timeout)
        expires_at = None if expires is None else datetime.fromtimestamp(expires, tz=UTC)
        text = json.dumps(value)
        return {"value": text, "signature": _signature(hashed, text, expires_at), "expires_at": expires_at}

    def _read(self, row: Any, default: Any) -> Any:
        if row is None or (row.expires_at is not None and row.expires_at <= timezone.now()):
            return default
        if not constant_time_compare(row.signature, _signature(row.key, row.value, row.expires_at)):
            log.warning("a cached value without our signature was refused")
            return default
        return json.loads(row.value)


def _signature(hashed: str, text: str, expires_at: datetime | None) -> str:
    """Sign a value together with its key and its end, so that neither a value nor a time can be moved."""
    until = "" if expires_at is None else str(int(expires_at.timestamp() * 1_000_000))
    return keyed_hash("cache-value", f"{hashed}|{until}|{text}")
