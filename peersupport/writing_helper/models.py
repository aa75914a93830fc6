"""What the organization changed in the glossary: its own entries, and ours that it words otherwise or leaves out."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class GlossaryKind(models.TextChoices):
    CLOSED = "closed", _("closed language")
    DUTY = "duties", _("duties outside the role")


class GlossaryEntry(models.Model):
    """One entry of the glossary in one language. With the key of one of ours it stands in its place."""

    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    kind = models.CharField(_("sort"), max_length=10, choices=GlossaryKind.choices)
    key = models.SlugField(max_length=80)
    phrases = models.JSONField(default=list)
    exceptions = models.JSONField(default=list)
    why = models.CharField(_("why"), max_length=400)
    instead = models.JSONField(default=list)
    active = models.BooleanField(_("in use"), default=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["language", "kind", "key"]
        verbose_name_plural = "entries"
        constraints = [models.UniqueConstraint(fields=["language", "kind", "key"], name="entry_once")]

    def __str__(self) -> str:
        return self.key
