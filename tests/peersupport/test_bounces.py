"""Mail that comes back later marks its row, and nothing else does."""

import socketserver
import threading
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from peersupport.notifications import bounces
from peersupport.notifications.models import Message, MessageState
from peersupport.notifications.tasks import read_bounces

NOTICE = """From: MAILER-DAEMON@mail.example
To: messages@peers.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; ada@peers.example
Action: {action}
Status: {status}

--b
Content-Type: {kind}

From: messages@peers.example
Message-ID: <{pk}@peers.example>
Subject: You have a new message

--b--
""".replace("\n", "\r\n")


def message(user, state=MessageState.SENT):
    now = timezone.now()
    return Message.objects.create(
        kind="supervision.news",
        object_id=uuid4(),
        recipient=user,
        recipient_key=user.pseudonym,
        due=now,
        next_try_at=now,
        state=state,
        sent_at=now if state == MessageState.SENT else None,
    )


def notice(pk, *, action="failed", status="5.1.1", kind="message/rfc822"):
    return NOTICE.format(pk=pk, action=action, status=status, kind=kind).encode()


class Mailbox(socketserver.StreamRequestHandler):
    """As much of IMAP (RFC 3501) as reading a mailbox takes."""

    def handle(self):
        say = lambda text: self.wfile.write(text.encode() + b"\r\n")  # noqa: E731
        say("* OK ready")
        mails = self.server.mails
        for line in self.rfile:
            tag, verb, *rest = line.decode().strip().split(" ", 2)
            verb = verb.upper()
            if verb == "CAPABILITY":
                say("* CAPABILITY IMAP4rev1")
            elif verb == "SELECT":
                say(f"* {len(mails)} EXISTS")
            elif verb == "SEARCH":
                unseen = [str(n) for n in range(1, len(mails) + 1) if not self.server.flags.get(n)]
                say("* SEARCH " + " ".join(unseen))
            elif verb == "FETCH":
                number = int(rest[0].split()[0])
                say(f"* {number} FETCH (RFC822 {{{len(mails[number - 1])}}}")
                self.wfile.write(mails[number - 1])
                say(")")
            elif verb == "STORE":
                number, _plus, flag = rest[0].split(" ", 1)[0], "", rest[0].rsplit(" ", 1)[1]
                self.server.flags[int(number)] = flag
            say(f"{tag} OK done")
            if verb == "LOGOUT":
                return


@pytest.fixture
def mailbox(settings):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
        server.daemon_threads = True
        server.mails, server.flags = [], {}
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.BOUNCE_URL = f"imap://box:secret@127.0.0.1:{server.server_address[1]}/INBOX"
        yield server
        server.shutdown()


def test_what_came_back_for_good_is_marked_and_the_notice_removed(world, mailbox):
    back, other, waiting = message(world.user()), message(world.user()), message(world.user(), MessageState.WAITING)
    mailbox.mails += [notice(back.pk), notice(waiting.pk), notice(uuid4()), b"Subject: Hello\r\n\r\nA letter.\r\n"]
    assert bounces.look() == 1
    states = dict(Message.objects.values_list("pk", "state"))
    assert states == {back.pk: MessageState.FAILED, other.pk: MessageState.SENT, waiting.pk: MessageState.WAITING}
    assert "Deleted" in mailbox.flags[1]
    assert "Seen" in mailbox.flags[4], "somebody else's letter stays"
    assert bounces.look() == 0


@pytest.mark.parametrize(
    ("changes", "marked"),
    [
        ({}, 1),
        ({"kind": "text/rfc822-headers"}, 1),
        ({"action": "delayed", "status": "4.4.1"}, 0),
        ({"status": "4.2.2"}, 0),
    ],
)
def test_only_failures_for_good_count(world, mailbox, changes, marked):
    mailbox.mails.append(notice(message(world.user()).pk, **changes))
    assert bounces.look() == marked


def test_coordinators_see_whom_to_ask_for_another_address(world, mailbox):
    user = world.user("supervisor", name="Juno")
    mailbox.mails.append(notice(message(user).pk))
    read_bounces()
    page = reverse("outbox-health")
    assert "Juno" in world.client(world.coordinator).get(page).content.decode()
    assert "Juno" not in world.client(world.administrator).get(page).content.decode()


def test_without_a_mailbox_nothing_is_looked_at(settings):
    settings.BOUNCE_URL = ""
    read_bounces()


def test_a_mailbox_that_does_not_answer_stops_nothing(settings, caplog):
    settings.BOUNCE_URL = "imap://box:secret@127.0.0.1:9/INBOX"
    read_bounces()
    assert "secret" not in caplog.text
