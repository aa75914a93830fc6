"""Work for the worker: notes go on their day, and what went stands in the ledger."""

from celery import shared_task
from django.utils import timezone

from peersupport.vault import door as vault
from sessions_log.workflows import notes


@shared_task
def housekeeping() -> None:
    """Destroy what is over, then write down what was destroyed."""
    while notes.destroy_what_is_over(timezone.localdate()):
        pass
    while vault.ledger.write_down():
        pass
