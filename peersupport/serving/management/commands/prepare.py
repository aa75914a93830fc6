"""Make an installation ready: database, catalogue, courses, static files, and the one-time link of its administrator."""

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


def make_ready(site: str) -> list[str]:
    """Bring everything up to date, and return what to tell whoever installs. Safe to run each time."""
    if settings.DEMO:
        raise CommandError("This is the demonstration's environment. Unset PEER_MODE.")
    made = [] if pepper.path().exists() else [PEPPER_MADE.format(version=pepper.add(), path=pepper.path())]
    call_command("check")
    running.prepare()
    if RoleGrant.objects.filter(role=Role.ADMINISTRATOR).exists():
        return made
    return [
        *made,
        "\n  First step: open this link to become its administrator. It works once.\n",
        f"  {site}{_link()}\n",
    ]


def _link() -> str:
    """Return the path of a new one-time link; an older one stops working."""
    RoleInvitation.objects.filter(role=Role.ADMINISTRATOR, accepted_at=None, invited_by=None).delete()
    _invitation, token = invite(Role.ADMINISTRATOR, "", by=None)
    return reverse("invited", args=[token])


class Command(BaseCommand):
    help = "Make the database, catalogue, courses and static files ready; print the administrator's one-time link."
    requires_migrations_checks = False
    requires_system_checks: list[str] = []  # they come after the pepper is made

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only-update", action="store_true", help="bring everything up to date and print no link (for a unit file)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["only_update"]:
            call_command("check")
            running.prepare()
            return
        self.stdout.write("\n".join(make_ready(settings.SITE_URL)) or "Everything is ready. There is an administrator.")
