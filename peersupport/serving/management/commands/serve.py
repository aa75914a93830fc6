"""A small real installation by one command; the first run makes a one-time link for the administrator."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from peersupport import running
from peersupport.serving.management.commands.prepare import make_ready


class Command(BaseCommand):
    help = "Run a small installation on this machine: web, worker and clock, on loopback, behind your HTTPS server."
    requires_migrations_checks = False
    requires_system_checks: list[str] = []  # they come after the pepper is made

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--plain-http", action="store_true", help="without HTTPS, on this machine only, to try it")
        parser.add_argument("--no-serve", action="store_true", help="prepare and print the link only")

    def handle(self, *args: Any, **options: Any) -> None:
        port, plain = options["port"], options["plain_http"]
        if plain:
            # Read by the checks of this process, and by the processes it starts.
            settings.PLAIN_HTTP = True
        site = f"http://localhost:{port}" if plain else settings.SITE_URL
        ready = make_ready(site)
        if options["no_serve"]:
            self.stdout.write("\n".join(ready) or "There is an administrator already.")
            return
        lines = [f"\n  The site runs at {site}   (stop it with Ctrl-C)", *ready]
        extra = {"SITE_URL": site}
        if plain:
            hosts = ",".join(dict.fromkeys([*settings.ALLOWED_HOSTS, "localhost", "127.0.0.1"]))
            extra |= {"PEER_PLAIN_HTTP": "1", "ALLOWED_HOSTS": hosts, "BEHIND_PROXY": "0"}
        raise SystemExit(running.run(port, said="\n".join(lines), extra=os.environ | extra))
