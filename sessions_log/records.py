"""What is kept of meetings and notes, whose it is, who sees it, how long."""

from django.utils.translation import gettext_lazy as _

from peersupport.audit.classes import DataClass, declare, fields
from sessions_log import models


def declare_all() -> None:
    """Declare the records of this app. The words of a note are in the vault, seen by the two alone."""
    with_match, own_time = _("as long as the match it belongs to"), _("as long as the organization set for notes")
    declare(
        DataClass(
            models.Meeting,
            "person",
            fields(parties="id match state wall_time time_zone starts_at minutes setting made_at"),
            with_match,
        ),
        DataClass(models.NotesChoice, "person", fields(parties="match person_yes_at supporter_yes_at"), with_match),
        DataClass(
            models.Note,
            "person",
            fields(parties="id match session adds_to author made_at keep_until", machine="text"),
            own_time,
        ),
        DataClass(
            models.Sharing,
            "person",
            fields(
                parties="id match note supervisor state until asked_at answered_at ended_at",
                machine="signature signer_version supervisor_version texts",
            ),
            with_match,
        ),
        DataClass(
            models.Reflection, "supporter", fields(nobody="id owner made_at keep_until", machine="text"), own_time
        ),
    )
