"""Work for the worker: notes go on their day, and what went stands in the ledger."""

from celery import shared_task
from django.utils import timezone

from peersupport.vault import door as vault
from sessions_log.workflows import notes, sharings


@shared_task
def housekeeping() -> None:
    """End sharings and destroy notes that are over, then write down what was destroyed."""
    while sharings.lapse(timezone.localdate()):
        pass
    while notes.destroy_what_is_over(timezone.localdate()):
        pass
    while vault.ledger.write_down():
        pass
