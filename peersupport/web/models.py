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


class KeptWords(models.Model):
    """What somebody had typed when their form could not be taken: sealed, for them alone, for an hour."""

    owner = models.CharField(max_length=64)
    path = models.CharField(max_length=64)
    sealed = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "kept words"
        constraints = [models.UniqueConstraint(fields=["owner", "path"], name="words_kept_once")]

    def __str__(self) -> str:
        return str(self.pk)


class SubmittedForm(models.Model):
    """A form that was sent, and what was answered: a second press gets the same answer and makes nothing more."""

    key = models.CharField(primary_key=True, max_length=64)
    answer = models.BinaryField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key
