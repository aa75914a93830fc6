"""Work for the worker. A task is only a hint: rows say what is to be done."""

from celery import shared_task
from django.utils import timezone

from peersupport.reminders import outbox
from peersupport.reminders.models import Heartbeat


@shared_task
def scan() -> None:
    """Note that the beat lives, write what is due, and deliver it."""
    Heartbeat.objects.update_or_create(name="beat", defaults={"at": timezone.now()})
    outbox.write_due(timezone.now())
    deliver()


@shared_task
def deliver() -> None:
    """Deliver batch after batch until nothing is due."""
    while outbox.deliver_batch() == outbox.BATCH:
        pass
