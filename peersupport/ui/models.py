"""What the platform itself keeps: counters of limits, and small values shared by all processes."""

from django.db import models


class RateLimit(models.Model):
    """How often something was tried since its window began. `key` is a keyed hash: no address is kept."""

    key = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class CachedValue(models.Model):
    """A value of Django's cache, as JSON with a signature: whoever writes to the table changes nothing unseen."""

    key = models.CharField(primary_key=True, max_length=64)
    value = models.TextField()
    signature = models.CharField(max_length=64)
    expires_at = models.DateTimeField(null=True, db_index=True)

    def __str__(self) -> str:
        return self.key
