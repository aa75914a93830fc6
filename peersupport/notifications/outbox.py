"""Writing to the outbox, and delivering from it: the only place that sends.

A row is written in the transaction of what it tells of. Delivery claims rows under a lease, sends, and
marks them; a worker that dies leaves a row whose lease runs out, and the next one sends it again with the
same Message-ID, marked as maybe sent twice.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from contextlib import nullcontext, suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Case, F, Q, QuerySet, When
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from peersupport.accounts.models import User
from peersupport.notifications import registry, scan_state
from peersupport.notifications.mail_connection import MailConnection, ServerUnreachable, is_interrupted
from peersupport.notifications.models import Message, MessageState
from peersupport.organization.context import current
from peersupport.organization.models import Organization

log = logging.getLogger("peersupport.notifications")
LEASE = timedelta(minutes=5)
#: A batch that takes longer leaves the rest to the next one, well before its lease runs out.
LONG = LEASE / 2
BATCH = 100
TRIES = 8
#: While the mail server can't be reached, it is tried again so often; no message is at fault.
NO_SERVER_PAUSE = timedelta(minutes=2)
#: Seconds after which what was claimed is looked at again: somebody may have left, or want no mail any more.
STALE = 1
#: Seconds between tries to mark what was sent while the database is away.
PAUSES = (0, 1, 2, 4, 8, 16, 32)
DIGEST = "digest"
#: A mail later than this says nothing useful any more: it is shown in the inbox, not sent.
TOO_LATE = timedelta(days=2)


def write(kind: str, obj: Any, *, to: User | None, key: UUID | None = None, due: datetime | None = None) -> None:
    """Add a message about `obj` to the outbox, once for each (kind, object, recipient, due).

    `to` is None for a person without an account; `key` is then whose message it is. Call it inside
    the transaction of the change it tells of.
    """
    due = due or timezone.now()
    recipient_key = to.pseudonym if to else key
    if recipient_key is None:
        raise ValueError("a message needs somebody it is for")
    Message.objects.bulk_create(
        [Message(kind=kind, object_id=obj.pk, recipient=to, due=due, next_try_at=due, recipient_key=recipient_key)],
        ignore_conflicts=True,
    )
    if all(entry[1] is not wake for entry in connection.run_on_commit):  # one hint a transaction is enough
        transaction.on_commit(wake)


def wake() -> None:
    """Tell a worker that there is something to do; the beat finds it anyway when this fails."""
    from peersupport.notifications.tasks import deliver

    if settings.TESTING:
        return
    try:
        deliver.apply_async(retry=False, expires=60)
    except Exception as problem:
        log.warning("the broker could not be reached (%s)", type(problem).__name__)


def write_due(now: datetime) -> None:
    """Ask each kind what is due and write it; what is written already stays as it is."""
    with scan_state.scan(now) as marks:
        for kind in (kind for kind in registry.all_kinds().values() if kind.looks):
            try:
                # What a kind notes of its own stands or falls with its rows.
                with transaction.atomic() if kind.atomic_scan else nullcontext():
                    _write_due_of(kind, now)
            except DatabaseError:
                raise
            except Exception as problem:
                # One kind that fails keeps no other from looking; it looks again from where it was.
                log.error("%s could not look for what is due (%s)", kind.key, type(problem).__name__)
                marks.leave(kind.key)


def _write_due_of(kind: registry.NotificationType, now: datetime) -> None:
    rows = [
        Message(
            kind=kind.key,
            object_id=item.obj.pk,
            recipient=item.to,
            recipient_key=item.key,
            due=item.due,
            next_try_at=item.due,
        )
        for item in kind.find_due(now)
    ]
    if rows:
        Message.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def claim(now: datetime, *, urgent: bool = False) -> list[Message]:
    """Take up to BATCH due rows under a lease: mails of sign-in first, then the oldest. No two workers get the same row.

    With `urgent` only mails of sign-in are taken.
    """
    with transaction.atomic():
        messages = list(_free(now, **({"urgent": True} if urgent else {})))
        if not messages:
            return []
        again = Case(When(state=MessageState.CLAIMED, then=True), default=F("maybe_twice"))
        Message.objects.filter(pk__in=[message.pk for message in messages]).update(
            maybe_twice=again, state=MessageState.CLAIMED, lease_until=now + LEASE, attempts=F("attempts") + 1
        )
    for message in messages:
        message.attempts += 1
        message.lease_until = now + LEASE
    return messages


def _free(now: datetime, **only: Any) -> QuerySet[Message]:
    """What is due and nobody works on, with its recipient."""
    free = Q(state=MessageState.WAITING) | Q(state=MessageState.CLAIMED, lease_until__lt=now)
    rows = Message.objects.filter(free, next_try_at__lte=now, **only).select_related("recipient")
    rows = rows.order_by("-urgent", "next_try_at", "pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(of=("self",), skip_locked=True)
    return rows[:BATCH]


def deliver_batch(now: datetime | None = None, *, urgent: bool = False) -> int:
    """Send one batch over one mail connection; return how many rows were handled. With `urgent`: mails of sign-in alone."""
    now, began = now or timezone.now(), time.monotonic()
    batch = claim(now, urgent=urgent)
    if not batch:
        return 0
    held, read = {message.pk: message for message in batch}, began
    with MailConnection() as connection_to_server:
        delivery = Delivery(now, connection_to_server)
        for place, message in enumerate(batch):
            clock = time.monotonic()
            if clock - began > LONG.total_seconds():
                _give_back(batch[place:], now)
                return place
            if clock - read > STALE:
                held, read = _still_held(batch[place:]), clock
            if message.pk not in held:
                continue
            try:
                delivery.deliver(held[message.pk])
            except ServerUnreachable as problem:
                log.warning("the mail server could not be reached (%s)", problem)
                _give_back(batch[place:], now + NO_SERVER_PAUSE)
                return place
    return len(batch)


def _give_back(messages: Sequence[Message], again_at: datetime) -> None:
    """Leave to others what was claimed and not tried: they wait as before."""
    _ours(messages).update(
        state=MessageState.WAITING, lease_until=None, attempts=F("attempts") - 1, next_try_at=again_at
    )


def _still_held(messages: Sequence[Message]) -> dict[UUID, Message]:
    """Return claimed rows as they are now, without those that are gone, or whose lease ran out and are others' now."""
    return {message.pk: message for message in _ours(messages).select_related("recipient")}


def _ours(messages: Sequence[Message]) -> QuerySet[Message]:
    return Message.objects.filter(
        pk__in=[message.pk for message in messages], state=MessageState.CLAIMED, lease_until=messages[0].lease_until
    )


class Delivery:
    """One batch on its way: one mail connection, and the words of each language made once."""

    def __init__(self, now: datetime, mail_connection: MailConnection) -> None:
        self.now, self.mail_connection, self.began = now, mail_connection, time.monotonic()
        self.organization = current()
        self.inbox = settings.SITE_URL + reverse("inbox")
        self.host = settings.SITE_URL.split("//")[-1].split(":")[0].encode("idna").decode("ascii")
        self._words: dict[tuple[str, str], tuple[str, str]] = {}

    def deliver(self, message: Message) -> None:
        """Send one message and mark it, or mark why not.

        Raises ServerUnreachable when the mail server can't be reached, and what the database raises. Anything else counts
        against this message alone.
        """
        try:
            self._deliver(message)
        except (DatabaseError, ServerUnreachable):
            raise
        except Exception as problem:  # a mail server may answer with anything
            log.warning("message %s could not be sent (%s)", message.pk, type(problem).__name__)
            _failed(message, self.now, perhaps_taken=is_interrupted(problem))

    def _deliver(self, message: Message) -> None:
        kind = registry.get(message.kind)
        still = kind is not None and kind.is_still_relevant(message)
        if kind is not None and kind.own_words:
            return self._deliver_own(kind, message)
        address = self._address(message, kind) if kind and still else None
        if address is None:
            return _shown(message, still=still, now=self.now)
        if self.now - message.due > TOO_LATE:
            return _mark(message, MessageState.SHOWN if message.recipient else MessageState.FAILED)
        waits = kind is not None and not kind.essential and kind.key != DIGEST and kind.group != "alarm"
        if waits and message.recipient and message.recipient.digest_at:
            since = timedelta(seconds=time.monotonic() - self.began)  # a batch may take minutes
            return _leave_for_digest(message, self.now + since, self.organization)
        wait_until = _quiet_until(message, self.now, self.organization)
        if wait_until:
            return _mark(message, MessageState.WAITING, next_try_at=wait_until, attempts=message.attempts - 1)
        self.mail_connection.send(self._mail(message, address))
        return _sent(message, self.now)

    def _deliver_own(self, kind: registry.NotificationType, message: Message) -> None:
        """Send a mail of sign-in; what was sealed for it is erased with its mark."""
        mail = kind.make(message) if self.now - message.due <= TOO_LATE else None
        if mail is None:
            return _mark(message, MessageState.SHOWN, sealed=None)
        mail.extra_headers = self._headers(message)
        self.mail_connection.send(mail)
        return _sent(message, self.now)

    def _headers(self, message: Message) -> dict[str, str]:
        return {"Message-ID": f"<{message.pk}@{self.host}>", "Auto-Submitted": "auto-generated"}

    def _address(self, message: Message, kind: registry.NotificationType) -> registry.Address | None:
        user = message.recipient
        if user is None:
            return kind.address_without_account(message)
        if not user.is_active or not (kind.essential or (user.mail_wanted and kind.group not in user.mail_off)):
            return None
        return registry.Address(user.email, user.language, self.inbox)

    def _mail(self, message: Message, address: registry.Address) -> EmailMessage:
        subject, words = self._said(address.language or settings.LANGUAGE_CODE, address.link)
        return EmailMessage(subject, words, to=[address.email], headers=self._headers(message))

    def _said(self, language: str, link: str) -> tuple[str, str]:
        """Return subject and words. Only those that lead to the inbox are kept: other links are somebody's own."""
        if (language, link) in self._words:
            return self._words[language, link]
        with translation.override(language):
            words = render_to_string("notifications/mail.txt", {"link": link, "organization": self.organization})
            said = str(registry.SUBJECT), words
        if link == self.inbox:
            self._words[language, link] = said
        return said


def _shown(message: Message, *, still: bool, now: datetime) -> None:
    """Not mailed: it stands in the inbox, or on the list of people to ring while it still holds."""
    over = {} if still or message.recipient else {"read_at": now}
    _mark(message, MessageState.SHOWN, **over)


def _quiet_until(message: Message, now: datetime, organization: Organization) -> datetime | None:
    """Return when the recipient's quiet hours end, if it is quiet now."""
    user = message.recipient
    if user is None or user.quiet_from is None or user.quiet_until is None:
        return None
    there = now.astimezone(_zone(user, organization))
    start, end = user.quiet_from, user.quiet_until
    quiet = start <= there.time() < end if start <= end else (there.time() >= start or there.time() < end)
    if not quiet:
        return None
    ends = there.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return ends if ends > there else ends + timedelta(days=1)


def _leave_for_digest(message: Message, now: datetime, organization: Organization) -> None:
    """It stands in the inbox; one mail a day tells that something is there, however much it is."""
    user = message.recipient
    if user is None or user.digest_at is None:
        raise ValueError("no digest is wanted")
    day, zone = now.astimezone(_zone(user, organization)).date(), _zone(user, organization)
    with transaction.atomic():
        _mark(message, MessageState.SHOWN)
        for ahead in range(3):  # today's may be over, or sent already
            due = datetime.combine(day + timedelta(days=ahead), user.digest_at, zone)
            if due <= now:
                continue
            write(DIGEST, user, to=user, due=due)
            there = Message.objects.filter(
                kind=DIGEST, recipient=user, due=due, state__in=[MessageState.WAITING, MessageState.CLAIMED]
            )
            if there.exists():
                return


def _zone(user: User, organization: Organization) -> ZoneInfo:
    for name in (user.time_zone, organization.time_zone):
        with suppress(ZoneInfoNotFoundError, ValueError):
            return ZoneInfo(name)
    return ZoneInfo("UTC")  # zones are renamed now and then


def _failed(message: Message, now: datetime, *, perhaps_taken: bool) -> None:
    """Try again later, always with the same Message-ID; when the line was cut, nobody knows whether it arrived."""
    twice = {"maybe_twice": True} if perhaps_taken else {}
    if message.attempts >= TRIES:
        return _mark(message, MessageState.FAILED, sealed=None, **twice)
    pause = timedelta(minutes=2 ** min(message.attempts, 8))
    return _mark(message, MessageState.WAITING, next_try_at=now + pause, **twice)


def _sent(message: Message, now: datetime) -> None:
    """Mark what was sent. The mail is out, so a database that is away for a moment is waited for."""
    for pause in PAUSES:
        if pause:  # even no time at all would hand the turn to somebody else
            time.sleep(pause)
        try:
            _mark(message, MessageState.SENT, sent_at=now, sealed=None)
            return
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block or pause == PAUSES[-1]:
                raise
            connection.close()


def _mark(message: Message, state: str, **changes: Any) -> None:
    Message.objects.filter(pk=message.pk, state=MessageState.CLAIMED).update(state=state, lease_until=None, **changes)


def unread(user: User) -> int:
    """Return how many messages wait in the user's inbox."""
    waiting = Message.objects.filter(recipient=user, read_at=None, due__lte=timezone.now(), urgent=False)
    return waiting.exclude(kind=DIGEST).count()


def point_to(obj: Any, *, instead_of: UUID) -> None:
    """Let messages about something that is about to be erased lead to `obj`, so that they still arrive."""
    Message.objects.filter(object_id=instead_of, state__in=[MessageState.WAITING, MessageState.CLAIMED]).update(
        object_id=obj.pk
    )


def forget(objects: Iterable[UUID]) -> None:
    """Remove messages about objects that are being erased."""
    Message.objects.filter(object_id__in=list(objects)).delete()
