"""Retention: what is older than its rule is deleted on time."""

import logging

from celery import shared_task
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from peersupport.audit.classes import declared
from peersupport.web.records import delete_what_is_over

log = logging.getLogger("peersupport.accounts")


@shared_task
def housekeeping() -> None:
    """Delete what its retention rule says is over, and sessions that ran out."""
    now = timezone.now()
    for item in declared().values():
        if item.expired:
            gone, _by_model = item.expired(now).delete()
            if gone:
                log.info("retention: %s rows of %s and what belongs to them", gone, item.model._meta.label)
    Session.objects.filter(expire_date__lt=now).delete()


@shared_task
def leave_nothing_erased() -> None:
    """Delete words whose hour is over, and empty SQLite's write-ahead log, where old pages stay until written over.

    PostgreSQL recycles its log by itself. Where somebody reads in this moment, the next round does it.
    """
    delete_what_is_over(timezone.now())
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
