"""A small real installation by one command; the first run makes a one-time link for the administrator."""

import os
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from peersupport import running
from peersupport.accounts.models import Role, RoleGrant, RoleInvitation
from peersupport.accounts.workflows import invite
from peersupport.vault.door import pepper

PEPPER_MADE = """
  Made the pepper of the notes, version {version}: {path}
  Keep a copy of it offline, apart from the database and its backups. Without it no password opens notes."""


class Command(BaseCommand):
    help = "Run a small installation on this machine: web, worker and clock, on loopback, behind your HTTPS server."
    requires_migrations_checks = False
    requires_system_checks: list[str] = []  # they come after the pepper is made

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--plain-http", action="store_true", help="without HTTPS, on this machine only, to try it")
        parser.add_argument("--no-serve", action="store_true", help="prepare and print the link only")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DEMO:
            raise CommandError("This is the demonstration's environment. Unset PEER_MODE.")
        made = [] if pepper.path().exists() else [PEPPER_MADE.format(version=pepper.add(), path=pepper.path())]
        call_command("check")
        running.prepare()
        port = options["port"]
        plain = options["plain_http"]
        site = f"http://localhost:{port}" if plain else settings.SITE_URL
        lines = [f"\n  The site runs at {site}   (stop it with Ctrl-C)", *made]
        if not RoleGrant.objects.filter(role=Role.ADMINISTRATOR).exists():
            lines += [
                "\n  First step: open this link to become its administrator. It works once.\n",
                f"  {site}{_link()}\n",
            ]
        if options["no_serve"]:
            self.stdout.write("\n".join(lines[1:]) or "There is an administrator already.")
            return
        extra = {"SITE_URL": site} | ({"PEER_PLAIN_HTTP": "1"} if plain else {})
        raise SystemExit(running.run(port, said="\n".join(lines), extra=os.environ | extra))


def _link() -> str:
    """Return the path of a fresh one-time link; an older one stops working."""
    RoleInvitation.objects.filter(role=Role.ADMINISTRATOR, accepted_at=None, invited_by=None).delete()
    _invitation, token = invite(Role.ADMINISTRATOR, "", by=None)
    return reverse("invited", args=[token])
