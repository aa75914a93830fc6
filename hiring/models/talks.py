"""When a candidate and the panel talk: slots, and 5-minute rows that keep anybody from being in two places at once."""

import uuid
from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from hiring.models.applying import Application
from hiring.models.vacancies import Vacancy


class Slot(models.Model):
    """A time for a conversation, free until a candidate chooses it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    vacancy = models.ForeignKey(Vacancy, on_delete=models.CASCADE, related_name="slots")
    wall_time = models.DateTimeField(_("when"))
    time_zone = models.CharField(_("time zone"), max_length=60)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(
        _("how many minutes"), default=60, validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    place = models.CharField(_("where: a room, or a link"), max_length=200)
    application = models.OneToOneField(Application, null=True, on_delete=models.SET_NULL, related_name="slot")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["starts_at", "pk"]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def ends_at(self) -> object:
        return self.starts_at + timedelta(minutes=self.minutes)


class Booking(models.Model):
    """Five minutes of somebody or of a room. The database holds that each is taken once."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="occupies")
    what = models.CharField(max_length=240)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "occupied"
        constraints = [
            models.UniqueConstraint(
                fields=["what", "at"],
                name="occupied_once",
                violation_error_message=_("Somebody, or the room, is taken then."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
