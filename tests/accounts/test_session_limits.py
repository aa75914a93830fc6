"""How long a browser stays signed in, and what its cookies are called."""

import subprocess
import sys
import time

import pytest

from peersupport.accounts import session_limits
from tests.making import PASSWORD


@pytest.fixture
def later(monkeypatch):
    """Move the clock of the sessions ahead by so many seconds."""
    real = time.time

    def move(seconds):
        monkeypatch.setattr(session_limits.time, "time", lambda: real() + seconds)

    return move


def sign_in_at(world, user, *, own_device=False):
    from allauth.account.models import EmailAddress

    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": True})
    client = world.client()
    data = {"login": user.email, "password": PASSWORD} | ({"remember": "on"} if own_device else {})
    client.post("/accounts/login/", data)
    assert client.get("/account/").status_code == 200
    return client


@pytest.mark.parametrize(
    ("role", "own_device", "stays"),
    [
        ("person", False, False),
        ("person", True, True),
        ("coordinator", False, False),
        ("coordinator", True, False),
        ("administrator", True, False),
        ("supervisor", True, False),
        ("panel_member", True, False),
        ("supporter", True, True),
    ],
)
def test_half_an_hour_without_use_signs_out(world, cheap_argon2, later, role, own_device, stays):
    user = world.user(*([] if role == "person" else [role]))
    client = sign_in_at(world, user, own_device=own_device)
    later(29 * 60)
    assert client.get("/account/").status_code == 200
    later(58 * 60)
    assert client.get("/account/").status_code == 200, "use keeps it open"
    later(89 * 60)
    assert (client.get("/account/").status_code == 200) is stays


def test_two_weeks_are_the_most_for_everybody(world, cheap_argon2, later):
    client = sign_in_at(world, world.user(), own_device=True)
    for day in range(1, 14):
        later(day * 24 * 3600)
        assert client.get("/account/").status_code == 200
    later(14 * 24 * 3600 + 60)
    assert client.get("/account/").status_code == 302


def test_a_script_that_asks_by_itself_keeps_nobody_signed_in(world, cheap_argon2, later):
    client = sign_in_at(world, world.user())
    for minute in range(5, 40, 5):
        later(minute * 60)
        client.get("/account/", headers={session_limits.BACKGROUND: "1"})
    assert client.get("/account/").status_code == 302


def test_the_page_a_private_link_opened_closes_too(world, later):
    from matching.workflows import links

    support = world.helped_request()
    token = links.make(support, "lasting", by=world.coordinator)
    client = world.client()
    opened = client.post(f"/l/{token}/", follow=True)
    assert opened.status_code == 200
    address = opened.redirect_chain[-1][0]
    assert client.get(address).status_code == 200
    later(31 * 60)
    assert client.get(address).status_code == 403
    client.post(f"/l/{token}/", {"own_device": "on"})
    later(62 * 60)
    client.get(address)
    later(124 * 60)
    assert client.get(address).status_code == 200, "only they use this device"


def test_cookies_belong_to_this_host_alone_over_tls(tmp_path):
    """Read from the settings of a real installation, in a process of its own."""
    code = (
        "from django.conf import settings as s\n"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        " s.LANGUAGE_COOKIE_SECURE, s.SESSION_COOKIE_DOMAIN, s.CSRF_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH)\n"
    )
    environment = {
        "PEER_MODE": "real",
        "PEER_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "peersupport.settings",
        "PATH": "/usr/bin:/bin",
    }
    said = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert said.split() == [
        "__Host-session",
        "__Host-csrftoken",
        "__Host-language",
        "True",
        "True",
        "True",
        "None",
        "None",
        "/",
    ]
