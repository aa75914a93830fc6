"""Handing mail to the mail server while the last one is being marked.

A mark is a durable commit, and so is worth waiting for; a mail server answers four times for each mail. Both waits
are taken at once, but for one moment: the end of a mail is only said when the mail before it is marked. So a worker
that is killed leaves at most one mail that was taken and not marked.
"""

import re
import smtplib
import socket
import threading
from collections.abc import Callable
from email.utils import formatdate, parseaddr
from queue import SimpleQueue
from types import TracebackType
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends import smtp

DJANGOS = "django.core.mail.backends.smtp.EmailBackend"
OURS = "peersupport.reminders.post.Backend"
END = b".\r\n"
#: What differs between mails with the same words.
OWN_LINES = ("To", "Message-ID", "Date")
#: An address that stands in a header as it is (RFC 5322, dot-atom); any other is left to Django.
_PLAIN = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,180}")


class NoServer(Exception):
    """The mail server can't be reached at all: nothing was tried, and no mail is at fault."""


class NotMarked(smtplib.SMTPServerDisconnected):
    """The mail before could not be marked: this one was taken back before its end."""


class Waits:
    """Beside `smtplib.SMTP`: asks before it says the end of a mail (RFC 5321, section 4.1.1.4)."""

    may_end: Callable[[], bool]

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Hand over one mail. Raises SMTPDataError, NotMarked."""
        server: Any = self
        server.putcmd("data")
        code, answer = server.getreply()
        if code != 354:
            raise smtplib.SMTPDataError(code, answer)
        text = re.sub(rb"(?m)^\.", b"..", msg)
        server.send(text if text.endswith(b"\r\n") else text + b"\r\n")
        if not self.may_end():
            server.close()  # without its end, the server throws it away
            raise NotMarked("the mail before could not be marked")
        server.send(END)
        reply: tuple[int, bytes] = server.getreply()
        return reply


def was_cut(problem: BaseException) -> bool:
    """Tell whether the connection broke: nobody knows whether the mail was taken."""
    refused = isinstance(problem, smtplib.SMTPException) and not isinstance(problem, smtplib.SMTPServerDisconnected)
    return isinstance(problem, OSError) and not refused


class Plain(Waits, smtplib.SMTP):
    pass


class Secure(Waits, smtplib.SMTP_SSL):
    pass


class Backend(smtp.EmailBackend):
    """Django's own, with connections that wait before the end of a mail."""

    may_end: Callable[[], bool] = staticmethod(lambda: True)

    @property
    def connection_class(self) -> Any:
        kind = Secure if self.use_ssl else Plain

        def connect(*args: Any, **kwargs: Any) -> Any:
            server = kind(*args, **kwargs)
            if server.sock:  # the end is a packet of its own: it must not wait for the one before (Nagle)
                server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server.may_end = lambda: self.may_end()
            return server

        return connect


class Post:
    """One mail connection of one batch. `send` returns when the mail was taken; its mark may still be on its way."""

    def __init__(self) -> None:
        self._open = False
        self._mails, self._done, self._go = SimpleQueue[Any](), SimpleQueue[Any](), SimpleQueue[bool]()
        self._mark_last: Callable[[], object] | None = None
        name = settings.EMAIL_BACKEND
        self._sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        self._rest: dict[tuple[str, str], bytes] = {}
        self.mail: Any = get_connection(OURS if name == DJANGOS else name)
        self._asks = isinstance(self.mail, Backend)
        if self._asks:
            self.mail.may_end = self._may_end

    def __enter__(self) -> "Post":
        self._thread = threading.Thread(target=self._carry, name="post", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if kind is None:
                self.settle()
        finally:
            self._mails.put(None)
            self._thread.join()
            self.mail.close()

    def send(self, mail: EmailMessage, *, mark: Callable[[], object]) -> None:
        """Send one mail, and mark the one before meanwhile.

        Raises NoServer before anything was tried, and what the mail server or the database raises.
        """
        self._connect()
        self._mails.put(mail)
        is_marked = False
        try:
            self.settle()
            is_marked = True
        finally:
            self._go.put(is_marked)
            problem = self._done.get()
            while not self._go.empty():  # the mail was refused before its end
                self._go.get()
        if problem:
            there = getattr(getattr(self.mail, "connection", None), "sock", self)
            self._open = not was_cut(problem) and there is not None  # smtplib hangs up by itself after a 421
            raise problem
        self._mark_last = mark

    def _connect(self) -> None:
        if self._open:
            return
        try:
            self.mail.close()
            self.mail.open()
        except Exception as problem:  # whatever keeps us from it: no route, no name, wrong password
            raise NoServer(type(problem).__name__) from None
        self._open = True

    def settle(self) -> None:
        """Mark the last mail, if it is not marked yet."""
        if self._mark_last:
            self._mark_last()
            self._mark_last = None

    def _carry(self) -> None:
        """Hand over what comes, one after the other, in a thread of its own; say what went wrong, or nothing."""
        while (mail := self._mails.get()) is not None:
            problem: BaseException | None = None
            try:
                self._hand_over(mail)
            except BaseException as raised:
                problem = raised
            self._done.put(problem)

    def _hand_over(self, mail: EmailMessage) -> None:
        if not self._asks and not self._may_end():
            raise NotMarked("the mail before could not be marked")
        if self._asks and (text := self._written(mail)):
            self.mail.connection.sendmail(self._sender, mail.to, text)
            return
        mail.connection = self.mail
        mail.send()

    def _written(self, mail: EmailMessage) -> bytes | None:
        """Return the mail in full, from what Django wrote of another with the same words; None: only Django can.

        Mails of one language differ in three lines, and writing the others anew takes as long as sending them.
        """
        (to,), key = mail.to, (str(mail.subject), str(mail.body))
        if not _PLAIN.fullmatch(to):
            return None
        if key not in self._rest:
            message = mail.message()
            for name in OWN_LINES:
                del message[name]
            self._rest[key] = message.as_bytes(linesep="\r\n")
        own = f"To: {to}\r\nMessage-ID: {mail.extra_headers['Message-ID']}\r\nDate: {formatdate()}\r\n"
        return own.encode("ascii") + self._rest[key]

    def _may_end(self) -> bool:
        return self._go.get()
