"""What is kept of the glossary: nothing of what anybody writes."""

from django.utils.translation import gettext_lazy as _

from peersupport.audit.classes import DataClass, declare, fields
from peersupport.writing_helper import models


def declare_all() -> None:
    """Declare the glossary."""
    declare(
        DataClass(
            models.GlossaryEntry,
            "organization",
            fields(signed_in="id language kind key phrases exceptions why instead active changed_at"),
            _("always"),
        )
    )
