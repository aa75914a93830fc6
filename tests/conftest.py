"""A hostile place to run in: unknown template variables fail, warnings are errors, there is no network."""

import socket

import pytest
from django.core.cache import cache
from django.template import base as template_base

from peersupport.vault import crypto
from supporters.catalogue import load_default
from tests.making import World
from tests.people import Signed


class Undefined(str):
    """A template variable that is not there: an error, unless the template asks with default or in an if."""

    def __mod__(self, name: object) -> str:
        raise AssertionError(f"a template uses the unknown variable {name!r}")

    def __contains__(self, part: object) -> bool:
        return part == "%s"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The catalogue is loaded once. A test that empties the database leaves it to `World` to load it again."""
    with django_db_blocker.unblock():
        load_default()


@pytest.fixture(autouse=True)
def strict_templates(settings, monkeypatch):
    from django.template import engines

    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", Undefined("%s"))
    # allauth's own templates rely on absent variables; ours do not get that leave.
    resolve = template_base.FilterExpression.resolve

    def lenient_for_allauth(self, context, ignore_failures=False):
        origin = getattr(getattr(context, "template", None), "origin", None)
        theirs = origin is not None and "allauth" in str(getattr(origin, "name", ""))
        return resolve(self, context, ignore_failures or theirs)

    monkeypatch.setattr(template_base.FilterExpression, "resolve", lenient_for_allauth)


@pytest.fixture(autouse=True)
def fresh_cache(request):
    if (
        "db" in request.fixturenames
        or "transactional_db" in request.fixturenames
        or request.node.get_closest_marker("django_db")
    ):
        request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else "db")
        cache.clear()


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Only this machine may be talked to."""
    connect = socket.socket.connect

    def guarded(self, address):
        host = address[0] if isinstance(address, tuple) else ""
        if host and host not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test tried to reach {host}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def world(db, settings) -> World:
    """An organization with its limits of privacy filled in and the default catalogue."""
    settings.REQUIRE_SECOND_FACTOR = False
    return World()


@pytest.fixture
def cheap_argon2(monkeypatch):
    """Keys that open as fast as tests need. The real costs have their own tests."""
    monkeypatch.setattr(crypto, "OPERATIONS", 1)
    monkeypatch.setattr(crypto, "MEMORY", 64 * 1024)


@pytest.fixture
def sign_in(world, cheap_argon2):
    """Return a maker of browsers: `sign_in(user)` signs in with the password, as on the web."""
    return lambda user=None, **how: Signed(world, user or world.user(), **how)


@pytest.fixture
def bare_world(db, settings) -> World:
    """An organization that has filled in nothing yet."""
    settings.REQUIRE_SECOND_FACTOR = False
    return World(filled_in=False)


#: Folders and files whose tests start processes, walk through every page, or draw many inputs.
SLOW = (
    "tests/benchmarks",
    "tests/browser",
    "tests/drills",
    "tests/security",
    "tests/hiring/test_attacks.py",
    "tests/hiring/test_crowd.py",
    "tests/hiring/test_figures.py",
    "tests/hiring/test_judging.py",
    "tests/hiring/test_ways_around.py",
    "tests/matching/test_two_at_once.py",
    "tests/peersupport/test_serving.py",
    "tests/staffing/test_boards.py",
    "tests/backups",
)


def pytest_collection_modifyitems(items):
    """Mark what `just test` leaves out."""
    for item in items:
        if str(item.path.relative_to(item.config.rootpath)).startswith(SLOW):
            item.add_marker(pytest.mark.slow)
