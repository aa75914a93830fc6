"""Workers of the outbox killed where it hurts most: nothing is lost, and what comes twice is the same mail, and marked."""

import os
import random

import pytest

from tests.drills.outbox_house import wait_for

pytestmark = pytest.mark.slow
ON_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")
needs_servers = pytest.mark.skipif(
    not (ON_POSTGRES and os.environ.get("REDIS_URL")), reason="five workers at once need PostgreSQL and Redis"
)
LEASE_MINUTES = 6


def test_killed_between_claim_and_send_nothing_is_lost_and_nothing_doubled(house):
    house.order("people", number=20)
    stop = house.office.stop_at("asked", skip=7)
    victim = house.worker(clock=True)
    due = house.order("write", number=200)
    stop.wait()
    victim.kill()
    stop.let_go()
    assert house.order("states") == {"sent": 7, "claimed": 93, "waiting": 100}
    house.worker(clock=True)
    wait_for(lambda: house.arrived() == 107)
    assert house.order("states") == {"sent": 107, "claimed": 93}, "nobody takes what is under a lease"
    house.order("pass_time", minutes=LEASE_MINUTES)
    house.done()
    tally = house.tally("kill between claim and send", due)
    assert (tally.lost, tally.doubled) == ([], [])
    assert len(house.order("marked")) == 93


@pytest.mark.parametrize("said", [False, True], ids=["before 250 is said", "as 250 is said"])
def test_killed_between_send_and_mark_one_comes_twice_with_the_same_id_and_marked(house, said):
    house.order("people", number=20)
    stop = house.office.stop_at("accepted", skip=7)
    victim = house.worker(clock=True)
    due = house.order("write", number=200)
    stop.wait()
    if said:
        stop.let_go()
    victim.kill()
    stop.let_go()
    house.order("pass_time", minutes=LEASE_MINUTES)
    house.worker(clock=True)
    house.done()
    tally = house.tally(f"kill between send and mark, {'as' if said else 'before'} 250 is said", due)
    assert (tally.lost, tally.unmarked) == ([], [])
    if said:
        assert len(tally.doubled) <= 1
    else:
        assert tally.doubled == [due[7]]


def test_killed_five_times_one_after_another_at_random(house):
    house.order("people", number=20)
    seed = random.randrange(10_000)
    chance = random.Random(seed)
    house.office.seconds = 0.002
    due = house.order("write", number=400)
    for _victim in range(5):
        enough = house.arrived() + chance.randrange(1, 70)
        victim = house.worker(clock=True)
        wait_for(lambda enough=enough: house.arrived() >= enough)
        victim.kill()
        house.order("pass_time", minutes=LEASE_MINUTES)
    house.worker(clock=True)
    house.done()
    tally = house.tally(f"five killed one after another (seed {seed})", due)
    assert (tally.lost, tally.unmarked) == ([], [])
    assert len(tally.doubled) <= 5


@needs_servers
def test_five_at_once_each_killed_at_random(house):
    house.order("people", number=20)
    seed = random.randrange(10_000)
    chance = random.Random(seed)
    house.office.seconds = 0.01
    victims = [house.worker(clock=place == 0) for place in range(5)]
    due = house.order("write", number=1500)
    for victim, enough in zip(victims, sorted(chance.sample(range(100, 900), 5)), strict=True):
        wait_for(lambda enough=enough: house.arrived() >= enough)
        victim.kill()
    assert len({mail.connection for mail in house.office.arrived}) >= 5, "they did not work at the same time"
    house.order("pass_time", minutes=LEASE_MINUTES)
    house.office.seconds = 0
    house.worker(clock=True)
    house.done()
    tally = house.tally(f"five at once, each killed (seed {seed})", due)
    assert (tally.lost, tally.unmarked) == ([], [])
    assert len(tally.doubled) <= 5


@pytest.mark.parametrize("workers", [pytest.param(5, marks=needs_servers), 2], ids=["five workers", "two workers"])
def test_two_clocks_and_several_workers_double_nothing(house, workers):
    house.order("people", number=20)
    house.office.seconds = 0.005
    for place in range(workers):
        house.worker(clock=place < 2)
    house.order("check_ins", number=30)
    house.order("write", number=500)
    wait_for(lambda: house.order("left") == 0 and len(house.order("ids")) == 560)
    tally = house.tally(f"two clocks, {workers} workers", house.order("ids"))
    assert (tally.due, tally.sent, tally.lost, tally.doubled) == (560, 560, [], [])
    assert house.order("marked") == []
    assert len({mail.connection for mail in house.office.arrived}) > 1


def test_the_clock_beats_on_when_the_machines_own_was_put_back(house):
    """What is due is found by the beat alone: nobody tells the worker."""
    house.order("people", number=5)
    worker = house.worker(clock=True)
    due = house.order("heap", number=5)
    house.done()
    worker.stop()
    assert house.order("put_clock_ahead", hours=2) > 5
    house.lose_hints()
    house.worker(clock=True)
    due += house.order("heap", number=5)
    house.done(seconds=15)
    tally = house.tally("the machine's clock put back by two hours", due)
    assert (tally.sent, tally.lost, tally.doubled) == (10, [], [])
