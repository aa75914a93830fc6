"""Supporters, the catalogue of what they may share with somebody, and imports of a roster."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import RoleInvitation
from peersupport.web.phones import PhoneField
from peersupport.web.translated import in_language
from supporters.querysets import DimensionQuerySet, ImportRunQuerySet, OptionQuerySet, SupporterQuerySet

# Settings and times are kept as the bits of one number, so that "do they overlap" is one AND in SQL.
SETTINGS: dict[str, object] = {
    "home": _("at home"),
    "organization": _("at the organization"),
    "services": _("in a clinic, hospital or day centre"),
    "community": _("outdoors, in a café, in the community"),
    "phone": _("by phone"),
    "video": _("by video"),
}
DAYS = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]
PARTS = [_("morning"), _("afternoon"), _("evening")]
ANY_PLACE = 2 ** len(SETTINGS) - 1
ANY_TIME = 2 ** (len(DAYS) * len(PARTS)) - 1
#: Settings in which people meet face to face, so that the area matters.
FACE_TO_FACE = 0b001111


class DimensionKind(models.TextChoices):
    """What sort of thing a dimension is. Only topics can be a supporter's limit (G11)."""

    WHO = "who", _("who somebody is")
    TOPIC = "topic", _("something lived through, or a situation in life")
    VIEW = "view", _("how somebody sees things")
    LANGUAGE = "language", _("a language")
    AREA = "area", _("an area where people meet")


class Dimension(models.Model):
    """A group of shared characteristics, such as age group or view of recovery. Retired, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.SlugField(unique=True, max_length=60)
    kind = models.CharField(_("what sort of thing this is"), max_length=10, choices=DimensionKind.choices)
    names = models.JSONField(default=dict)
    helps = models.JSONField(default=dict, blank=True)
    one_answer = models.BooleanField(_("a supporter chooses one answer at most"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    active = models.BooleanField(_("in use"), default=True)

    objects = DimensionQuerySet.as_manager()

    class Meta:
        ordering = ["order", "key"]

    def __str__(self) -> str:
        return in_language(self.names)

    @property
    def help(self) -> str:
        return in_language(self.helps)


class Option(models.Model):
    """One answer within a dimension. Retired, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="options")
    key = models.SlugField(max_length=60)
    names = models.JSONField(default=dict)
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    active = models.BooleanField(_("in use"), default=True)

    objects = OptionQuerySet.as_manager()

    class Meta:
        ordering = ["dimension__order", "order", "key"]
        constraints = [models.UniqueConstraint(fields=["dimension", "key"], name="option_key_once")]

    def __str__(self) -> str:
        return in_language(self.names)


class Status(models.TextChoices):
    INVITED = "invited", _("invited, has not confirmed yet")
    TRAINING = "training", _("in training")
    ACTIVE = "active", _("active")
    ON_LEAVE = "on_leave", _("on leave")
    ENDED = "ended", _("ended")


class Supporter(models.Model):
    """A peer supporter's profile: theirs to write, and to decide who sees what of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="supporter"
    )
    invitation = models.OneToOneField(RoleInvitation, null=True, on_delete=models.SET_NULL, related_name="supporter")
    state = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.INVITED)
    name = models.CharField(_("name to use"), max_length=80, blank=True)
    pronouns = models.CharField(_("pronouns"), max_length=40, blank=True)
    title = models.CharField(_("title"), max_length=80, blank=True)
    paid = models.BooleanField(_("paid"), null=True)
    story = models.TextField(_("your story, in your own words"), blank=True, max_length=3000)
    phone = PhoneField(_("phone number for the people you support"), max_length=40, blank=True)
    places = models.PositiveSmallIntegerField(_("where"), default=0)
    times = models.PositiveIntegerField(_("when"), default=0)
    maximum = models.PositiveSmallIntegerField(
        _("how many people at most"), default=3, validators=[MinValueValidator(0), MaxValueValidator(50)]
    )
    accepting = models.BooleanField(_("takes new requests"), default=True)
    confirmed_at = models.DateTimeField(null=True)
    # New to the role: required training comes before the first match (G20).
    training_first = models.BooleanField(default=False)
    # Since when there has been room for somebody new; null while nobody can be suggested.
    room_since = models.DateTimeField(null=True)
    # Since when something new can be seen of them: room, or a characteristic they show. Never a private one.
    seen_anew_at = models.DateTimeField(null=True)
    options = models.ManyToManyField(Option, through="Characteristic", related_name="supporters")
    external_id = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SupporterQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"], condition=~models.Q(external_id=""), name="supporter_imported_once"
            ),
            models.CheckConstraint(
                condition=models.Q(room_since__isnull=True)
                | models.Q(state="active", accepting=True, confirmed_at__isnull=False),
                name="supporter_room_coherent",
                violation_error_message=_("Only an active supporter who has confirmed can have room."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["room_since", "id"], condition=models.Q(room_since__isnull=False), name="supporter_with_room"
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(_("A supporter without a name yet"))


class Visibility(models.TextChoices):
    ASK = "ask", _("Ask me first")
    SHOW = "show", _("Show it")


class Characteristic(models.Model):
    """Something a supporter tells about themselves, shown or kept until they are asked."""

    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="characteristics")
    option = models.ForeignKey(Option, on_delete=models.PROTECT, related_name="characteristics")
    visibility = models.CharField(max_length=4, choices=Visibility.choices, default=Visibility.ASK)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["supporter", "option"], name="characteristic_told_once")]
        indexes = [
            models.Index(
                fields=["option", "supporter"], condition=models.Q(visibility="show"), name="characteristic_shown"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Boundary(models.Model):
    """A topic a supporter would rather not support with now (G11). Seen by nobody else."""

    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="boundaries")
    option = models.ForeignKey(Option, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["supporter", "option"], name="boundary_set_once")]
        indexes = [models.Index(fields=["option", "supporter"], name="boundary_by_option")]

    def __str__(self) -> str:
        return str(self.pk)


class ImportState(models.TextChoices):
    COLUMNS = "columns", _("columns to be checked")
    VALUES = "values", _("values to be checked")
    TRIED = "tried", _("tried out, nothing taken yet")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


class ImportRun(models.Model):
    """One spreadsheet on its way in. Its rows are the truth: a run that is interrupted goes on where it was."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.COLUMNS)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    notes = models.JSONField(default=list)
    headers = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return self.file_name


class ImportOutcome(models.TextChoices):
    WAITING = "waiting", _("not yet")
    CREATED = "created", _("taken")
    UPDATED = "updated", _("filled in further")
    UNCHANGED = "unchanged", _("was there already")
    REFUSED = "refused", _("refused")


class ImportRow(models.Model):
    """One row of the spreadsheet and what became of it."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    problem = models.CharField(max_length=300, blank=True)
    outcome = models.CharField(max_length=10, choices=ImportOutcome.choices, default=ImportOutcome.WAITING)
    tried = models.CharField(max_length=10, choices=ImportOutcome.choices, default=ImportOutcome.WAITING)
    remarks = models.JSONField(default=list)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="import_row_once")]

    def __str__(self) -> str:
        return str(self.number)


class RememberedValue(models.Model):
    """What a value in a spreadsheet stands for, decided once and kept for next time (null: left out)."""

    dimension = models.ForeignKey(Dimension, on_delete=models.CASCADE, related_name="remembered_values")
    value = models.CharField(max_length=200)
    option = models.ForeignKey(Option, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dimension", "value"], name="value_remembered_once")]

    def __str__(self) -> str:
        return self.value
