"""Fill an empty installation from a backup, whatever database it was made on, and destroy again what the ledger names."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from peersupport.backups import brought_back, contents, keeping
from peersupport.vault import door as vault


class Command(BaseCommand):
    help = (
        "Restore a backup into an empty database (SQLite or PostgreSQL), then replay the ledger of what was destroyed."
    )
    requires_migrations_checks = False
    requires_system_checks: list[str] = []  # the pepper may be put back afterwards

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the backup")
        parser.add_argument(
            "--key", type=Path, required=True, help="the file with the private key that was kept offline"
        )
        parser.add_argument(
            "--keep",
            action="append",
            default=[],
            choices=[kind.name for kind in brought_back.kinds()],
            help="what stays as the backup has it (may be given several times); on a terminal you are asked",
        )
        parser.add_argument("--no-ledger", action="store_true", help="the ledger is lost: restore all the same")

    def handle(self, *args: Any, **options: Any) -> None:
        if not vault.ledger.path().exists() and not options["no_ledger"]:
            raise CommandError(
                f"There is no ledger at {vault.ledger.path()}. Put it there: without it, what was erased since the backup\n"
                "comes back. If it is lost, or nothing was ever erased, say --no-ledger."
            )
        if not contents.is_empty():
            raise CommandError("Somebody has an account in this database. A backup is restored into an empty one.")
        try:
            private = options["key"].read_text()
            counts = contents.load(keeping.opened(options["file"], private))
        except vault.Refused:
            raise CommandError(
                "The backup does not open: another key, or the file is damaged or cut off. Nothing was changed."
            ) from None
        except contents.NotABackup as problem:
            raise CommandError(str(problem)) from None
        except (OSError, ValueError) as problem:
            raise CommandError(f"{problem}") from None
        again = vault.ledger.replay()
        self.stdout.write(f"{sum(counts.values())} rows of {len(counts)} tables are back. Destroyed again: {again}.")
        self._settle(options["keep"])
        if not vault.pepper.path().exists():
            self.stdout.write(
                f"Put the pepper back at {vault.pepper.path()}: without it only recovery sheets open notes."
            )
        self.stdout.write("Everybody signs in again. Second factors need the secret key of the site as it was.")

    def _settle(self, keep: list[str]) -> None:
        """Print what came back that may have ended since, and keep or end each kind."""
        for kind in brought_back.kinds():
            lines = kind.lines()
            if not lines:
                continue
            self.stdout.write(f"\nBack from the time of the backup: {kind.what}.")
            for line in lines:
                self.stdout.write(f"  {line}")
            if kind.name in keep or self._wants_to_keep():
                self.stdout.write("Kept.")
            else:
                kind.end()
                self.stdout.write(kind.ended)

    def _wants_to_keep(self) -> bool:
        if not sys.stdin.isatty():
            return False
        return input("Keep them? Some may have ended since the backup. [y/N] ").strip().lower() in {"y", "yes"}
