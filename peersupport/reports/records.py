"""What is kept for reports: counts alone, of nobody."""

from django.utils.translation import gettext_lazy as _

from peersupport.audit.classes import DataClass, declare, fields
from peersupport.reports.models import Figure, MonthlyCount


def declare_all() -> None:
    """Declare the records of reports."""
    declare(
        DataClass(
            Figure,
            "nobody",
            fields(machine="id fixed_at", staff="period column sessions minutes people hidden"),
            _("always: they are counts, and small ones are shown to nobody"),
        ),
        DataClass(
            MonthlyCount,
            "nobody",
            fields(machine="id fixed_at", staff="period kind key number"),
            _("always: they are counts, and small ones are shown to nobody"),
        ),
    )
