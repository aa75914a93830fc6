"""Mails of sign-in leave within seconds, whatever else the worker does: somebody waits for them at a page."""

import logging
import threading
from typing import Any

from celery.signals import worker_ready, worker_shutdown
from django.db import connection

from peersupport.notifications import outbox

log = logging.getLogger("peersupport.notifications")
#: Seconds between two looks.
EVERY = 2
_stopped = threading.Event()


@worker_ready.connect
def begin(**kwargs: Any) -> None:
    """Start the thread of the worker that looks for mails of sign-in alone."""
    threading.Thread(target=_look_again_and_again, name="urgent mail", daemon=True).start()


@worker_shutdown.connect
def end(**kwargs: Any) -> None:
    """Let the thread end with its worker."""
    _stopped.set()


def _look_again_and_again() -> None:
    while not _stopped.wait(EVERY):
        deliver_urgent()


def deliver_urgent() -> None:
    """Deliver mails of sign-in until none is due; what goes wrong is tried again by the next look."""
    try:
        while outbox.deliver_batch(urgent=True) == outbox.BATCH:
            pass
    except Exception as problem:  # the database or the mail server is away for a moment
        log.warning("mails of sign-in could not be delivered (%s)", type(problem).__name__)
    finally:
        connection.close()  # nothing of it is left to a process that is made from this one
