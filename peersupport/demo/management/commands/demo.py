"""A fictional organization to look around in, with everything running, by one command."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from peersupport import running
from peersupport.demo import loading


class Command(BaseCommand):
    help = "Load a fictional organization and start the site, with one account for each role."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--password", default="a demo for everyone", help="password of the demo's accounts")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="load only")
        parser.add_argument("--reset", action="store_true", help="throw the demo's data away and load it anew")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO and not settings.TESTING:
            raise CommandError("Run it as `python manage.py demo`, without PEER_MODE.")
        running.prepare()
        try:
            if options["reset"]:
                loading.throw_away()
            if not loading.is_loaded():
                loading.load(options["password"], say=self._progress)
                self.stdout.write("")
        except loading.NotTheDemo as refusal:
            raise CommandError(str(refusal)) from None
        if options["no_serve"]:
            self.stdout.write("The demo is loaded.")
            return
        raise SystemExit(self._serve(options["port"], options["password"]))

    def _progress(self, words: str, done: int, of: int) -> None:
        self.stdout.write(f"\r  {words}: {done} of {of}          ", ending="")
        self.stdout.flush()

    def _serve(self, port: int, password: str) -> int:
        lines = [f"\n  The demo runs at http://localhost:{port}   (stop it with Ctrl-C)\n"]
        lines += [f"    {email:<32} {password}" for email in loading.ACCOUNTS]
        lines += [f"    {loading.KEEPS_NOTES:<32} {password}   (keeps notes with the supporter)"]
        lines += [f"\n  Mails are written to {settings.VAR / 'mail'}"]
        extra = {"PEER_MODE": "demo", "SITE_URL": f"http://localhost:{port}"}
        return running.run(port, said="\n".join(lines), extra=os.environ | extra)
