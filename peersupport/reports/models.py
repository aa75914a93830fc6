"""Figures of months and years that are over, fixed once: whoever erases what is theirs later can't be told from them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Figure(models.Model):
    """One cell: what took place in a month ("2026-03") or a year ("2026"), in one column of the table.

    `hidden`: decided when it was fixed, with the threshold of that day, and never changed.
    """

    period = models.CharField(max_length=7)
    column = models.CharField(max_length=12)
    sessions = models.PositiveIntegerField(_("meetings"))
    minutes = models.PositiveIntegerField(_("minutes"))
    people = models.PositiveIntegerField(_("people"))
    hidden = models.BooleanField(default=False)
    fixed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["period", "column"]
        constraints = [models.UniqueConstraint(fields=["period", "column"], name="figure_once")]

    def __str__(self) -> str:
        return f"{self.period} {self.column}"


class MonthlyCount(models.Model):
    """A count about supporters' noes or unmet wishes, fixed once a month.

    A live count moves by one the moment somebody declines, and tells who it was. Only counts at or above the
    organization's threshold are kept at all, so that below it not even the label is there. A row of the kind "fixed"
    says that the month is done.
    """

    FIXED, REASON, UNMET = "fixed", "reason", "unmet"

    period = models.CharField(max_length=7)
    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=40, blank=True)
    number = models.PositiveIntegerField(default=0)
    fixed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-period", "kind", "-number"]
        constraints = [models.UniqueConstraint(fields=["period", "kind", "key"], name="monthly_count_once")]

    def __str__(self) -> str:
        return f"{self.period} {self.kind} {self.key}"
