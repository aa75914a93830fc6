"""The outbox: delivering, finding nothing due, and writing what is due."""

import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import EmailMessage, get_connection
from django.db import connection
from django.template.loader import render_to_string
from django.test import override_settings
from django.utils import timezone

from peersupport.accounts.models import User
from peersupport.notifications import outbox, registry
from peersupport.notifications.models import Message
from peersupport.organization.context import current
from supporters.models import Supporter
from supporters.supervision.models import CheckIn, Supervision
from tests.benchmarks.bench import Bench
from tests.benchmarks.data import settle
from tests.benchmarks.figures import Figure, Goal, side_by_side
from tests.benchmarks.servers import ROOT


@dataclass(frozen=True)
class Thing:
    pk: uuid.UUID


class Many(registry.NotificationType):
    """A kind of message of which `number` are due."""

    key, line, number = "benchmark", "Something", 0

    def find_due(self, now: datetime) -> Iterator[registry.Due]:
        user = User.objects.all()[0]
        return (registry.Due(Thing(uuid.uuid4()), user, user.pseudonym, now) for _ in range(self.number))


def figures(bench: Bench) -> Iterator[Figure]:
    """Writing first, then sending what was written, then looking among much that was sent."""
    bench.fresh("reminders")
    many = Many()
    registry.register(many)
    User.objects.create_user("somebody@example.org", language="en")
    current()
    yield _writing(bench, many)
    yield _sending(bench, many)
    yield _nothing_due(bench)
    yield _nothing_to_find(bench)


def _writing(bench: Bench, many: Many) -> Figure:
    """Rows a second; the floor is Django writing the same rows, made beforehand, in one call."""
    number, ours, floor = bench.pick(10_000, 500), [], []
    for _round in range(bench.pick(5, 2)):
        many.number = number
        ours.append(_seconds(lambda: outbox.write_due(timezone.now())))
        rows = _rows(number, state="waiting")
        floor.append(_seconds(lambda rows=rows: Message.objects.bulk_create(rows, batch_size=500)))
        Message.objects.all().delete()
    speeds = [number / statistics.median(taken) for taken in (ours, floor)]
    return Figure(f"outbox: writing {number} rows", speeds[0], "rows/s", speeds[1], (Goal(10_000, "ours", True),))


def _sending(bench: Bench, many: Many) -> Figure:
    """Mails a second over SMTP on this machine; the floor is Django sending the same mails, made beforehand."""
    number, ours, floor = bench.pick(400, 100), [], []
    with _mail_server():
        for _round in range(bench.pick(5, 2)):
            many.number = number
            outbox.write_due(timezone.now())
            ours.append(_seconds(_deliver_all))
            mails = _mails(number)
            floor.append(_seconds(lambda mails=mails: get_connection().send_messages(mails)))
    sent = Message.objects.filter(state="sent").count()
    if sent != number * len(ours):
        raise RuntimeError(f"{sent} messages were sent")
    speeds = [number / statistics.median(taken) for taken in (ours, floor)]
    return Figure(f"outbox: sending {sent} mails", speeds[0], "mails/s", speeds[1])


def _deliver_all() -> None:
    while outbox.deliver_batch() == outbox.BATCH:
        pass


def _mails(number: int) -> list[EmailMessage]:
    words = render_to_string("notifications/mail.txt", {"link": "http://localhost/inbox/", "organization": current()})
    return [
        EmailMessage(
            str(registry.SUBJECT),
            words,
            to=["somebody@example.org"],
            headers={"Message-ID": f"<{uuid.uuid4()}@localhost>", "Auto-Submitted": "auto-generated"},
        )
        for _ in range(number)
    ]


def _nothing_due(bench: Bench) -> Figure:
    """Milliseconds to learn that nothing is due; the floor is the same question in plain SQL."""
    number = bench.pick(100_000, 2000)
    for _start in range(0, number, 5000):
        Message.objects.bulk_create(_rows(min(5000, number), state="sent"))
    settle()
    now = timezone.now() + timedelta(days=1)
    ours, floor = side_by_side([lambda: outbox.claim(now), lambda: _ask(now)], bench.pick(50, 5))
    name = f"outbox: nothing due among {number} messages"
    return Figure(name, ours, "ms", floor, (Goal(2),))


def _nothing_to_find(bench: Bench) -> Figure:
    """Milliseconds of a whole scan, every kind, with nothing due among many check-ins; the floor is its windows in plain SQL."""
    registry._kinds.pop(Many.key)
    number = bench.pick(1_000_000, 2000)
    _check_ins(number)
    settle()
    now = timezone.now()
    outbox.write_due(now)
    ours, floor = side_by_side([lambda: outbox.write_due(now), lambda: _ask_windows(now)], bench.pick(50, 5))
    if Message.objects.filter(kind__startswith="check_in").exists():
        raise RuntimeError("something was due")
    return Figure(f"outbox: a scan with nothing due among {number} check-ins", ours, "ms", floor)


def _check_ins(number: int) -> None:
    """Check-ins of a hundred supervisions: nine of ten were held, the others are planned a month ahead and later."""
    users = [User.objects.create_user(f"s{place}@example.org") for place in range(101)]
    supporters = Supporter.objects.bulk_create(Supporter(user=user, name="S", state="active") for user in users[1:])
    far = timezone.localdate() + timedelta(days=400)
    Supervision.objects.bulk_create(Supervision(supporter=one, supervisor=users[0], owed_on=far) for one in supporters)
    pks = list(Supervision.objects.values_list("pk", flat=True))
    now = timezone.now()
    for start in range(0, number, 5000):
        CheckIn.objects.bulk_create(
            CheckIn(
                supervision_id=pks[place % 100],
                state="planned" if place % 10 == 0 else "held",
                wall_time=at,
                starts_at=at,
                time_zone="UTC",
                mode="phone",
            )
            for place in range(start, min(start + 5000, number))
            for at in [
                now + timedelta(days=30, minutes=place) if place % 10 == 0 else now - timedelta(days=2, minutes=place)
            ]
        )


def _ask_windows(now: datetime) -> None:
    with connection.cursor() as cursor:
        for table in ("supervision_checkin", "supervision_checkin", "supervision_checkin", "sessions_log_meeting"):
            cursor.execute(
                f"SELECT id FROM {table} WHERE state = 'planned' AND starts_at > %s AND starts_at <= %s ORDER BY starts_at, id",
                [now, now + timedelta(seconds=20)],
            )
            cursor.fetchall()


def _ask(now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM notifications_message WHERE (state = 'waiting' OR (state = 'claimed' AND lease_until < %s))"
            " AND next_try_at <= %s ORDER BY next_try_at, id LIMIT 100",
            [now, now],
        )
        cursor.fetchall()


def _rows(number: int, *, state: str) -> list[Message]:
    user, now = User.objects.all()[0], timezone.now()
    return [
        Message(
            kind="benchmark",
            object_id=uuid.uuid4(),
            recipient=user,
            recipient_key=user.pseudonym,
            due=now,
            next_try_at=now,
            state=state,
            sent_at=now if state == "sent" else None,
        )
        for _ in range(number)
    ]


def _seconds(action: object) -> float:
    start = time.perf_counter()
    action()  # type: ignore[operator]
    return time.perf_counter() - start


@contextmanager
def _mail_server() -> Iterator[None]:
    """A mail server in a process of its own, so that it takes no time from either side."""
    command = [sys.executable, "-m", "tests.benchmarks.smtp_sink"]
    sink = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        port = int(sink.stdout.readline())  # type: ignore[union-attr]
        with override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=port,
            EMAIL_HOST_USER="",
            EMAIL_HOST_PASSWORD="",
            EMAIL_USE_TLS=False,
            EMAIL_USE_SSL=False,
        ):
            yield
    finally:
        sink.terminate()
        sink.wait()
