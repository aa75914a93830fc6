"""The ledger of what was destroyed: ids alone, in a file outside the database and its backups.

After a restore it is replayed, so that what was destroyed since the backup stays destroyed.
"""

import os
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from peersupport.vault.models import Gone, SealedText


def path() -> Path:
    """Return where the ledger is."""
    return Path(settings.LEDGER_FILE)


def write_down() -> int:
    """Add to the ledger what stands in the database only; return how many. Safe to run at any time."""
    with transaction.atomic():
        waiting = list(Gone.objects.select_for_update().values_list("text", flat=True)[:10_000])
        if waiting:
            path().parent.mkdir(parents=True, exist_ok=True)
            with open(path(), "a") as file:
                file.writelines(f"{text}\n" for text in waiting)
                file.flush()
                os.fsync(file.fileno())
            Gone.objects.filter(text__in=waiting).delete()
    return len(waiting)


def replay() -> int:
    """Destroy again what the ledger names; return how many were there."""
    if not path().exists():
        return 0
    ids = {UUID(line) for line in path().read_text().split() if len(line) == 36}
    there = SealedText.objects.filter(
        pk__in=[pk for pk in SealedText.objects.values_list("pk", flat=True) if pk in ids]
    )
    gone, _by_model = there.delete()
    return gone
