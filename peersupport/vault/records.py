"""What the vault keeps, whose it is, who sees it, how long. Ciphertext is seen by nobody."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from peersupport.audit.classes import DataClass, declare, fields
from peersupport.vault import models


def _old_drafts(now: datetime) -> QuerySet[Any]:
    return models.Draft.objects.filter(made_at__lt=now - timedelta(days=30))


def declare_all() -> None:
    """Declare the records of the vault."""
    account, text = _("as long as the account exists"), _("as long as the note it belongs to")
    declare(
        DataClass(
            models.KeyPair,
            "user",
            fields(parties="user version encryption_public signing_public", machine="id state sheet made_at"),
            account,
        ),
        DataClass(models.Wrap, "user", fields(machine="id key_pair kind blob made_at"), account),
        DataClass(models.Pins, "user", fields(machine="user key_version blob"), account),
        DataClass(
            models.SealedText,
            "user",
            fields(
                machine="id kind relationship author author_version revision nonce ciphertext signature seal_anew made_at"
            ),
            text,
        ),
        DataClass(
            models.Grant,
            "user",
            fields(machine="id text reader reader_version wrap granted_by granter_version signature granted_at"),
            text,
        ),
        DataClass(
            models.Draft,
            "user",
            fields(machine="id user about form key_version blob made_at"),
            _("until it is sent or given up, 30 days at most"),
            _old_drafts,
        ),
        DataClass(models.Gone, "nobody", fields(machine="thing at"), _("until it stands in the ledger, some minutes")),
    )
