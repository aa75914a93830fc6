"""Two clicks at once: what the database holds, whoever is faster."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection, connections

from matching.models import Invitation, Match, SupportRequest
from matching.workflows import invitations, matches, requests
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from supporters.models import Supporter
from tests.making import World

ON_POSTGRES = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
TOGETHER = 80  # connections at most

needs_threads = pytest.mark.skipif(
    not ON_POSTGRES, reason="SQLite serializes writers: the same is shown there with processes"
)


@pytest.fixture
def big_world(transactional_db, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    return World()


def released_together(actions):
    """Run the actions from threads that all start at the same moment; return what each gave or raised."""
    gate = threading.Barrier(min(len(actions), TOGETHER), timeout=60)
    first = set(range(min(len(actions), TOGETHER)))

    def run(numbered):
        number, action = numbered
        try:
            connection.ensure_connection()
            if number in first:
                gate.wait()
            return action()
        except (NotPossible, NotAllowed) as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=TOGETHER) as pool:
        return list(pool.map(run, enumerate(actions)))


def nothing_is_wrong():
    for supporter in Supporter.objects.all():
        live = Match.objects.live().filter(supporter=supporter)
        assert live.count() <= supporter.maximum
        places = list(live.values_list("place", flat=True))
        assert len(set(places)) == len(places)
        assert all(1 <= place <= supporter.maximum for place in places)
    for request in SupportRequest.objects.all():
        assert Match.objects.live().filter(request=request).count() <= 1
        assert request.invitations.filter(state="open").count() <= 1
        assert (request.state == "matched") == Match.objects.live().filter(request=request).exists()


@needs_threads
@pytest.mark.postgres
@pytest.mark.slow
def test_two_hundred_acceptances_released_together(big_world):
    supporters = [big_world.supporter(maximum=3) for _ in range(20)]
    asked = [big_world.invitation(big_world.request(), supporters[number % 20]) for number in range(200)]
    actions = [lambda one=one: invitations.accept(one, by=one.supporter.user) for one in asked]
    results = released_together(actions)
    accepted = [one for one in results if isinstance(one, Match)]
    assert len(accepted) == 20 * 3
    assert Match.objects.live().count() == 20 * 3
    nothing_is_wrong()


@needs_threads
@pytest.mark.postgres
def test_the_same_invitation_accepted_by_twenty_clicks_makes_one_match(big_world):
    one = big_world.invitation()
    results = released_together([lambda: invitations.accept(one, by=one.supporter.user)] * 20)
    assert sum(isinstance(result, Match) for result in results) == 1
    nothing_is_wrong()


@needs_threads
@pytest.mark.postgres
def test_choosing_twice_asks_once(big_world):
    request, supporters = big_world.request(), [big_world.supporter() for _ in range(10)]
    actions = [lambda one=one: invitations.choose(request, [one], by=request.person) for one in supporters]
    results = released_together(actions)
    assert sum(isinstance(result, Invitation) for result in results) == 1
    nothing_is_wrong()


@needs_threads
@pytest.mark.postgres
def test_accepting_declining_and_taking_back_at_once_leaves_one_truth(big_world):
    for _ in range(5):
        one = big_world.invitation()
        request = one.request
        released_together(
            [
                lambda one=one: invitations.accept(one, by=one.supporter.user),
                lambda one=one: invitations.decline(one, by=one.supporter.user),
                lambda request=request: invitations.take_back(request, by=request.person),
                lambda one=one: invitations.expire(one),
                lambda request=request: matches.close(request, by=request.person),
            ]
        )
        nothing_is_wrong()


@needs_threads
@pytest.mark.postgres
def test_two_coordinators_take_one_request(big_world):
    request = big_world.helped_request()
    SupportRequest.objects.filter(pk=request.pk).update(looked_after_by=None)
    coordinators = [big_world.user("coordinator") for _ in range(10)]
    results = released_together([lambda by=by: requests.take(request, by=by) for by in coordinators])
    assert sum(isinstance(result, SupportRequest) for result in results) == 1


PROCESS = """
import os, sys
import django
django.setup()
from django.conf import settings
from matching.models import Invitation
from matching.workflows import invitations
from peersupport.workflow.state_machine import NotPossible
for pk in sys.argv[1:]:
    one = Invitation.objects.select_related("request", "supporter__user").get(pk=pk)
    try:
        invitations.accept(one, by=one.supporter.user)
        print("yes")
    except NotPossible:
        print("no")
"""


@pytest.mark.slow
@pytest.mark.skipif(ON_POSTGRES, reason="shown with threads there")
def test_two_hundred_acceptances_by_processes_on_sqlite(tmp_path):
    """The same race on the embedded database, with a file and real processes."""
    environment = os.environ | {
        "PEER_MODE": "test",
        "PEER_VAR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'race.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "peersupport.settings",
        "PYTHONPATH": str(settings.BASE_DIR),
        "PEER_REQUIRE_SECOND_FACTOR": "0",
    }

    def python(code, *arguments):
        return subprocess.Popen(
            [sys.executable, "-c", code, *arguments], env=environment, stdout=subprocess.PIPE, text=True
        )

    made = python(MAKE)
    ids = made.communicate(timeout=120)[0].split()
    assert made.returncode == 0
    assert len(ids) == 200
    running = [python(PROCESS, *ids[start::4]) for start in range(4)]
    said = "".join(process.communicate(timeout=180)[0] for process in running).split()
    assert all(process.returncode == 0 for process in running)
    assert said.count("yes") == 60
    assert len(said) == 200
    checked = python(CHECK)
    assert checked.communicate(timeout=60)[0].strip() == "60 right"


MAKE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.making import World
world = World()
supporters = [world.supporter(maximum=3) for _ in range(20)]
for number in range(200):
    print(world.invitation(world.request(), supporters[number % 20]).pk)
"""

CHECK = """
import django
django.setup()
from matching.models import Match
from tests.matching.test_two_at_once import nothing_is_wrong
nothing_is_wrong()
print(Match.objects.live().count(), "right")
"""
