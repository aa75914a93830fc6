"""Housekeeping of matching. Each piece of work is a row: running twice, or late, changes nothing."""

import logging

from celery import shared_task
from django.utils import timezone

from matching.models import Invitation, SupportRequest
from matching.workflows import invitations, questions
from peersupport.workflow.state_machine import NotPossible

log = logging.getLogger("peersupport.matching")


@shared_task
def housekeeping() -> None:
    """Close invitations nobody answered or that have no room, and ask the questions that are due."""
    close_invitations()
    questions.lapse(timezone.now())
    ask_questions()


def close_invitations() -> int:
    """Close what is over; return how many. A person is never left waiting for somebody who can't."""
    due = Invitation.objects.due_to_expire(timezone.now()) | Invitation.objects.without_room()
    closed = 0
    for invitation in due.select_related("request", "supporter").order_by("answer_by")[:200]:
        try:
            invitations.expire(invitation)
            closed += 1
        except NotPossible:
            log.info("an invitation was answered meanwhile")
    return closed


def ask_questions() -> int:
    """Ask supporters about what they keep to themselves, for requests that changed."""
    due = SupportRequest.objects.filter(questions_due=True)[:50]
    return sum(questions.ask_for(request) for request in due)
