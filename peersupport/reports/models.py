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
