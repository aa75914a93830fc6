"""Back the installation up, sealed to a key that is kept offline."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from peersupport.backups import keeping
from peersupport.vault import door as vault


class Command(BaseCommand):
    help = "Write a backup that only the key you keep offline opens. Safe while the site is in use."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=Path(settings.BACKUP_FOLDER), help="the folder it is written to")
        parser.add_argument("--key", default=settings.BACKUP_KEY, help="the public key, else PEER_BACKUP_KEY")
        parser.add_argument("--keep-days", type=int, default=keeping.KEEP_DAYS, help="older backups there are removed")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["key"]:
            raise CommandError(
                "There is no key to seal to. Run `manage.py backup_key FILE` once, and set PEER_BACKUP_KEY."
            )
        if not 1 <= options["keep_days"] <= keeping.KEEP_DAYS:
            raise CommandError(
                f"Backups are kept for 1 to {keeping.KEEP_DAYS} days: erased things have to be gone then."
            )
        while vault.ledger.write_down():
            pass
        old = keeping.throw_old_away(options["to"], options["keep_days"])
        try:
            path = keeping.make(options["to"], options["key"])
        except (ValueError, RuntimeError):
            raise CommandError("The key is none. Copy the whole line that `manage.py backup_key` printed.") from None
        except OSError as problem:
            raise CommandError(
                f"The backup could not be written ({problem.strerror}). Nothing is left of it."
            ) from None
        self.stdout.write(f"{path} ({path.stat().st_size / 1e6:.1f} MB). Older ones removed: {len(old)}.")
