"""Work for the worker: vacancies close on time, offers lapse, applications are erased when their time is over."""

from datetime import datetime

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from hiring import records
from hiring.models import ApplicationState
from hiring.workflows import applying, deciding, scoring, vacancies
from peersupport.workflow.state_machine import lock


@shared_task
def housekeeping() -> None:
    """Close, lapse and erase what is over."""
    vacancies.close_what_is_over(timezone.now())
    scoring.settle_what_is_over()
    deciding.lapse()
    erase_what_is_over(timezone.now())


def erase_what_is_over(now: datetime) -> int:
    """Erase applications whose time is over; counts and history stay. Return how many."""
    rows = list(records.over(now).select_related("vacancy")[:200])
    for application in rows:
        with transaction.atomic():
            applying.erase(lock(application), counted=False)
    return len([one for one in rows if one.state != ApplicationState.DRAFT])
