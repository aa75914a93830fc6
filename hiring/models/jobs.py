"""Job descriptions with every part of G15, their versions, and the bank of interview questions (G18)."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from peersupport.web.translated import in_language
from supporters.training.models import Competence


class JobPart(models.TextChoices):
    """The parts of a job description (WHO QualityRights, One-to-one peer support, section 9), beside its duties."""

    TITLE = "title", _("Job title")
    PROGRAMME = "programme", _("Programme")
    REPORTS_TO = "reports_to", _("Reports to")
    ACCOUNTABLE_TO = "accountable_to", _("Accountable to")
    BASE = "base", _("Where the work is")
    CONTRACT = "contract", _("Type of contract")
    HOURS = "hours", _("Hours a week")
    PURPOSE = "purpose", _("Purpose of the job")
    QUALIFICATIONS = "qualifications", _("What you bring")


class JobDescription(models.Model):
    """A description being written, in several languages: `words` is {language: {part: text}}.

    `duties` is a list of {"competence": key, "words": {language: text}}.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    words = models.JSONField(default=dict)
    duties = models.JSONField(default=list)
    changed_at = models.DateTimeField(auto_now=True)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["-changed_at", "pk"]

    def __str__(self) -> str:
        return part_of(self.words, JobPart.TITLE) or str(_("A job without a title yet"))


class JobVersion(models.Model):
    """A job description as it was at one time. Vacancies point to a version, never to what is being written."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(JobDescription, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    words = models.JSONField()
    duties = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="job_version_once")]

    def __str__(self) -> str:
        return part_of(self.words, JobPart.TITLE)


def part_of(words: dict[str, dict[str, str]], part: str) -> str:
    """Return a part in the reader's language, or in the first that has it."""
    return in_language({language: parts.get(part, "") for language, parts in words.items() if parts.get(part)})


def duties_of(duties: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """Return each duty in the reader's language, with the competence it asks for."""
    labels = dict(Competence.choices)
    return [(in_language(duty["words"]), labels.get(duty["competence"], "")) for duty in duties]


class Theme(models.TextChoices):
    """What interview questions are about (G18), in our own words."""

    WHY = "why", _("why this role")
    STRENGTHS = "strengths", _("strengths, skills and experience")
    LEARNED = "learned", _("what was learned that helps here")
    EQUALITY = "equality", _("equality and standing up against discrimination")
    GOOD = "good", _("why support between peers is good")
    HOPE = "hope", _("standing by somebody without hope")
    SIMILAR = "similar", _("earlier experience of anything similar")


class Value(models.TextChoices):
    """The value a question looks for (G5)."""

    RESPECT = "respect", _("respect")
    EQUALITY = "equality", _("equality")
    MUTUALITY = "mutuality", _("mutuality")
    EMPATHY = "empathy", _("empathy")
    RECOVERY = "recovery", _("recovery in one's own way")
    SELF_DETERMINATION = "self_determination", _("self-determination")
    EMPOWERMENT = "empowerment", _("empowerment")


class InterviewQuestion(models.Model):
    """A question of the bank: `words` is {language: text}, `anchors` {language: four levels in words}."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.SlugField(max_length=40, unique=True)
    theme = models.CharField(_("theme"), max_length=12, choices=Theme.choices)
    value = models.CharField(_("value"), max_length=20, choices=Value.choices)
    competence = models.CharField(_("competence"), max_length=10, choices=Competence.choices)
    words = models.JSONField(default=dict)
    anchors = models.JSONField(default=dict)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["theme", "key"]

    def __str__(self) -> str:
        return in_language(self.words)
