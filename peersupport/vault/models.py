"""What the vault keeps: public keys, wrapped seeds, sealed texts and to whom their keys were sealed.

Nothing here opens without a password or a recovery sheet; see `door` for what the rest of the house may do.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peersupport.vault.crypto import Header, Public, Sealed


class KeyState(models.TextChoices):
    CURRENT = "current", _("in use")
    REPLACED = "replaced", _("replaced")


class SheetState(models.TextChoices):
    NONE = "none", _("no sheet yet")
    SHOWN = "shown", _("shown, not checked yet")
    CHECKED = "checked", _("kept and checked")
    WITHOUT = "without", _("does without one")


class KeyPair(models.Model):
    """The public keys of a user. Their private halves come from a seed that only wraps hold."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="key_pairs")
    version = models.PositiveIntegerField(default=1)
    encryption_public = models.BinaryField(max_length=32)
    signing_public = models.BinaryField(max_length=32)
    state = models.CharField(max_length=10, choices=KeyState.choices, default=KeyState.CURRENT)
    sheet = models.CharField(max_length=10, choices=SheetState.choices, default=SheetState.NONE)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "version"], name="key_pair_version_once"),
            models.UniqueConstraint(fields=["user"], condition=Q(state="current"), name="key_pair_current_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def public(self) -> Public:
        return Public(self.user_id, self.version, bytes(self.encryption_public), bytes(self.signing_public))


class WrapKind(models.TextChoices):
    PASSWORD = "password", _("the password")
    SHEET = "sheet", _("the notes recovery sheet")


class Wrap(models.Model):
    """A seed, sealed under what only its user knows. A reset of the password leaves it as it was."""

    key_pair = models.ForeignKey(KeyPair, on_delete=models.CASCADE, related_name="wraps")
    kind = models.CharField(max_length=10, choices=WrapKind.choices)
    blob = models.BinaryField()
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key_pair", "kind"], name="wrap_of_a_kind_once")]

    def __str__(self) -> str:
        return self.kind


class Pins(models.Model):
    """Whose keys a user has seen and which revisions: sealed under a key of their own."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+")
    key_version = models.PositiveIntegerField()
    blob = models.BinaryField()

    class Meta:
        verbose_name_plural = "pins"

    def __str__(self) -> str:
        return str(self.pk)


class SealedText(models.Model):
    """A text that only its readers can open. Which readers is said by its grants."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20)
    relationship = models.UUIDField(db_index=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    author_version = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(default=1)
    nonce = models.BinaryField(max_length=24)
    ciphertext = models.BinaryField()
    signature = models.BinaryField(max_length=64)
    # A reader was taken out who could not be locked out at once: seal anew when the author opens their notes.
    seal_anew = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def header(self) -> Header:
        return Header(self.kind, self.pk, self.revision, self.relationship, self.author_id, self.author_version)

    @property
    def sealed(self) -> Sealed:
        return Sealed(bytes(self.nonce), bytes(self.ciphertext), bytes(self.signature))


class Grant(models.Model):
    """The key of a text, sealed to one reader, signed by whoever let them read."""

    text = models.ForeignKey(SealedText, on_delete=models.CASCADE, related_name="grants")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    reader_version = models.PositiveIntegerField()
    wrap = models.BinaryField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    granter_version = models.PositiveIntegerField()
    signature = models.BinaryField(max_length=64)
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text", "reader"], name="grant_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Draft(models.Model):
    """What somebody was writing: sealed to themselves, also when their notes were locked meanwhile."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    about = models.CharField(max_length=100)
    # Which opened form it was typed in: two open at once keep both.
    form = models.CharField(max_length=16, blank=True)
    key_version = models.PositiveIntegerField()
    blob = models.BinaryField()
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "about", "form"], name="draft_of_a_form_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Gone(models.Model):
    """The id of something that was destroyed, until it stands in the ledger outside the database."""

    thing = models.UUIDField(primary_key=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "gone"

    def __str__(self) -> str:
        return str(self.thing)
