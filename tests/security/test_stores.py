"""Nothing is ever unpickled from a store that somebody else can write to (confidentiality.md, "What broke")."""

import base64
import os
import pickle
import shelve

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from kombu.exceptions import ContentDisallowed

from peersupport.celery import app as celery_app


class Planted:
    """Unpickling this makes a file: proof that code ran."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


@pytest.fixture
def planted(tmp_path):
    """A pickle, and the file that is there once somebody unpickled it."""
    proof = tmp_path / "unpickled"
    assert pickle.loads(pickle.dumps(Planted(tmp_path / "control"))) == 0
    assert (tmp_path / "control").exists(), "the control: this pickle does run code"
    return pickle.dumps(Planted(proof)), proof


def tables_like(name):
    return [table for table in connection.introspection.table_names() if name in table]


def plant_in_every_row(table, blob):
    """Write the pickle, as text and as bytes, into every column of every row that takes it."""
    text = base64.b64encode(blob).decode()
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, table)
        taking = [
            column.name
            for column in columns
            if column.name not in {"cache_key", "key", "session_key", "expires", "expires_at", "expire_date"}
            and not 0 < (column.display_size or 0) < len(text)  # a database that holds lengths refuses it there
        ]
        assert taking
        for column in taking:
            cursor.execute(f"UPDATE {table} SET {column} = %s", [text])


@pytest.mark.django_db
def test_a_pickle_in_the_cache_table_is_not_read(planted):
    blob, proof = planted
    if (
        settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
        and "django.core" in settings.CACHES["default"]["BACKEND"]
    ):
        call_command("createcachetable", verbosity=0)
    cache.set("something", "kept", 600)
    assert cache.get("something") == "kept"
    tables = tables_like("cache")
    assert tables
    for table in tables:
        plant_in_every_row(table, blob)
    cache.get("something")
    assert not proof.exists()
    assert cache.get("something") is None


@pytest.mark.django_db
def test_a_value_written_by_somebody_else_does_not_count(world):
    """JSON is harmless to read, but a forged count or a moved end must not be believed either."""
    from peersupport.web.models import CachedValue

    cache.set("count", 10, 600)
    CachedValue.objects.update(value="0")
    assert cache.get("count") is None
    cache.set("count", 10, 600)
    CachedValue.objects.update(expires_at=timezone.now() + timezone.timedelta(days=9))
    assert cache.get("count") is None
    cache.clear()
    cache.set("one", "mine", 600)
    cache.set("two", "theirs", 600)
    one, two = CachedValue.objects.order_by("value")  # "mine", "theirs"
    CachedValue.objects.filter(pk=one.pk).update(value=two.value, signature=two.signature)
    assert {cache.get("one"), cache.get("two")} == {None, "theirs"}


@pytest.mark.django_db
def test_a_pickle_in_a_session_is_not_read(world, planted):
    blob, proof = planted
    client = world.client(world.user())
    assert client.get("/account/").status_code == 200
    plant_in_every_row("django_session", blob)
    assert client.get("/account/").status_code == 302
    assert not proof.exists()


def test_a_pickle_in_the_broker_is_refused(planted):
    """Whatever its headers say, the worker decodes JSON alone; `loads` is what it calls with them."""
    from kombu.serialization import loads, prepare_accept_content

    blob, proof = planted
    accepted = prepare_accept_content(celery_app.conf.accept_content)
    assert accepted == {"application/json"}
    for kind in ("application/x-python-serialize", "pickle"):
        with pytest.raises(ContentDisallowed):
            loads(blob, kind, "binary", accept=accepted)
    assert not proof.exists()


@pytest.mark.django_db
def test_no_redis_key_is_read_by_the_site(world, planted):
    """Redis is a broker alone: nothing of the site's comes out of it. (With Redis, every key is planted.)"""
    blob, proof = planted
    client = world.client()
    client.post("/accounts/login/", {"login": "nobody@example.org", "password": "a wrong password"})
    if settings.REDIS_URL:
        import redis

        with redis.Redis.from_url(settings.REDIS_URL) as server:
            for key in server.scan_iter():
                server.delete(key)
                server.set(key, blob)
    client.post("/accounts/login/", {"login": "nobody@example.org", "password": "a wrong password"})
    assert not proof.exists()
    assert all("redis" not in backend["BACKEND"].lower() for backend in settings.CACHES.values())


@pytest.mark.django_db
def test_a_pickle_in_the_schedule_file_of_the_clock_is_not_read(planted, tmp_path, monkeypatch):
    """Celery's own clock keeps its times in a shelve; ours in rows, whatever file it is given."""
    from celery.utils.imports import instantiate, symbol_by_name

    _blob, proof = planted
    monkeypatch.chdir(tmp_path)
    for name in ("beat", "celerybeat-schedule"):
        with shelve.open(str(tmp_path / name)) as file:
            file["entries"] = Planted(proof)
            file["__version__"] = "5"
    clock = symbol_by_name(celery_app.conf.beat_scheduler)
    started = instantiate(clock, app=celery_app, schedule_filename=str(tmp_path / "beat"))
    assert started.schedule
    assert not proof.exists()


@pytest.mark.django_db
def test_the_clock_goes_on_from_where_it_was_after_a_restart():
    """Hourly work would never be done where a worker restarts every half hour."""
    from peersupport.beat import RowScheduler

    first = RowScheduler(app=celery_app)
    entry = first.schedule["housekeeping"]
    entry.last_run_at = timezone.now() - timezone.timedelta(minutes=59)
    noted = first.reserve(entry).last_run_at
    again = RowScheduler(app=celery_app)
    assert abs((again.schedule["housekeeping"].last_run_at - noted).total_seconds()) < 1e-3
