"""Work for the worker: leaves begin and end on their day."""

from celery import shared_task
from django.utils import timezone

from supporters.staffing import leave


@shared_task
def housekeeping() -> None:
    """Begin leaves whose first day has come, and end those whose last day is over."""
    leave.on_their_day(timezone.localdate())
