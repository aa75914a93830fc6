"""Training (G20, G21, G34): a catalogue of courses, and who completed what, when."""

import uuid
from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peersupport.vault.door import SealedText
from peersupport.web.translated import in_language
from supporters.models import Supporter


class Competence(models.TextChoices):
    """The twelve roles of G14 (WHO QualityRights, One-to-one peer support, section 8), in our own words."""

    EQUAL = "equal", _("Being with people as somebody who cares, and as an equal")
    SUPPORT = "support", _("Giving support")
    STORY = "story", _("Telling my own story so that it gives courage")
    PERSONAL = "personal", _("Finding what suits this one person")
    PLANNING = "planning", _("Standing by people who plan their recovery")
    LINKING = "linking", _("Knowing who and what else can help")
    LIVING = "living", _("Passing on what helps to live well")
    CRISIS = "crisis", _("Standing by people in a crisis")
    TALKING = "talking", _("Listening and talking")
    TEAM = "team", _("Working together with others")
    RIGHTS = "rights", _("Leading, and speaking up for rights")
    GROWING = "growing", _("Learning and growing")


class Level(models.IntegerChoices):
    """How sure somebody feels, in their own eyes."""

    NEW = 1, _("new to me")
    WITH_HELP = 2, _("with help")
    ALONE = 3, _("on my own")
    FOR_OTHERS = 4, _("I help others with it")


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
        _("for how many months it holds"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("Leave it empty if it holds for good."),
    )
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
            models.UniqueConstraint(
                fields=["supporter", "course", "done_on"],
                name="completion_once",
                violation_error_message=_("That is noted already."),
            ),
        ]
        indexes = [
            models.Index(fields=["expires_on", "id"], condition=Q(expires_on__isnull=False), name="completion_lapses"),
            models.Index(
                fields=["said_at", "id"], condition=Q(confirmed_at__isnull=True), name="completion_to_confirm"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def holds(self, day: date) -> bool:
        """Tell whether it counts on a day: confirmed, and not lapsed."""
        return self.confirmed_at is not None and (self.expires_on is None or self.expires_on >= day)


class SelfView(models.Model):
    """How a supporter sees their own competences at one time: sealed, theirs alone, shown to nobody unless they bring it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.OneToOneField(SealedText, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["made_at", "pk"]

    def __str__(self) -> str:
        return str(self.pk)


class Goal(models.Model):
    """One line of a supporter's own learning plan. Nobody else sees it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    words = models.CharField(_("what you would like to learn"), max_length=300)
    competence = models.CharField(_("what it belongs to"), max_length=10, choices=Competence.choices, blank=True)
    by_when = models.DateField(_("by when"), null=True, blank=True)
    done_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = [
            models.F("done_at").asc(nulls_first=True),
            models.F("by_when").asc(nulls_last=True),
            "made_at",
            "pk",
        ]

    def __str__(self) -> str:
        return str(self.pk)


class CareerStep(models.Model):
    """A step of the career the organization offers (G27), such as supporting alone, leading a group, supervising."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    names = models.JSONField(default=dict)
    abouts = models.JSONField(default=dict, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return in_language(self.names)

    @property
    def about(self) -> str:
        return in_language(self.abouts)


class CareerStepReached(models.Model):
    """A supporter reached a step, noted by a coordinator."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="steps_reached")
    step = models.ForeignKey(CareerStep, on_delete=models.CASCADE, related_name="+")
    noted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "steps reached"
        constraints = [models.UniqueConstraint(fields=["supporter", "step"], name="step_reached_once")]

    def __str__(self) -> str:
        return str(self.pk)
