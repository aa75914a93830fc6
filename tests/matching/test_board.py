"""What needs a hand today is counted right, at any time and for everybody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from matching import board
from matching.models import Match, SupportRequest
from peersupport.notifications.models import Message
from peersupport.notifications.outbox import unread

STATES = {"choosing": "choosing", "waiting": "waiting", "invited": "invited", "meeting": "matched"}


def hands():
    return board.needs_a_hand(limits_missing=False)


@pytest.mark.parametrize("stage", STATES)
def test_a_request_is_slow_only_after_the_time_of_its_stage(world, stage):
    request = world.request()
    SupportRequest.objects.filter(pk=request.pk).update(state=STATES[stage])
    if stage == "meeting":
        Match.objects.create(request=request, supporter=world.supporter(), place=1)
    for past, number in ((timedelta(minutes=-5), 0), (timedelta(minutes=5), 1)):
        since = timezone.now() - board.SLOW[stage] - past
        Match.objects.update(made_at=since)
        SupportRequest.objects.filter(pk=request.pk).update(state_since=since)
        assert hands().slow == number


def test_an_active_match_and_a_closed_request_are_never_slow(world):
    match = world.match()
    Match.objects.update(made_at=timezone.now() - timedelta(days=900))
    SupportRequest.objects.update(state_since=timezone.now() - timedelta(days=900))
    assert hands().slow == 0
    SupportRequest.objects.filter(pk=match.request_id).update(state="closed", closed_at=timezone.now())
    assert hands().slow == 0


def test_a_supporter_is_overloaded_at_their_own_number_and_by_live_matches_alone(world):
    supporter = world.supporter(maximum=2)
    first = world.match(supporter=supporter)
    assert list(board.overloaded()) == []
    world.match(supporter=supporter)
    assert [(one, one.load) for one in board.overloaded()] == [(supporter, 2)]
    assert hands().overloaded == 1
    Match.objects.filter(pk=first.pk).update(state="ended", ended_at=timezone.now())
    assert hands().overloaded == 0


def test_what_is_free_to_take_and_whom_to_ring(world):
    world.request()
    helped = world.helped_request()
    SupportRequest.objects.filter(pk=helped.pk).update(looked_after_by=None)
    Message.objects.create(
        kind="invitation.answered",
        object_id=helped.pk,
        recipient_key=helped.person_key,
        due=timezone.now(),
        next_try_at=timezone.now(),
    )
    assert (hands().to_take, hands().to_ring) == (1, 1)


def test_counts_are_of_whoever_asks(world):
    one, other = world.user("coordinator"), world.user()
    for due in (timezone.now(), timezone.now() + timedelta(hours=1)):
        Message.objects.create(
            kind="question.asked",
            object_id=one.pk,
            recipient=one,
            recipient_key=one.pseudonym,
            due=due,
            next_try_at=due,
        )
    assert (unread(one), unread(other)) == (1, 0)
    assert (one.roles, other.roles) == ({"coordinator"}, frozenset())
