"""Work for the worker: covers end on their day."""

from celery import shared_task
from django.utils import timezone

from supporters.supervision import workflows


@shared_task
def housekeeping() -> None:
    """End covers whose time is over."""
    while workflows.end_what_is_over(timezone.localdate()):
        pass
