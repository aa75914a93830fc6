"""A person's request for support, their wishes, invitations, and the match that two yeses make.

There is no column for a reason to pause, end or change, and none for a score.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from matching.querysets import (
    InvitationQuerySet,
    LinkQuerySet,
    MatchQuerySet,
    QuestionQuerySet,
    RequestQuerySet,
)
from peersupport.organization.models import TextVersion
from peersupport.web.phones import PhoneField
from supporters.models import Option, Supporter


class RequestState(models.TextChoices):
    DRAFT = "draft", _("being written")
    CHOOSING = "choosing", _("choosing a supporter")
    WAITING = "waiting", _("waiting for somebody to join")
    INVITED = "invited", _("a supporter has been asked")
    MATCHED = "matched", _("matched")
    CLOSED = "closed", _("closed")


class Yes(models.TextChoices):
    """How a person said yes when a coordinator is at their side (G11): in their own way of communicating."""

    SPOKE = "spoke", _("said it")
    SIGNED = "signed", _("said it in sign language")
    GESTURE = "gesture", _("nodded or made a gesture")
    PICTURE = "picture", _("pointed at a picture or card")
    WROTE = "wrote", _("wrote or signed it")
    PHONE = "phone", _("said it on the phone")
    HELPER = "helper", _("said it with someone they trust helping them to communicate")


class SupportRequest(models.Model):
    """What one person asks for, from the first step to the last match."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="support_requests"
    )
    person_key = models.UUIDField(default=uuid.uuid4, db_index=True)
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.DRAFT)
    call_me = models.CharField(_("What may we call you?"), max_length=80, blank=True)
    language = models.CharField(max_length=8, blank=True)
    email = models.EmailField(_("Email address"), blank=True)
    email_safe = models.BooleanField(_("It is safe to send me an email"), default=False)
    phone = PhoneField(_("Phone number"), max_length=40, blank=True)
    call_safe = models.BooleanField(_("It is safe to ring me"), default=False)
    voicemail_safe = models.BooleanField(_("It is safe to leave a voice message"), default=False)
    text_safe = models.BooleanField(_("It is safe to send me a text message"), default=False)
    safe_times = models.CharField(_("When is a good time?"), max_length=200, blank=True)
    places = models.PositiveSmallIntegerField(default=0)
    times = models.PositiveIntegerField(default=0)
    words = models.TextField(_("A few words for a supporter to read"), max_length=2000, blank=True)
    show_words = models.BooleanField(default=False)
    show_wishes = models.BooleanField(default=False)
    share_contact = models.BooleanField(default=False)
    tell_me = models.BooleanField(default=False)
    tell_me_since = models.DateTimeField(null=True)
    help_wanted = models.BooleanField(default=False)
    helped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="requests_helped"
    )
    # Whoever asks may say which coordinator, and no other, may look after it (G36).
    wanted_coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    looked_after_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="requests_looked_after"
    )
    questions_due = models.BooleanField(default=False, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True)
    state_since = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)
    wishes = models.ManyToManyField(Option, through="Wish", related_name="+")

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=~Q(state__in=["draft", "closed"]) & Q(person__isnull=False),
                name="request_open_once",
                violation_error_message=_("You have an open request already."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft", submitted_at__isnull=True)
                | Q(~Q(state="draft"), submitted_at__isnull=False),
                name="request_submitted_coherent",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | Q(~Q(state="closed"), closed_at__isnull=True),
                name="request_closed_coherent",
            ),
        ]

    def __str__(self) -> str:
        return self.call_me or str(_("Somebody without a name yet"))


class Strength(models.TextChoices):
    MUST = "must", _("must share")
    LIKE = "like", _("would like to share")
    RATHER_NOT = "rather_not", _("would rather not meet")
    PRACTICAL = "practical", _("one of these has to fit")


class Wish(models.Model):
    """One thing that matters to the person, and how much."""

    request = models.ForeignKey(SupportRequest, on_delete=models.CASCADE, related_name="wish_set")
    option = models.ForeignKey(Option, on_delete=models.PROTECT, related_name="wish_set")
    strength = models.CharField(max_length=10, choices=Strength.choices)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "option"], name="wish_made_once")]

    def __str__(self) -> str:
        return str(self.pk)


class LinkPurpose(models.TextChoices):
    LASTING = "lasting", _("pause, end or change support, at any time")
    CHOOSING = "choosing", _("choose and agree, once")


class PrivateLink(models.Model):
    """A private link for somebody without an account. Only a hash of its token is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(SupportRequest, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=10, choices=LinkPurpose.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "purpose"],
                condition=Q(purpose="lasting", replaced_at__isnull=True),
                name="link_live_once",
            )
        ]

    def __str__(self) -> str:
        return self.get_purpose_display()


class InvitationState(models.TextChoices):
    QUEUED = "queued", _("to be asked next")
    OPEN = "open", _("asked")
    ACCEPTED = "accepted", _("said yes")
    DECLINED = "declined", _("can't")
    EXPIRED = "expired", _("no answer in time")
    WITHDRAWN = "withdrawn", _("taken back")


class DeclineReason(models.TextChoices):
    """A private note to oneself; the organization sees only counts."""

    NONE = "", _("I'd rather not say")
    ROOM = "room", _("I have no room now")
    LIMITS = "limits", _("Somebody else could stand by them better with this")
    PRACTICAL = "practical", _("Time or place do not work")


class Invitation(models.Model):
    """A person's wish that this supporter stands by them. Only the supporter can say yes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(SupportRequest, on_delete=models.CASCADE, related_name="invitations")
    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="invitations")
    state = models.CharField(max_length=10, choices=InvitationState.choices, default=InvitationState.QUEUED)
    turn = models.PositiveSmallIntegerField(default=1)
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    # Asked to stand in while the supporter of this match is on leave.
    stands_in_for = models.ForeignKey("Match", null=True, on_delete=models.CASCADE, related_name="stand_in_invitations")
    decline_reason = models.CharField(max_length=10, choices=DeclineReason.choices, blank=True)
    passed_on_to = models.ForeignKey(Supporter, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "turn"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(state="open"),
                name="invitation_open_once",
                violation_error_message=_("A supporter has been asked already."),
            ),
            models.UniqueConstraint(
                fields=["request", "supporter"],
                condition=Q(state__in=["queued", "open"]),
                name="invitation_waiting_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "withdrawn"]) | Q(sent_at__isnull=False, answer_by__isnull=False),
                name="invitation_sent_coherent",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["accepted", "declined"], answered_at__isnull=False)
                | Q(~Q(state__in=["accepted", "declined"]), answered_at__isnull=True),
                name="invitation_answered_coherent",
            ),
        ]
        indexes = [
            models.Index(fields=["answer_by"], condition=Q(state="open"), name="invitation_to_answer"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class QuestionState(models.TextChoices):
    ASKED = "asked", _("asked")
    CLOSED = "closed", _("closed")


class DisclosureQuestion(models.Model):
    """ "Somebody is looking for a supporter who shares this. May they see that you do?"

    A no and no answer leave the same row: closed, without what was said.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(SupportRequest, on_delete=models.CASCADE, related_name="questions")
    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="questions")
    option = models.ForeignKey(Option, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=QuestionState.choices, default=QuestionState.ASKED)
    asked_at = models.DateTimeField(auto_now_add=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["request", "supporter", "option"], name="question_asked_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Disclosure(models.Model):
    """A supporter's yes: this person may see this characteristic."""

    request = models.ForeignKey(SupportRequest, on_delete=models.CASCADE, related_name="disclosures")
    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="disclosures")
    option = models.ForeignKey(Option, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "supporter", "option"], name="disclosure_made_once")]

    def __str__(self) -> str:
        return str(self.pk)


class MatchState(models.TextChoices):
    MEETING = "meeting", _("getting to know each other")
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")
    ENDED = "ended", _("ended")


LIVE = [MatchState.MEETING, MatchState.ACTIVE, MatchState.PAUSED]


class Match(models.Model):
    """A person and a supporter who both said yes.

    `place` is the supporter's place this match takes (1 to their maximum): unique while the match
    lives, so that no supporter can be above their maximum whoever clicks when.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(SupportRequest, on_delete=models.CASCADE, related_name="matches")
    supporter = models.ForeignKey(Supporter, on_delete=models.PROTECT, related_name="matches")
    state = models.CharField(max_length=10, choices=MatchState.choices, default=MatchState.MEETING)
    place = models.PositiveSmallIntegerField()
    # A stand-in's match lives beside this one, while its supporter is on leave.
    stands_in_for = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="stand_ins")
    made_at = models.DateTimeField(auto_now_add=True)
    first_meeting_at = models.DateTimeField(null=True)
    first_meeting_where = models.CharField(max_length=200, blank=True)
    agreement = models.ForeignKey(TextVersion, null=True, on_delete=models.PROTECT, related_name="+")
    person_yes_at = models.DateTimeField(null=True)
    supporter_yes_at = models.DateTimeField(null=True)
    active_since = models.DateTimeField(null=True)
    person_paused = models.BooleanField(default=False)
    supporter_paused = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)

    objects = MatchQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=~Q(state="ended") & Q(stands_in_for=None),
                name="match_live_once",
                violation_error_message=_("There is a match already."),
            ),
            models.UniqueConstraint(
                fields=["stands_in_for"],
                condition=~Q(state="ended") & Q(stands_in_for__isnull=False),
                name="match_stand_in_once",
                violation_error_message=_("Somebody stands in already."),
            ),
            models.UniqueConstraint(
                fields=["supporter", "place"],
                condition=~Q(state="ended"),
                name="match_place_taken_once",
                violation_error_message=_("This supporter has no room now."),
            ),
            models.CheckConstraint(condition=Q(place__gte=1), name="match_place_counts_from_one"),
            models.CheckConstraint(
                condition=Q(state__in=["meeting", "ended"])
                | Q(
                    person_yes_at__isnull=False,
                    supporter_yes_at__isnull=False,
                    agreement__isnull=False,
                    active_since__isnull=False,
                ),
                name="match_agreed_coherent",
                violation_error_message=_("Both say yes to the agreement before support starts."),
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) | Q(~Q(state="ended"), ended_at__isnull=True),
                name="match_ended_coherent",
            ),
            models.CheckConstraint(
                condition=~Q(state="paused") | Q(person_paused=True) | Q(supporter_paused=True),
                name="match_paused_coherent",
            ),
        ]
        verbose_name_plural = "matches"

    def __str__(self) -> str:
        return str(self.pk)


class NotAgain(models.Model):
    """“Not this person again”, silently, for either side."""

    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="+")
    person_key = models.UUIDField()
    by_supporter = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_key", "supporter", "by_supporter"], name="not_again_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class RecordedYes(models.Model):
    """A coordinator was at the person's side: what for, and how the person said yes (G11)."""

    request = models.ForeignKey(SupportRequest, on_delete=models.CASCADE, related_name="recorded_yeses")
    verb = models.CharField(max_length=40)
    how = models.CharField(max_length=10, choices=Yes.choices)
    coordinator = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return self.verb
