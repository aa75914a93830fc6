"""Work for the worker: whoever is new to the role and whose training lapsed is not suggested any more."""

from celery import shared_task

from supporters.training import workflows


@shared_task
def housekeeping() -> None:
    """Look again whether those who are new to the role can be suggested."""
    workflows.look_again()
