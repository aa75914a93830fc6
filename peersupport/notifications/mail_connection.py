"""One mail connection for a batch of messages: Django's own, opened again after it broke."""

import smtplib
from types import TracebackType
from typing import Any

from django.core.mail import EmailMessage, get_connection

#: "Service not available, closing transmission channel".
SERVICE_CLOSING = 421


class ServerUnreachable(Exception):
    """The mail server can't be reached at all: nothing was tried, and no mail is at fault."""


def is_interrupted(problem: BaseException) -> bool:
    """Tell whether the connection broke, so that nobody knows whether the mail was taken."""
    refused = isinstance(problem, smtplib.SMTPException) and not isinstance(problem, smtplib.SMTPServerDisconnected)
    return isinstance(problem, OSError) and not refused


def _has_hung_up(problem: BaseException) -> bool:
    """Tell whether the server closed the connection after its answer (421: RFC 5321, section 3.8)."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return any(code == SERVICE_CLOSING for code, _answer in problem.recipients.values())
    return isinstance(problem, smtplib.SMTPResponseException) and problem.smtp_code == SERVICE_CLOSING


class MailConnection:
    """Send mails one after the other; `with` closes the connection at the end."""

    def __init__(self) -> None:
        self._backend: Any = get_connection()
        self._is_open = False

    def __enter__(self) -> "MailConnection":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._backend.close()

    def send(self, mail: EmailMessage) -> None:
        """Send one mail. Raises ServerUnreachable before anything was tried, and what the mail server answers."""
        self._open()
        mail.connection = self._backend
        try:
            mail.send()
        except Exception as problem:
            if is_interrupted(problem) or _has_hung_up(problem):
                self._close()
            raise

    def _open(self) -> None:
        if self._is_open:
            return
        try:
            self._backend.open()
        except Exception as problem:  # whatever keeps us from it: no route, no name, wrong password
            self._close()
            raise ServerUnreachable(type(problem).__name__) from None
        self._is_open = True

    def _close(self) -> None:
        self._is_open = False
        try:
            self._backend.close()
        except Exception:
            self._backend = get_connection()
