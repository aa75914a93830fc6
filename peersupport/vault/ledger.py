"""The ledger of what was destroyed: ids alone, in a file outside the database and its backups.

After a restore it is replayed, so that what was destroyed since the backup stays destroyed: texts, accounts,
requests, and consents that were taken back. Each floor registers what it would have to destroy again.
"""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models.signals import post_delete

from peersupport.vault import crypto
from peersupport.vault.models import Gone, SealedText

log = logging.getLogger("peersupport.vault")


@dataclass(frozen=True)
class _Again:
    model: type[models.Model]
    destroy: Callable[[Any], None]


_again: list[_Again] = []
#: What the file named when it was last read, and which file that was: name, time of its last change, size.
_read: set[UUID] = set()
_read_at: tuple[str, int, int] | None = None


def path() -> Path:
    """Return where the ledger is."""
    return Path(settings.LEDGER_FILE)


def note(*ids: UUID) -> None:
    """Note that these are destroyed, in the same transaction."""
    Gone.objects.bulk_create([Gone(thing=pk) for pk in ids], ignore_conflicts=True)


def note_at_once(*ids: UUID) -> None:
    """Note that these have ended, and write it into the file as soon as the transaction is done.

    From then on rows of the database that say otherwise are not believed (see `names`).
    """
    note(*ids)
    transaction.on_commit(write_down, robust=True)


def names(thing: UUID) -> bool:
    """Tell whether the file, which nobody who writes to the database can change, says that this has ended."""
    global _read_at, _read
    try:
        now = path().stat()
    except FileNotFoundError:
        return False
    if _read_at != (str(path()), now.st_mtime_ns, now.st_size):
        _read, _read_at = _ids(), (str(path()), now.st_mtime_ns, now.st_size)
    return thing in _read


def mark_of(blob: bytes) -> UUID:
    """Return an id that stands for exactly this sealed blob, so that the ledger can name it."""
    return UUID(bytes=crypto.digest("peer ledger", blob, size=16))


def on_replay(model: type[models.Model], destroy: Callable[[Any], None], *, watch: bool = True) -> None:
    """Register how a thing is destroyed again. `watch`: its deletion is noted by itself."""
    _again.append(_Again(model, destroy))
    if watch:
        post_delete.connect(_noted, sender=model, dispatch_uid=f"ledger of {model.__name__}")


def _noted(sender: Any, instance: Any, **kwargs: Any) -> None:
    note(instance.pk)


def write_down() -> int:
    """Add to the ledger what stands in the database only; return how many. Safe to run at any time."""
    with transaction.atomic():
        waiting = list(Gone.objects.select_for_update().values_list("thing", flat=True)[:10_000])
        if waiting:
            path().parent.mkdir(parents=True, exist_ok=True)
            with open(path(), "a+") as file:
                file.seek(0)
                torn = file.read()[-1:] not in {"", "\n"}  # the machine stopped in the middle of a line
                file.write("\n" if torn else "")
                file.writelines(f"{thing}\n" for thing in waiting)
                file.flush()
                os.fsync(file.fileno())
            Gone.objects.filter(thing__in=waiting).delete()
    return len(waiting)


def _ids() -> set[UUID]:
    """Return what the ledger names. A line that is no id is left out, and said."""
    found = set()
    for line in path().read_text(errors="replace").split():
        try:
            found.add(UUID(line))
        except ValueError:
            log.error("a line of the ledger is damaged and was left out")
    return found


@transaction.atomic
def replay() -> int:
    """Destroy again what the ledger names; return how many things were there. All of it or nothing."""
    if not path().exists():
        return 0
    ids = _ids()
    there = [pk for pk in SealedText.objects.values_list("pk", flat=True) if pk in ids]
    SealedText.objects.filter(pk__in=there).delete()
    done = len(there)
    for again in reversed(_again):  # the upper floors first
        for thing in again.model._base_manager.in_bulk(_those_there(again.model, ids)).values():
            again.destroy(thing)
            done += 1
    return done


def _those_there(model: type[models.Model], ids: set[UUID]) -> list[UUID]:
    return [pk for pk in model._base_manager.values_list("pk", flat=True) if pk in ids]
