"""A limit lives as long as it says, counts tries at the same moment, and no flood erases it."""

import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from peersupport.web import limits


def at(address):
    return RequestFactory().get("/", REMOTE_ADDR=address)


@pytest.mark.django_db
def test_a_limit_lives_as_long_as_it_says(monkeypatch):
    start = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: start)
    for _try in range(10):
        assert not limits.too_often_for("something", times=10, seconds=3600)
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(seconds=3599))
    assert limits.too_often_for("something", times=10, seconds=3600)
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(seconds=3601))
    assert not limits.too_often_for("something", times=10, seconds=3600)


@pytest.mark.django_db
def test_a_clock_that_was_put_back_does_not_lock_anybody_out(monkeypatch):
    start = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(days=3))
    assert [limits.too_often_for("something", times=1, seconds=60) for _ in range(2)] == [False, True]
    monkeypatch.setattr(timezone, "now", lambda: start)
    assert not limits.too_often_for("something", times=1, seconds=60)


@pytest.mark.django_db
def test_a_flood_of_others_does_not_erase_a_count():
    for _try in range(10):
        limits.too_often_for("the one", times=10, seconds=3600)
    for number in range(1500):
        limits.too_often_for(f"flood {number}", times=10, seconds=3600)
    assert limits.too_often_for("the one", times=10, seconds=3600)


@pytest.mark.django_db
def test_whoever_has_one_ipv6_address_has_its_network():
    for number in range(3):
        assert not limits.too_often(at(f"2001:db8:1:2::{number}"), "ask", times=3, seconds=60)
    assert limits.too_often(at("2001:db8:1:2:ffff::9"), "ask", times=3, seconds=60)
    assert not limits.too_often(at("2001:db8:1:3::1"), "ask", times=3, seconds=60)
    assert limits.network_of(at("::ffff:192.0.2.7")) == "192.0.2.7"


@pytest.mark.django_db
def test_no_address_is_kept_not_even_as_a_hash_that_others_can_compute():
    import hashlib

    limits.too_often(at("192.0.2.7"), "concern", times=3, seconds=60)
    row = "".join(map(str, limits.RateLimit.objects.values_list("key", "count").first()))
    guesses = {hashlib.sha256(text.encode()).hexdigest() for text in ("192.0.2.7", "concern:192.0.2.7")}
    assert "192.0.2.7" not in row
    assert not any(guess in row for guess in guesses)


@pytest.mark.django_db
def test_nothing_of_the_platforms_limits_keeps_an_address(world):
    """Those of the sign-in library too, which writes addresses into its keys."""
    client = world.client()
    for _try in range(3):
        client.post("/accounts/login/", {"login": "nobody@example.org", "password": "wrong"}, REMOTE_ADDR="192.0.2.77")
        client.post("/accounts/password/reset/", {"email": "nobody@example.org"}, REMOTE_ADDR="192.0.2.77")
    with connection.cursor() as cursor:
        tables = [table for table in connection.introspection.table_names() if table.startswith("web_")]
        assert "web_ratelimit" in tables
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")
            assert "192.0.2.77" not in str(cursor.fetchall())


@pytest.mark.django_db
def test_the_limits_of_the_sign_in_library_live_as_long_as_they_say(world, monkeypatch):
    """They lived 300 seconds whatever was asked: counted here through the cache, as the library does."""
    from django.core.cache import cache

    start = timezone.now()
    cache.add("counter", 0, 3600)
    cache.incr("counter")
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(seconds=3500))
    assert cache.get("counter") == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="threads at the same moment need PostgreSQL")
def test_of_thirty_tries_at_the_same_moment_ten_pass():
    passed, start = [], threading.Barrier(30)

    def one_try():
        start.wait()
        passed.append(not limits.too_often_for("a moment", times=10, seconds=3600))
        connection.close()

    threads = [threading.Thread(target=one_try) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(passed), sum(passed)) == (30, 10)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="threads at the same moment need PostgreSQL")
def test_only_one_of_many_adds_a_value():
    from django.core.cache import cache

    added, start = [], threading.Barrier(12)

    def one_try():
        start.wait()
        added.append(cache.add("lock", 1, 60))
        connection.close()

    threads = [threading.Thread(target=one_try) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(added) == 1


def test_a_limit_that_is_reached_is_logged_once_and_names_nobody(world, caplog):
    with caplog.at_level("WARNING", logger="peersupport.web.limits"):
        for _try in range(5):
            limits.too_often_for("sign-in link to one address:somebody@example.org", times=2, seconds=60)
            limits.too_often_for("somebody@example.org", times=2, seconds=60)
    assert [record.getMessage() for record in caplog.records] == [
        "a limit was reached: sign-in link to one address",
        "a limit was reached: of one",
    ]


def test_what_a_limit_counts_stands_behind_a_colon():
    """What comes from outside is never part of what is logged."""
    root = Path(__file__).parents[2]
    keys = [
        (path.name, key)
        for path in root.glob("[a-z]*/**/*.py")
        if not {"tests", ".venv", "limits.py"} & set(path.parts)
        for key in re.findall(r'(?:too_often_for|limits\.count)\(\s*f"([^"]*)"', path.read_text())
    ]
    assert keys
    assert [(name, key) for name, key in keys if "{" in key.partition(":")[0] or (":" not in key and "{" in key)] == []
