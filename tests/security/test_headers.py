"""What every answer carries, and what an error never tells."""

import logging
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.urls import reverse

from peersupport.web.errors import DiscreetFormatter, NothingShown

CANARY = "Xylophonia"


@pytest.mark.parametrize("path", ["/", "/ask/", "/help-now/", "/account/", "/board/", "/nothing-here/"])
def test_no_page_is_kept_and_nothing_foreign_is_allowed(world, path):
    response = world.client(world.coordinator).get(path)
    assert "no-store" in response.headers["Cache-Control"]
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_health_and_readiness_tell_which_part_and_nothing_more(client, db):
    assert client.get("/healthz").content == b"ok"
    ready = client.get("/readyz")
    assert ready.json() == {"database": True, "broker": True}


def test_a_log_line_of_an_error_holds_type_and_place_but_no_words():
    try:
        raise ValueError(CANARY)
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), __import__("sys").exc_info())
    line = DiscreetFormatter().format(record)
    assert "ValueError" in line
    assert "test_headers.py" in line
    assert CANARY not in line


def test_a_crash_shows_nothing_typed(world, monkeypatch, caplog):
    def broken(*args, **kwargs):
        secret = CANARY
        raise RuntimeError(secret)

    request = world.request(submit=False)
    monkeypatch.setattr("matching.workflows.requests.edit", broken)
    client = world.client(request.person)
    client.raise_request_exception = False
    caplog.handler.setFormatter(DiscreetFormatter())
    response = client.post(reverse("ask-name", args=[request.pk]), {"call_me": CANARY})
    assert response.status_code == 500
    assert CANARY not in response.content.decode()
    assert CANARY not in caplog.text


def test_the_exception_reporter_gives_no_post_values_and_no_variables(rf):
    reporter = NothingShown()
    assert CANARY not in str(reporter.get_post_parameters(rf.post("/", {"words": CANARY})))
    assert reporter.get_traceback_frame_variables(None, None) == []


def test_input_no_browser_sends_is_a_plain_400(world):
    client = world.client(world.user())
    assert client.get("/ask/?x=%00").status_code == 400
    assert client.post("/ask/", {"old_enough": "\x00"}).status_code == 400
    assert client.post("/ask/", {f"f{n}": "x" for n in range(3500)}).status_code == 400


def test_a_link_is_opened_by_its_button_only_and_once(world):
    from matching.workflows import links

    request = world.helped_request()
    token = links.make(request, "choosing", by=world.coordinator)
    client = world.client()
    for _preview in range(3):
        page = client.get(f"/l/{token}/")
        assert page.status_code == 200
        assert "Someone" not in page.content.decode()
    assert client.post(f"/l/{token}/").status_code == 302
    assert client.get(f"/mine/{request.pk}/people/").status_code == 200
    assert world.client().post(f"/l/{token}/").status_code == 410
    lasting = links.make(request, "lasting", by=world.coordinator)
    newer = links.make(request, "lasting", by=world.coordinator)
    assert world.client().post(f"/l/{lasting}/").status_code == 410
    for _again in range(2):
        assert world.client().post(f"/l/{newer}/").status_code == 302


def test_tokens_are_kept_as_hashes_only(world):
    from matching.models import PrivateLink
    from matching.workflows import links

    token = links.make(world.helped_request(), "lasting", by=world.coordinator)
    assert token not in str(list(PrivateLink.objects.values()))


def test_errors_in_full_are_shown_to_nobody_elsewhere_and_of_nothing_real(tmp_path):
    """The developer's mode has a database of its own, and answers on this machine alone, whatever else is set."""
    words = "from django.conf import settings as s; print(s.DEBUG, s.ALLOWED_HOSTS, s.DATABASES['default']['ENGINE'])"
    shown = {}
    for mode in ("dev", "demo", "real"):
        environment = {"PEER_MODE": mode, "PEER_VAR": str(tmp_path / mode), "PATH": os.environ["PATH"]}
        environment |= {"DATABASE_URL": "postgres://somebody@127.0.0.1:1/real", "ALLOWED_HOSTS": "support.example.org"}
        environment |= {"DJANGO_SETTINGS_MODULE": "peersupport.settings", "SECRET_KEY": "k" * 50}
        done = subprocess.run(
            [sys.executable, "-c", words], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True
        )
        shown[mode] = done.stdout.strip() or done.stderr
    assert shown["dev"] == "True ['localhost', '127.0.0.1', '[::1]'] django.db.backends.sqlite3"
    for mode in ("demo", "real"):
        assert shown[mode] == "False ['support.example.org'] django.db.backends.postgresql"
