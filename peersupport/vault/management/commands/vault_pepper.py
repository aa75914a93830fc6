"""Make the pepper, or add a new version of it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from peersupport.vault import pepper


class Command(BaseCommand):
    help = "Make the pepper file; with --rotate add a new version, which each user's next sign-in goes over to."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rotate", action="store_true", help="add a new version to the file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            there = pepper.versions() if pepper.path().exists() else {}
        except pepper.PepperMissing:
            raise CommandError(
                f"{pepper.path()} is damaged. Put the offline copy back; a new one opens no notes."
            ) from None
        if there and not options["rotate"]:
            self.stdout.write(f"{pepper.path()} is there, version {max(there)}. Nothing was changed.")
            return
        number = pepper.add()
        self.stdout.write(
            f"Version {number} is in {pepper.path()}.\n"
            "Keep a copy offline now, apart from the database and its backups: without it no password opens notes,\n"
            "only recovery sheets do."
        )
