"""The organization: its settings, its words, its emergency numbers, concerns raised with it."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from peersupport.web.phones import PhoneField
from peersupport.web.translated import in_language


def _between(lowest: int, highest: int) -> list[object]:
    return [MinValueValidator(lowest), MaxValueValidator(highest)]


class Organization(models.Model):
    """The one organization this installation belongs to (a single row)."""

    name = models.CharField(_("name of the organization"), max_length=120)
    about = models.JSONField(default=dict, blank=True)
    contact_phone = PhoneField(_("phone number for questions"), max_length=40, blank=True)
    contact_email = models.EmailField(_("email address for questions"), blank=True)
    contact_hours = models.CharField(_("when somebody answers"), max_length=120, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    supporter_title = models.JSONField(default=dict, blank=True)
    legal_duties = models.JSONField(default=dict, blank=True)
    agreement_words = models.JSONField(default=dict, blank=True)
    minimum_age = models.PositiveSmallIntegerField(_("minimum age"), default=18, validators=_between(10, 30))
    hours_to_answer = models.PositiveSmallIntegerField(
        _("hours a supporter has to answer an invitation"), default=48, validators=_between(4, 336)
    )
    small_numbers_below = models.PositiveSmallIntegerField(
        _("hide counts of people below"), default=5, validators=_between(3, 50)
    )
    months_kept = models.PositiveSmallIntegerField(
        _("months a closed request is kept"), default=6, validators=_between(1, 120)
    )
    months_notes_kept = models.PositiveSmallIntegerField(
        _("months a note is kept"), default=12, validators=_between(1, 120)
    )
    leave_page_url = models.URLField(
        _("where “Leave this page” leads"), blank=True, default="https://www.wikipedia.org/"
    )
    supporter_checks = models.TextField(_("checks on supporters and safety on home visits"), blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="organization_is_one_row")]

    def __str__(self) -> str:
        return self.name

    @property
    def title_text(self) -> str:
        """What supporters are called here, in the reader's language, unless they call themselves otherwise."""
        return in_language(self.supporter_title)

    @property
    def duties_text(self) -> str:
        """The limits of privacy that the law here sets, in the reader's language; empty while not filled in."""
        return in_language(self.legal_duties)


class EmergencyNumber(models.Model):
    """A number to ring when it can't wait. Shown to anyone, before and without signing in."""

    country = models.CharField(_("country or area"), max_length=80)
    label = models.CharField(_("what it is"), max_length=120)
    number = models.CharField(_("number or address"), max_length=60)
    hours = models.CharField(_("when it answers"), max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return f"{self.label}: {self.number}"


class TextKind(models.TextChoices):
    AGREEMENT = "agreement", _("Agreement that opens a match")
    PRIVACY = "privacy", _("Privacy notice")
    SAID_NO = "said_no", _("What a person is told when a supporter can't")
    ENDED = "ended", _("What the other is told when support ends")
    PAUSED = "paused", _("What the other is told when support pauses")


class TextVersion(models.Model):
    """A text of the organization. Never changed: a new version is added, so it stays known what was agreed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=TextKind.choices)
    number = models.PositiveIntegerField()
    bodies = models.JSONField(default=dict)
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)

    class Meta:
        ordering = ["kind", "-number"]
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="text_version_numbered_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def body(self) -> str:
        """The text in the reader's language."""
        return in_language(self.bodies)


class ConcernContact(models.Model):
    """Somebody who answers concerns, outside the line of management (G29)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    introduction = models.CharField(_("who this is, in a few words"), max_length=200)
    active = models.BooleanField(_("takes concerns now"), default=True)

    def __str__(self) -> str:
        return self.introduction


class ConcernState(models.TextChoices):
    NEW = "new", _("Not read yet")
    READ = "read", _("Read")
    CLOSED = "closed", _("Closed")


class Concern(models.Model):
    """Something that is wrong, told by anyone, by name or not, to one named contact (G29)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(ConcernContact, on_delete=models.PROTECT, related_name="concerns")
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    code_hash = models.CharField(max_length=64, unique=True)
    words = models.TextField(_("what happened"), max_length=5000)
    how_to_reach = models.CharField(_("how we may reach you"), max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=ConcernState.choices, default=ConcernState.NEW)
    raised_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-raised_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="closed", closed_at__isnull=False)
                | models.Q(~models.Q(state="closed"), closed_at__isnull=True),
                name="concern_closed_coherent",
                violation_error_message=_("A closed concern has the time it was closed."),
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ConcernReply(models.Model):
    """One answer in a concern, from either side."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="replies")
    from_contact = models.BooleanField()
    words = models.TextField(max_length=5000)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return str(self.pk)


class OutsideBody(models.Model):
    """A complaint body outside the organization, listed for anyone."""

    name = models.CharField(_("name"), max_length=160)
    how = models.CharField(_("how to reach it"), max_length=200)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name
