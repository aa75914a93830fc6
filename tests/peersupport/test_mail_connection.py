"""One mail connection for a batch: what happens when the line breaks, or the server refuses."""

import socketserver
import threading
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from peersupport.notifications import outbox
from peersupport.notifications.mail_connection import MailConnection, ServerUnreachable
from peersupport.notifications.models import Message, MessageState


class Taker(socketserver.StreamRequestHandler):
    """Takes mail and keeps it; refuses an address, or hangs up, when it is told to."""

    def handle(self):
        server = self.server
        server.connections += 1
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            word = line[:4].upper().strip()
            answer = b"250 yes"
            if word == b"RCPT" and server.refused and server.refused in line:
                answer = b"550 nobody here"
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b""
                while (part := self.rfile.readline()) not in {b".\r\n", b""}:
                    text += part
                if part == b"":
                    return
                server.mails.append(text)
                if len(server.mails) == server.hangs_up_after:
                    return
            if word == b"QUIT":
                return
            self.wfile.write(answer + b"\r\n")


@pytest.fixture
def server(settings):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Taker) as taker:
        taker.daemon_threads = True
        taker.mails, taker.connections, taker.refused, taker.hangs_up_after = [], 0, b"", 0
        threading.Thread(target=taker.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
            "django.core.mail.backends.smtp.EmailBackend",
            "127.0.0.1",
            taker.server_address[1],
        )
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield taker
        taker.shutdown()


def mail(number=1, to="ada@peers.example", words="Hello,\n\n.there is something.\nمرحبا\n"):
    return EmailMessage("Something new: für dich", words, to=[to], headers={"Message-ID": f"<{number}@peers.example>"})


def test_one_connection_carries_a_batch(server):
    with MailConnection() as connection:
        for number in range(3):
            connection.send(mail(number))
    assert len(server.mails) == 3
    assert server.connections == 1


def test_a_mail_is_marked_before_the_next_one_is_sent(world, monkeypatch):
    """A worker that is killed leaves at most one mail that was taken and is not marked."""
    for _ in range(3):
        world.invitation()
    marked = []
    count_marked = Message.objects.filter(state=MessageState.SENT).count
    monkeypatch.setattr(MailConnection, "send", lambda connection, mail: marked.append(count_marked()))
    outbox.deliver_batch()
    assert marked == [0, 1, 2]


def test_a_line_that_breaks_leaves_the_mail_marked_as_perhaps_taken_and_the_others_go(world, server):
    for _ in range(3):
        world.invitation()
    server.hangs_up_after = 2
    outbox.deliver_batch()
    states = list(Message.objects.order_by("due", "pk").values_list("state", "maybe_twice"))
    assert sorted(states) == sorted(
        [(MessageState.SENT, False), (MessageState.WAITING, True), (MessageState.SENT, False)]
    )
    assert len(server.mails) == 3


def test_while_no_mail_server_is_there_nothing_counts_against_a_message(world, settings, server):
    world.invitation()
    server.shutdown()
    server.server_close()
    for _try in range(outbox.TRIES + 2):
        Message.objects.update(next_try_at=timezone.now() - timedelta(minutes=1))
        outbox.deliver_batch()
    message = Message.objects.get()
    assert (message.state, message.attempts, message.maybe_twice) == (MessageState.WAITING, 0, False)
    with pytest.raises(ServerUnreachable), MailConnection() as connection:
        connection.send(mail())


def test_a_refused_address_is_tried_again_and_the_connection_goes_on(world, server):
    first, _second = world.invitation(), world.invitation()
    server.refused = first.supporter.user.email.encode()
    outbox.deliver_batch()
    assert Message.objects.get(recipient=first.supporter.user).state == MessageState.WAITING
    assert Message.objects.filter(state=MessageState.SENT).count() == 1
    assert server.connections == 1
