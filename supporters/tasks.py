"""Imports go on where they were: each row knows whether it was taken."""

from celery import shared_task

from supporters.importing import continue_all


@shared_task
def continue_imports() -> None:
    """Go on with every import that was started and is not done."""
    continue_all()
