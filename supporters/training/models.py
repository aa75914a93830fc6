"""Training (G20, G21, G34): a catalogue of courses, and who completed what, when."""

import uuid
from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peersupport.ui.translated import in_language
from supporters.models import Supporter


class CourseKind(models.TextChoices):
    REQUIRED = "required", _("before the first match")
    SPECIALIZED = "specialized", _("specialized")
    CONTINUING = "continuing", _("again and again")


class Course(models.Model):
    """One course. Retired, never deleted under people's feet."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("what sort of course"), max_length=12, choices=CourseKind.choices)
    names = models.JSONField(default=dict)
    abouts = models.JSONField(default=dict, blank=True)
    easy_read = models.BooleanField(_("material in easy words is there"), default=False)
    valid_months = models.PositiveSmallIntegerField(
        _("for how many months it holds"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("Leave it empty if it holds for good."),
    )  # fmt: skip
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return in_language(self.names)

    @property
    def about(self) -> str:
        return in_language(self.abouts)


class Completion(models.Model):
    """Somebody completed a course: said by themselves, confirmed by a coordinator."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="completions")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="completions")
    done_on = models.DateField(_("on which day"))
    evidence = models.CharField(_("what shows it"), max_length=200, blank=True)
    expires_on = models.DateField(null=True)
    said_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-done_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["supporter", "course", "done_on"], name="completion_once",
                                    violation_error_message=_("That is noted already.")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["expires_on", "id"], condition=Q(expires_on__isnull=False), name="completion_lapses"),
            models.Index(fields=["said_at", "id"], condition=Q(confirmed_at__isnull=True), name="completion_to_confirm"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.pk)

    def holds(self, day: date) -> bool:
        """Tell whether it counts on a day: confirmed, and not lapsed."""
        return self.confirmed_at is not None and (self.expires_on is None or self.expires_on >= day)
