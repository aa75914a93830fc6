"""A vacancy: what is asked before it opens (G22), and a bar that is frozen from then on (G19)."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hiring.models.jobs import InterviewQuestion, JobVersion
from hiring.querysets import VacancyQuerySet
from peersupport.web.translated import in_language
from supporters.training.models import Competence


class VacancyState(models.TextChoices):
    DRAFT = "draft", _("being prepared")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed, the panel is at work")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


class Reveal(models.TextChoices):
    ALL = "all", _("when all members have sent theirs")
    OWN = "own", _("to each member, when they have sent their own")


class Vacancy(models.Model):
    """One or more posts to fill. It closes when the clock on the wall in its zone says so."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(JobVersion, on_delete=models.PROTECT, related_name="vacancies")
    # Whoever runs it may go: then any coordinator can take it over.
    run_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=VacancyState.choices, default=VacancyState.DRAFT)
    posts = models.PositiveSmallIntegerField(
        _("how many posts"), default=2, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    new_to_peers = models.BooleanField(_("it is the first time that peers work there"), default=False)
    paid = models.BooleanField(_("paid"), null=True)
    rate = models.CharField(_("the rate"), max_length=200, blank=True)
    beside = models.CharField(_("the rate of comparable staff roles"), max_length=200, blank=True)
    benefits = models.TextField(_("what it means for benefits"), max_length=1000, blank=True)
    imbalance = models.TextField(_("how paid beside unpaid is talked about"), max_length=1000, blank=True)
    wall_close = models.DateTimeField(_("when applications close"), null=True)
    time_zone = models.CharField(max_length=60, blank=True)
    closes_at = models.DateTimeField(null=True)
    score_by = models.DateField(_("scores by"), null=True, blank=True)
    bar = models.DecimalField(
        _("the bar"),
        max_digits=3,
        decimal_places=2,
        default=Decimal("2.50"),
        validators=[MinValueValidator(Decimal(1)), MaxValueValidator(Decimal(4))],
    )
    reveal = models.CharField(_("scores are shown"), max_length=3, choices=Reveal.choices, default=Reveal.ALL)
    hide_names = models.BooleanField(_("hide names while shortlisting"), default=True)
    kind_words = models.TextField(_("words to everybody who applied"), max_length=1000, blank=True)
    opened_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    next_number = models.PositiveIntegerField(default=1)
    # Counts that stay when applications are erased.
    counted_applied = models.PositiveIntegerField(default=0)
    counted_withdrawn = models.PositiveIntegerField(default=0)
    counted_hired = models.PositiveIntegerField(default=0)
    # Who applies and who starts, by the language they applied in: {language: [applied, started]}.
    counted_languages = models.JSONField(default=dict)

    objects = VacancyQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "pk"]
        verbose_name_plural = "vacancies"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(state="cancelled")
                | Q(opened_at__isnull=False, closes_at__isnull=False, paid__isnull=False),
                name="vacancy_open_coherent",
                violation_error_message=_("Answer the questions about pay and dates first."),
            ),
        ]
        indexes = [models.Index(fields=["closes_at"], condition=Q(state="open"), name="vacancy_to_close")]

    def __str__(self) -> str:
        return str(self.version)

    @property
    def takes_applications(self) -> bool:
        return self.state == VacancyState.OPEN and self.closes_at is not None and self.closes_at > timezone.now()


class Criterion(models.Model):
    """A question every candidate is asked, its weight, and its levels in words: copied, so that the bank may change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    vacancy = models.ForeignKey(Vacancy, on_delete=models.CASCADE, related_name="criteria")
    question = models.ForeignKey(InterviewQuestion, null=True, on_delete=models.SET_NULL, related_name="+")
    order = models.PositiveSmallIntegerField()
    words = models.JSONField()
    anchors = models.JSONField()
    competence = models.CharField(max_length=10, choices=Competence.choices)
    weight = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(5)])

    class Meta:
        ordering = ["order", "pk"]
        verbose_name_plural = "criteria"
        constraints = [models.UniqueConstraint(fields=["vacancy", "order"], name="criterion_order_once")]

    def __str__(self) -> str:
        return in_language(self.words)

    @property
    def levels(self) -> list[str]:
        """The four levels in the reader's language, lowest first."""
        found = in_language({language: "\n".join(levels) for language, levels in self.anchors.items()})
        return found.split("\n")
