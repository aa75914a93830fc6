"""A mail server that is away, slow, picky or lying, people who change their mind, and a heap of mails after an outage."""

import os
import time

import pytest

from tests.drills.outbox_house import FULL, wait_for

pytestmark = pytest.mark.slow
ON_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")
HOURS_5 = 300


def test_a_mail_server_that_is_away_costs_time_and_nothing_else(house):
    house.order("people", number=10)
    house.office.close()
    house.worker(clock=True)
    due = house.order("write", number=150)
    log = house.folder / "workers.log"
    wait_for(lambda: "ConnectionRefused" in log.read_text())
    house.office.open()
    house.order("pass_time", minutes=6)
    house.done()
    tally = house.tally("mail server away, then back", due)
    assert (tally.sent, tally.lost, tally.doubled) == (150, [], [])
    assert house.order("marked") == [], "nothing left the house, so nothing was maybe sent twice"


def test_a_long_outage_of_the_mail_server_uses_up_nobodys_tries(house):
    (picky, *_others) = house.order("people", number=3)
    house.office.closed = True
    house.worker(clock=True)
    due = house.order("write", number=3)
    for _six_minutes in range(8):
        before = house.office.knocks
        wait_for(lambda before=before: house.office.knocks > before)
        house.order("pass_time", minutes=6)
    house.office.refuses = {picky: "451 come again a little later"}
    house.office.closed = False
    wait_for(lambda: house.arrived() == 2 or house.order("pass_time", minutes=6))
    wait_for(lambda: house.order("states").get("claimed", 0) == 0)
    assert house.order("row", address=picky)["state"] == "waiting", "the first word of the server itself ends it"
    house.office.refuses = {}
    house.order("pass_time", minutes=HOURS_5)
    house.done()
    tally = house.tally("mail server away for 48 minutes, then one asked to come again", due)
    assert (tally.sent, tally.lost, tally.doubled) == (3, [], [])


def test_a_slow_mail_server_gets_each_once(house):
    house.order("people", number=10)
    house.office.seconds = 0.2
    for _worker in range(2):
        house.worker(clock=True)
    due = house.order("write", number=20)
    house.done()
    tally = house.tally("mail server takes 0.2 s for each", due)
    assert (tally.sent, tally.lost, tally.doubled) == (20, [], [])


@pytest.mark.skipif(not FULL, reason="takes eight minutes: run with DRILLS=full")
def test_a_batch_that_takes_longer_than_its_lease_is_sent_once(house):
    house.order("people", number=10)
    house.office.seconds = 4
    house.worker(clock=True)
    house.worker(clock=True)
    due = house.order("heap", number=100)
    house.done(seconds=900)
    tally = house.tally("mail server takes 4 s for each, longer than a lease for a batch", due)
    assert (tally.sent, tally.lost, tally.doubled) == (100, [], [])


def test_one_refused_address_is_tried_eight_times_and_shown_and_the_others_go(house):
    (refused, *_others) = house.order("people", number=30)
    house.office.refuses = {refused: "550 no such mailbox"}
    house.worker(clock=True)
    due = house.order("write", number=30)
    wait_for(lambda: house.arrived() == 29)
    for tries in range(1, 9):
        wait_for(lambda tries=tries: house.order("row", address=refused)["attempts"] == tries)
        wait_for(lambda: house.order("row", address=refused)["state"] != "claimed")
        assert house.order("row", address=refused)["state"] == ("waiting" if tries < 8 else "failed")
        house.order("pass_time", minutes=HOURS_5)
    others = [one for one in due if one != house.order("row", address=refused)["id"]]
    tally = house.tally("one address refused eight times, the others", others)
    assert (tally.due, tally.sent, tally.lost, tally.doubled) == (29, 29, [], [])


def test_a_server_that_hangs_up_without_a_word_doubles_only_what_it_took(house):
    house.order("people", number=10)
    house.office.drops = {3: "before", 7: "after", 11: "before", 15: "after"}
    house.worker(clock=True)
    due = house.order("write", number=40)
    wait_for(lambda: house.arrived() and not house.order("states").get("claimed"))
    assert house.order("states") == {"sent": 36, "waiting": 4}, "the others go, on a new connection"
    house.office.drops = {}
    house.order("pass_time", minutes=HOURS_5)
    house.done()
    tally = house.tally("mail server hangs up four times, twice having taken the mail", due)
    assert (tally.sent, tally.lost, tally.unmarked) == (40, [], [])
    assert len(tally.doubled) == 2


def test_a_server_that_takes_ten_on_a_connection_gets_them_all(house):
    house.order("people", number=10)
    house.office.mails_each = 10
    house.worker(clock=True)
    due = house.order("write", number=100)
    wait_for(lambda: house.order("left") == 0 or house.order("pass_time", minutes=HOURS_5))
    tally = house.tally("mail server takes ten on a connection", due)
    assert (tally.sent, tally.lost, tally.doubled) == (100, [], [])


@pytest.mark.parametrize("when", ["before the claim", "while others of the batch are sent"])
def test_who_leaves_or_wants_no_mail_any_more_gets_none(house, when):
    *_others, gone, silent, closed = sorted(house.order("people", number=30))
    stop = house.office.stop_at("accepted", skip=1)
    due = house.order("write", number=30)
    theirs = {house.order("row", address=address)["id"] for address in (gone, silent, closed)}

    def change():
        house.order("change", address=silent, mail_wanted=False)
        house.order("change", address=closed, is_active=False)
        house.order("delete", address=gone)

    if when == "before the claim":
        stop.let_go()
        change()
    house.worker(clock=True)
    if when != "before the claim":
        stop.wait()
        change()
        time.sleep(1.2)  # a mail of the same second may be on its way already
        stop.let_go()
    house.done()
    assert not theirs & {mail.id for mail in house.office.arrived}, "somebody was written to who no longer wanted it"
    tally = house.tally(f"three leave or want no mail {when}, the others", [one for one in due if one not in theirs])
    assert (tally.due, tally.sent, tally.lost, tally.doubled) == (27, 27, [], [])


def test_a_heap_after_an_outage_goes_oldest_first_and_the_worker_stays_small(house):
    if FULL and not ON_POSTGRES:
        pytest.skip("a hundred thousand are sent on PostgreSQL")
    number = 100_000 if FULL else 2000
    house.order("people", number=100)
    late = house.order("heap", number=number // 40, days_late=3)
    due = house.order("heap", number=number)
    began, worker = time.monotonic(), house.worker()
    house.order("wake")
    wait_for(lambda: house.arrived() >= number // 10, 120)
    early = worker.memory()
    wait_for(lambda: house.arrived() >= number, 3600)
    memory, took = worker.memory(), time.monotonic() - began
    house.done()
    tally = house.tally(
        f"a heap, {number / took:.0f} mails/s, {early:.1f} MiB after a tenth, {memory:.1f} MiB at the end", due
    )
    assert (tally.sent, tally.lost, tally.doubled) == (number, [], [])
    assert [mail.id for mail in house.office.arrived] == due, "not the oldest first"
    assert house.order("states") == {"sent": number, "shown": len(late)}, "what is hopelessly late is shown"
    assert memory - early < 10, "the worker grows with the heap"
