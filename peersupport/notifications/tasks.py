"""Work for the worker. A task is only a hint: rows say what is to be done."""

import imaplib
import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from peersupport.notifications import bounces, outbox, system_types
from peersupport.notifications import urgent as urgent  # its thread begins with the worker
from peersupport.notifications.models import Heartbeat
from peersupport.web import when

log = logging.getLogger("peersupport.notifications")


@shared_task
def scan() -> None:
    """Note that the beat lives, write what is due, and deliver it."""
    Heartbeat.objects.update_or_create(name="beat", defaults={"at": timezone.now()})
    try:
        outbox.write_due(timezone.now())
    finally:
        deliver()


@shared_task
def deliver() -> None:
    """Deliver batch after batch until nothing is due."""
    system_types.tell_of_silence(timezone.now())
    while outbox.deliver_batch() == outbox.BATCH:
        pass


@shared_task
def recompute_times() -> None:
    """After new rules of time zones: work out again when what lies ahead begins. Once for each version."""
    mark = f"zones {settings.ZONE_DATA}"
    if not Heartbeat.objects.filter(name=mark).exists():
        moved = when.recompute(timezone.now())
        log.info("zone data %s: %s times moved", settings.ZONE_DATA, moved)
        Heartbeat.objects.update_or_create(name=mark, defaults={"at": timezone.now()})


@shared_task
def read_bounces() -> None:
    """Read the mailbox for mail that came back, if one is configured."""
    if not settings.BOUNCE_URL:
        return
    try:
        bounces.look()
    except (OSError, imaplib.IMAP4.error) as problem:  # tried again in ten minutes
        log.warning("the mailbox for returned mail could not be read (%s)", type(problem).__name__)
