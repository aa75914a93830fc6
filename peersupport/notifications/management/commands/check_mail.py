"""Try the mail settings before people depend on them."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.management.base import BaseCommand, CommandError, CommandParser

from peersupport.web.mail import NEUTRAL_SUBJECT


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # mail is tried before the first start has made the pepper
    help = "Send one neutral test mail and say in plain words what the mail server answered."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="where the test mail goes")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"From: {settings.DEFAULT_FROM_EMAIL}")
        self.stdout.write(f"Through: {settings.EMAIL_BACKEND.rsplit('.', 2)[-2]} {settings.EMAIL_HOST or ''}")
        words = "This is a test. If you read it, messages get through."
        try:
            with get_connection() as connection:
                sent = EmailMessage(str(NEUTRAL_SUBJECT), words, to=[options["address"]], connection=connection).send()
        except Exception as problem:
            raise CommandError(f"It could not be sent: {type(problem).__name__}: {problem}") from None
        if not sent:
            raise CommandError("The mail server took nothing.")
        self.stdout.write(self.style.SUCCESS("The mail server took it. Look whether it arrived, also among the spam."))
