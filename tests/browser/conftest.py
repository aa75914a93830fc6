"""One Chromium for all browser tests, and visitors whose every page is watched."""

import os
import shutil

import pytest

from peersupport.organization.models import Organization
from tests.browser.visitor import Visitor

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    """Start the installed Chromium once; without one, skip, or fail where PEER_REQUIRE_BROWSER=1 says so."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        missing = f"no Chromium here (looked for {', '.join(NAMES)}): the browser tests did not run"
        (pytest.fail if os.environ.get("PEER_REQUIRE_BROWSER") == "1" else pytest.skip)(missing)
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread, and Django would take it for a coroutine.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(chromium, live_server, world):
    """Return a maker of visitors: `visit(user, width=360, language="ar", script=False)`."""
    visitors = []

    def make(user=None, **how):
        cookies = {}
        if user is not None:
            cookies = {"session": world.client(user).cookies["session"].value}
        visitors.append(Visitor(chromium, live_server.url, cookies, **how))
        return visitors[-1]

    Organization.objects.update(leave_page_url="https://harmless.example/", contact_phone="+00 555 0100")
    yield make
    for visitor in visitors:
        visitor.leave()
