"""Boards ask the same number of queries with ten supporters and with ten thousand, and stay one page."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from peersupport.accounts.models import Role, RoleGrant, User
from supporters.models import Supporter
from supporters.staffing.models import Leave
from supporters.supervision.models import CheckIn, Supervision, SupervisorQualification

#: Queries of each board without those of the session, and how much of a page it may weigh.
BOARDS = {"supervision-board": 14, "work-board": 10, "supervision": 7, "this-week": 12, "supporters": 6}
HEAVIEST = 200_000


def crowd(number):
    """Supporters, a supervisor for nine of ten, check-ins ahead, missed and none, and leave for every tenth."""
    now, today = timezone.now(), timezone.localdate()
    users = User.objects.bulk_create(User(email=f"s{n}@crowd.example", name=f"S{n}") for n in range(number))
    supporters = Supporter.objects.bulk_create(
        Supporter(user=user, name=user.name, state="active", created_at=now) for user in users
    )
    Supporter.objects.update(created_at=now - timedelta(days=500))
    supervisors = User.objects.bulk_create(
        User(email=f"v{n}@crowd.example", name=f"V{n}") for n in range(max(number // 20, 1))
    )
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=Role.SUPERVISOR) for user in supervisors)
    SupervisorQualification.objects.bulk_create(
        SupervisorQualification(user=user, worked_as_peer=True) for user in supervisors
    )
    supervisions = Supervision.objects.bulk_create(
        Supervision(supporter=one, supervisor=supervisors[n % len(supervisors)], owed_on=today - timedelta(days=n % 5))
        for n, one in enumerate(supporters)
        if n % 10
    )
    whens = [now + timedelta(days=2), now - timedelta(days=3), None]
    CheckIn.objects.bulk_create(
        CheckIn(supervision=one, wall_time=when, starts_at=when, time_zone="UTC", mode="phone")
        for n, one in enumerate(supervisions)
        for when in [whens[n % 3]]
        if when
    )
    Leave.objects.bulk_create(Leave(supporter=one, starts_on=today + timedelta(days=3)) for one in supporters[::10])
    return supervisors[-1]


@pytest.mark.parametrize("number", [10, 1000, 10_000])
def test_boards_ask_as_little_for_ten_thousand_as_for_ten(world, number):
    supervisor, coordinator = crowd(number), world.coordinator
    asked = {}
    for name in BOARDS:
        client = world.client(supervisor if name == "supervision" else coordinator)
        address = reverse(name)
        client.get(address)  # templates are loaded
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        assert response.status_code == 200
        assert len(response.content) < HEAVIEST, name
        # Once a minute the session notes that it was used, in a savepoint of its own.
        asked[name] = len([query for query in queries if not re.search("django_session|SAVEPOINT", query["sql"])])
    assert asked == BOARDS
