"""Handing over mail: what arrives, in which order things become durable, and what happens when the line breaks."""

import email
import smtplib
import socketserver
import threading
from datetime import time, timedelta

import pytest
from django.core.mail import EmailMessage, get_connection
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from peersupport.organization.context import current
from peersupport.reminders import kinds, outbox, own
from peersupport.reminders.models import Heartbeat, Message, State
from peersupport.reminders.post import DJANGOS, NoServer, NotMarked, Post
from peersupport.reminders.tasks import deliver
from peersupport.reports import letter


class Taker(socketserver.StreamRequestHandler):
    """Takes mail, keeps it, and says in which order things happened."""

    def handle(self):
        server, recipient = self.server, b""
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            word = line[:4].upper().strip()
            answer = b"250 yes"
            if word == b"RCPT":
                recipient = line
                if server.refused and server.refused in line:
                    answer = b"550 nobody here"
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b""
                while (part := self.rfile.readline()) not in {b".\r\n", b""}:
                    text += part
                if part == b"":
                    return
                server.happened.append(("taken", recipient))
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
        taker.mails, taker.happened, taker.refused, taker.hangs_up_after = [], [], b"", 0
        threading.Thread(target=taker.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = DJANGOS, "127.0.0.1", taker.server_address[1]
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield taker
        taker.shutdown()


def mail(number=1, to="ada@peers.example", words="Hello,\n\n.there is something.\nمرحبا\n"):
    return EmailMessage("Something new: für dich", words, to=[to], headers={"Message-ID": f"<{number}@peers.example>"})


@pytest.mark.parametrize("to", ["ada@peers.example", "Ada Lovelace <ada@peers.example>", "ada@péers.example"])
def test_what_arrives_is_what_django_would_have_sent(server, to):
    with get_connection() as plain:
        plain.send_messages([mail(to=to)])
    with Post() as post:
        post.send(mail(to=to), mark=lambda: None)
        post.send(mail(2, to=to), mark=lambda: None)
    theirs, *ours = [email.message_from_bytes(one) for one in server.mails]
    for number, one in enumerate(ours, start=1):
        same = dict(one.items()) | {"Date": theirs["Date"]}
        assert same == dict(theirs.items()) | {"Message-ID": f"<{number}@peers.example>"}
        assert one["Date"]
        assert one.get_payload() == theirs.get_payload()


def test_the_end_of_a_mail_is_said_only_when_the_one_before_is_marked(server):
    with Post() as post:
        for number in range(4):
            post.send(mail(number), mark=lambda number=number: server.happened.append(("marked", number)))
    order = [what for what, _which in server.happened]
    assert order == ["taken", "marked"] * 4


def test_when_the_mark_fails_the_next_mail_is_not_taken(server):
    def broken():
        raise OperationalError

    post = Post()
    post.__enter__()
    post.send(mail(1), mark=broken)
    with pytest.raises(OperationalError):
        post.send(mail(2), mark=lambda: None)
    post.__exit__(OperationalError, OperationalError(), None)
    assert len(server.mails) == 1


def test_a_backend_that_is_not_smtp_waits_too(settings, mailoutbox):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with Post() as post:
        post.send(mail(1), mark=lambda: None)
        post._go.put(False)
        with pytest.raises(NotMarked):
            post._hand_over(mail(2))
    assert len(mailoutbox) == 1


def test_a_line_that_breaks_leaves_the_mail_marked_as_perhaps_taken_and_the_others_go(world, server):
    for _ in range(3):
        world.invitation()
    server.hangs_up_after = 2
    outbox.deliver_batch()
    states = list(Message.objects.order_by("due", "pk").values_list("state", "maybe_twice"))
    assert sorted(states) == sorted([(State.SENT, False), (State.WAITING, True), (State.SENT, False)])
    assert len(server.mails) == 3


def test_while_no_mail_server_is_there_nothing_counts_against_a_message(world, settings, server):
    world.invitation()
    server.shutdown()
    server.server_close()
    for _try in range(outbox.TRIES + 2):
        Message.objects.update(next_try_at=timezone.now() - timedelta(minutes=1))
        outbox.deliver_batch()
    message = Message.objects.get()
    assert (message.state, message.attempts, message.maybe_twice) == (State.WAITING, 0, False)
    with pytest.raises(NoServer), Post() as post:
        post.send(mail(), mark=lambda: None)


def test_a_refused_address_is_tried_again_and_the_connection_goes_on(world, server):
    first, _second = world.invitation(), world.invitation()
    server.refused = first.supporter.user.email.encode()
    outbox.deliver_batch()
    assert Message.objects.get(recipient=first.supporter.user).state == State.WAITING
    assert Message.objects.filter(state=State.SENT).count() == 1
    assert isinstance(smtplib.SMTPRecipientsRefused({}), OSError)


# What somebody chose


def write(user, kind="supervision.news"):
    outbox.write(kind, type("Obj", (), {"pk": user.pk})(), to=user)


def test_a_group_left_out_stands_in_the_inbox_only(world, mailoutbox):
    user = world.user("supporter")
    type(user).objects.filter(pk=user.pk).update(mail_off=["check_in"])
    write(user)
    write(user, "training.news")
    kinds.get("training.news").still_holds = lambda message: True
    try:
        outbox.deliver_batch()
    finally:
        del kinds.get("training.news").still_holds
    assert len(mailoutbox) == 1
    assert set(Message.objects.values_list("kind", "state")) == {
        ("supervision.news", State.SHOWN),
        ("training.news", State.SENT),
    }
    assert outbox.unread(user) == 2


def test_every_kind_that_is_not_essential_can_be_chosen():
    missing = [key for key, kind in kinds.all_kinds().items() if not kind.essential and kind.group not in kinds.GROUPS]
    assert missing == [outbox.DIGEST]
    unused = set(kinds.GROUPS) - {kind.group for kind in kinds.all_kinds().values()}
    assert unused == set()


def test_one_mail_a_day_however_much_there_is_and_essential_ones_at_once(world, mailoutbox):
    user = world.user("supporter")
    type(user).objects.filter(pk=user.pk).update(digest_at=time(7, 30), time_zone="America/Santiago")
    now = timezone.now()
    for hours in range(3):
        outbox.write("supervision.news", type("Obj", (), {"pk": user.pk})(), to=user, due=now - timedelta(hours=hours))
    outbox.deliver_batch()
    assert mailoutbox == []
    digest = Message.objects.get(kind=outbox.DIGEST)
    assert now < digest.due <= now + timedelta(days=1)
    assert outbox.unread(user) == 3
    outbox.deliver_batch(digest.due)
    outbox.deliver_batch(digest.due + timedelta(minutes=1))
    assert len(mailoutbox) == 1
    write(user, "check_in.asked")
    kinds.get("check_in.asked").still_holds = lambda message: True
    try:
        outbox.deliver_batch()
    finally:
        del kinds.get("check_in.asked").still_holds
    assert len(mailoutbox) == 2
    page = world.client(user).get(reverse("inbox")).content.decode()
    assert "There are messages for you." not in page, "the digest stands in no inbox"


def test_nothing_is_told_once_a_day_when_everything_was_read(world, mailoutbox):
    user = world.user("supporter")
    type(user).objects.filter(pk=user.pk).update(digest_at=time(7, 30))
    write(user)
    outbox.deliver_batch()
    Message.objects.exclude(kind=outbox.DIGEST).update(read_at=timezone.now())
    outbox.deliver_batch(Message.objects.get(kind=outbox.DIGEST).due)
    assert mailoutbox == []


def test_choosing_in_pages(world):
    user = world.user("supporter")
    client = world.client(user)
    page = reverse("message-choices")
    everything = {"mail_wanted": "on", "how": "daily", "digest_at": "", "groups": ["check_in", "notes"]}
    assert "digest_at" in client.post(page, everything).context["form"].errors
    client.post(page, everything | {"digest_at": "08:15"})
    user.refresh_from_db()
    assert user.digest_at == time(8, 15)
    assert set(kinds.GROUPS) - set(user.mail_off) == {"check_in", "notes"}
    client.post(page, {"how": "each", "groups": list(kinds.GROUPS)})
    user.refresh_from_db()
    assert (user.digest_at, user.mail_off, user.mail_wanted) == (None, [], False)


# The beat


def test_a_beat_that_stands_still_is_told_once_for_each_standstill(world):
    now = timezone.now()
    Heartbeat.objects.create(name="beat", at=now)
    deliver()
    assert not Message.objects.filter(kind="beat.silent").exists()
    Heartbeat.objects.update(at=now - timedelta(minutes=7))
    administrator = world.administrator
    deliver()
    deliver()
    (message,) = Message.objects.filter(kind="beat.silent")
    assert message.recipient == administrator


def test_the_first_page_and_an_address_for_watchers_say_so(world):
    for user in (world.coordinator, world.administrator):
        assert reverse("outbox-health") in world.client(user).get("/").content.decode()
    assert reverse("outbox-health") not in world.client(world.user("supporter")).get("/").content.decode()
    watcher = world.client()
    assert watcher.get(reverse("beat")).status_code == 503
    Heartbeat.objects.create(name="beat", at=timezone.now())
    assert watcher.get(reverse("beat")).status_code == 200
    assert not own.beat_is_silent()


# The letter of the week


def test_the_letter_comes_on_monday_morning_once_to_those_for_whom_something_waits(world):
    supporter, coordinator, supervisor = world.supporter(), world.coordinator, world.user("supervisor")
    monday = letter.moments(timezone.now(), timezone.now() + timedelta(days=8), current().time_zone)[-1]
    for minutes in (-1, 1, 5):
        outbox.write_due(monday + timedelta(minutes=minutes))
    told = list(Message.objects.filter(kind="letter.week").values_list("recipient", flat=True))
    assert told == [coordinator.pk], "nobody supervises the supporter; the supervisor has nothing waiting"
    assert supporter.user_id not in told
    assert supervisor.pk not in told
    page = world.client(coordinator).get(reverse("this-week")).content.decode()
    assert "Supporters nobody supervises" in page
    assert str(supporter) not in page, "counts only"
    assert world.client(supervisor).get(reverse("this-week")).status_code == 200


@pytest.mark.parametrize("zone", ["Europe/Madrid", "America/Santiago", "Asia/Kolkata", "UTC"])
def test_there_is_one_monday_morning_a_week_in_each_zone(zone):
    start = timezone.now()
    found = letter.moments(start, start + timedelta(days=400), zone)
    assert len(found) in {57, 58}
    assert {(one.weekday(), one.hour) for one in found} == {(0, 8)}
