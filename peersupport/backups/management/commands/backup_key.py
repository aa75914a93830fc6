"""Make the pair of keys for backups: one part stays offline, the installation gets the other."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from peersupport.vault import door as vault


class Command(BaseCommand):
    help = "Make the keys of backups. The private one goes into the file you name: keep it offline."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", type=Path, help="where the private key is written; a file that is there is not touched"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        private, public = vault.boxes.new_pair()
        try:
            with open(os.open(options["file"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(private + "\n")
        except FileExistsError:
            raise CommandError(
                f"{options['file']} is there already. Name another file: a key is never written over."
            ) from None
        except OSError as problem:
            raise CommandError(f"{options['file']} can't be written ({problem.strerror}).") from None
        self.stdout.write(
            f"The private key is in {options['file']}. Move it off this machine, and keep two copies.\n"
            "Without it no backup can be opened, by anybody.\n\n"
            f'This goes into the environment of the installation:\nPEER_BACKUP_KEY="{public}"'
        )
