"""An application: own words on what lived experience brings, never a diagnosis; and the offer that may follow."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hiring.attachments.looking import Type
from hiring.models.vacancies import Vacancy
from hiring.querysets import ApplicationQuerySet
from peersupport.web.phones import PhoneField
from supporters.supervision.models import Mode


class ApplicationState(models.TextChoices):
    DRAFT = "draft", _("being written")
    SENT = "sent", _("sent")
    INVITED = "invited", _("invited to talk")
    OFFERED = "offered", _("a post is offered")
    STARTED = "started", _("started")
    RESERVE = "reserve", _("on the reserve list")
    NOT_THIS_TIME = "not_this_time", _("not this time")
    DECLINED = "declined", _("said no to the offer")
    LAPSED = "lapsed", _("the time to answer was over")


class Application(models.Model):
    """What somebody wrote to apply. Withdrawing erases the row; history knows only its number."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="applications")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=15, choices=ApplicationState.choices, default=ApplicationState.DRAFT)
    # The private link is signed and holds this number: raising it replaces the link.
    link_version = models.PositiveSmallIntegerField(default=1)
    # The link was made by a coordinator and printed: it opens with the candidate's own code alone, so that nobody else
    # who held the paper acts as the candidate.
    link_printed = models.BooleanField(default=False)
    name = models.CharField(_("How may we call you?"), max_length=80, blank=True)
    email = models.EmailField(_("Email address"), blank=True)
    phone = PhoneField(_("Phone number"), max_length=40, blank=True)
    language = models.CharField(max_length=8, blank=True)
    lived = models.BooleanField(_("I have lived experience, in my own words and my own view"), default=False)
    why = models.TextField(_("Why would you like to do this?"), max_length=4000, blank=True)
    relevance = models.TextField(_("How could your experience be useful to others?"), max_length=4000, blank=True)
    strengths = models.TextField(_("What else do you bring?"), max_length=4000, blank=True)
    adjustments = models.TextField(_("What would make the conversation easier for you?"), max_length=1000, blank=True)
    brings_somebody = models.BooleanField(_("I would like to bring somebody"), default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    feedback = models.TextField(_("What we would like to tell you"), max_length=2000, blank=True)
    told_at = models.DateTimeField(null=True)
    reserve_until = models.DateField(null=True)
    # All scores are in since; empty again while a scorecard is open once more.
    scored_at = models.DateTimeField(null=True)
    # Scores were shown once: nobody adds a first score from then on.
    was_shown = models.BooleanField(default=False)
    # There is news, and no address to write to: somebody rings.
    to_ring_since = models.DateTimeField(null=True)
    started_as = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["vacancy", "number"], name="application_number_once"),
            models.CheckConstraint(
                condition=Q(state="draft", sent_at=None) | Q(~Q(state="draft"), sent_at__isnull=False),
                name="application_sent_coherent",
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class Attachment(models.Model):
    """A file a candidate added, looked at before it was kept. It lies in the database: it goes with its application."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=80)
    type = models.CharField(max_length=4, choices=Type.choices)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["added_at", "pk"]

    def __str__(self) -> str:
        return str(self.pk)


class Offer(models.Model):
    """What an offer holds, so that a yes starts everything at once: supervisor, rhythm, first check-in."""

    application = models.OneToOneField(Application, primary_key=True, on_delete=models.CASCADE, related_name="offer")
    starts_on = models.DateField(_("first day"))
    supervisor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    every_weeks = models.PositiveSmallIntegerField(_("how many weeks between check-ins"), default=2)
    mode = models.CharField(_("how"), max_length=10, choices=Mode.choices, default=Mode.IN_PERSON)
    first_at = models.DateTimeField(_("first check-in"))
    time_zone = models.CharField(max_length=60)
    answer_by = models.DateField(_("answer by"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)
