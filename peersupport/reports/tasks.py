"""Work for the worker: months that are over get their figures fixed."""

from celery import shared_task
from django.utils import timezone

from peersupport.reports import figures, monthly


@shared_task
def fix_figures() -> None:
    """Fix what is over. Nothing happens on most days."""
    figures.fix(timezone.localdate())
    monthly.fix(timezone.localdate())
