"""The broker away, frozen and back, and the database restarted under load: the site goes on, and each mail goes once."""

import threading
import time
import urllib.error
import urllib.request

import pytest

from tests.drills.outbox_house import OutboxHouse, dismiss, tell, wait_for
from tests.drills.servers import PrivateCluster, PrivateRedis, needs_cluster, needs_redis, seconds_of

pytestmark = pytest.mark.slow


@pytest.fixture
def redis_server(tmp_path):
    server = PrivateRedis(tmp_path)
    yield server
    server.stop()


def site(tmp_path, setting, redis_server):
    """A house whose site is open, and two people who are signed in."""
    house = OutboxHouse(tmp_path / "house")
    try:
        house.environment |= {setting: redis_server.url, "PEER_ARGON2_AT_ONCE": "1"}
        house.open_site()
        people = [house.browser(who) for who in ("person", "supporter")]
        for one in people:
            one.send("/account/notes/without/")
        house.order("forget")
        return house, people
    except BaseException:
        house.leave()
        raise


def both_say_yes(house, people):
    """Each says yes to notes, which the other is told of; return how long the slower one waited."""
    notes = f"/together/{house.people['match']}/notes/"
    times = []
    for one in people:
        times.append(seconds_of(lambda one=one: one.send(f"{notes}yes/")))
        assert one.status == 200, f"the page answered {one.status}"
    assert house.order("states") == {"waiting": 2}
    return max(times)


@needs_redis
@pytest.mark.parametrize("away", ["away", "frozen"])
@pytest.mark.parametrize("setting", ["CELERY_BROKER_URL", "REDIS_URL"], ids=["the broker", "all of Redis"])
def test_the_site_goes_on_without_its_broker_and_tells_when_it_is_back(tmp_path, redis_server, setting, away):
    house, people = site(tmp_path, setting, redis_server)
    try:
        redis_server.freeze() if away == "frozen" else redis_server.stop()
        slowest = both_say_yes(house, people)
        due = house.order("ids")
        redis_server.go_on() if away == "frozen" else redis_server.start()
        house.worker(clock=True)
        house.done()
        tally = house.tally(f"{setting.removesuffix('_URL').lower()} {away}, a page took {slowest:.1f} s", due)
        assert (tally.sent, tally.lost, tally.doubled) == (2, [], [])
        assert slowest < (8 if away == "frozen" else 3), "people wait for the broker"
    finally:
        redis_server.go_on()
        house.leave()


@needs_redis
def test_a_worker_finds_its_broker_again(tmp_path, redis_server):
    """A worker that ends for it, as Celery's sometimes does in the middle of an answer, ends with an error: it is restarted."""
    house = OutboxHouse(tmp_path / "house")
    try:
        house.environment["CELERY_BROKER_URL"] = redis_server.url
        house.order("forget")
        house.order("people", number=10)
        worker = house.worker(clock=True)
        first = house.order("write", number=50)
        house.done()
        redis_server.stop()
        second = house.order("write", number=50)
        redis_server.start()
        wait_for(lambda: house.order("left") == 0 or worker.process.poll() is not None)
        if ended := worker.process.poll() is not None:
            assert worker.process.returncode != 0, "nobody restarts a worker that ends as if all were well"
            house.worker(clock=True)
        house.done()
        tally = house.tally(f"broker away while a worker runs{', which is restarted' if ended else ''}", first + second)
        assert (tally.sent, tally.lost, tally.doubled) == (100, [], [])
    finally:
        house.leave()


@pytest.fixture(scope="module")
def cluster():
    made = PrivateCluster()
    yield made
    made.leave()


@pytest.fixture(scope="module")
def its_house(cluster, tmp_path_factory):
    house = OutboxHouse(tmp_path_factory.mktemp("house"), server=cluster.url)
    yield house
    house.made = None  # its database goes with the cluster
    house.leave()


@needs_cluster
@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_the_database_restarted_under_load_loses_nothing(cluster, its_house, how):
    house = its_house
    house.fresh()
    house.order("people", number=10)
    house.office.seconds = 0.01
    for place in range(2):
        house.worker(clock=place == 0)
    clerk, answers = house.new_clerk(), []
    writer = threading.Thread(target=lambda: answers.append(tell(clerk, "write_for", seconds=6, number=10)))
    writer.start()
    for _restart in range(3):
        before = house.arrived()
        wait_for(lambda before=before: house.arrived() > before + 30)
        cluster.restart(how)
    writer.join()
    dismiss(clerk)
    wait_until_quiet(house)
    house.order("pass_time", minutes=6)
    house.done()
    groups, (done, refused) = house.order("groups"), answers[0]
    assert set(groups) == {10}, "something was half written"
    assert done <= len(groups) <= done + refused
    assert refused, "nobody noticed the restart"
    tally = house.tally(f"database restarted three times ({how}), {refused} transactions refused", house.order("ids"))
    log = (house.folder / "workers.log").read_text()
    assert not [words for words in ("terminating connection", "closed the connection") if words in log], (
        "the database's own words are in the log: they may hold rows"
    )
    assert (tally.lost, tally.unmarked) == ([], [])
    assert tally.doubled == [], "what was sent was not marked, so it was sent again"


def status_of(address):
    """Ask without a session, as a monitor does."""
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def wait_until_quiet(house):
    """Wait until nothing waits and nothing has arrived for a while: what is left is under the lease of nobody."""
    last, since = -1, time.monotonic()

    def quiet():
        nonlocal last, since
        if house.arrived() != last or house.order("states").get("waiting"):
            last, since = house.arrived(), time.monotonic()
        return time.monotonic() - since > 2.5

    wait_for(quiet)


@needs_cluster
def test_the_site_says_so_while_the_database_is_away_and_goes_on_after(cluster, its_house):
    house = its_house
    house.fresh()
    house.open_site()
    person = house.browser("person")
    assert "Home" in person.get("/")
    cluster.stop()
    try:
        page = person.get("/")
        answers = [person.status, *(status_of(house.address + path) for path in ("/readyz", "/healthz"))]
    finally:
        cluster.start()
    assert answers == [500, 503, 200]
    assert not [word for word in ("Traceback", "OperationalError", "psycopg2") if word in page]
    assert "Home" in person.get("/")
    print("database away: the site says that something went wrong, and goes on when it is back")
