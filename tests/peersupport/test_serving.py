"""Installing by the README, to the letter; what the installation refuses to start with; what its logs never hold."""

import os
import re
import shlex
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.drills.post_office import PostOffice

ROOT = Path(settings.BASE_DIR)
README = (ROOT / "README.md").read_text()
UNITS = ROOT / "peersupport/serving/systemd"


def block(mark):
    """Return the commands under a mark of the README."""
    return README.split(f"<!-- {mark} -->")[1].split("```bash\n")[1].split("\n```")[0]


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def in_scratch(commands, folder, port):
    """The README's commands, with its example's folder, machine and mail server replaced."""
    python = shlex.quote(sys.executable)
    return (
        commands.replace("/srv/peersupport/var", str(folder / "var"))
        .replace(".venv/bin/python", python)
        .replace("smtp+tls://name:password@mail.example.org:587", f"smtp://127.0.0.1:{port}")
    )


def environment(**more):
    """A shell that has nothing of ours in it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    return kept | more


def shell(commands, **more):
    return subprocess.run(
        ["bash", "-c", f"set -e\n{commands}"],
        cwd=ROOT,
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture
def office():
    made = PostOffice()
    yield made
    made.close()


def opened(address):
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.slow
def test_the_small_commands_work_in_their_order_and_the_link_opens(tmp_path, office):
    """`check_mail` stands before the first start; `serve --plain-http` with the printed exports answers on its own link."""
    port = free_port()
    commands = in_scratch(block("small"), tmp_path, office.port)
    exports, serve = commands.rsplit("\n", 1)
    assert serve.endswith("manage.py serve")
    checked = shell(exports)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "took it" in checked.stdout
    script = f"set -e\n{exports.rsplit(chr(10), 1)[0]}\nexec {serve} --plain-http --port {port}"
    log = open(tmp_path / "serve.log", "wb")  # noqa: SIM115 (the process keeps it)
    process = subprocess.Popen(
        ["bash", "-c", script], cwd=ROOT, env=environment(), stdout=log, stderr=log, start_new_session=True
    )
    try:
        link = wait_for_line(tmp_path / "serve.log", r"http://localhost:\d+/invited/\S+", process)
        status, page = opened(link)
        assert status == 200
        assert "You are invited" in page
        assert (tmp_path / "var/pepper").exists()
        children = pids_of(process.pid)
        assert len(children) >= 3
        os.killpg(process.pid, signal.SIGHUP)  # the terminal hangs up
        process.wait(timeout=60)
        assert [pid for pid in children if alive(pid)] == []
        with socket.socket() as free:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # the last connection may still be closing
            free.bind(("127.0.0.1", port))
    finally:
        log.close()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def wait_for_line(path, pattern, process):
    for _try in range(600):
        found = re.search(pattern, path.read_text(errors="replace"))
        if found and "The site runs" in path.read_text(errors="replace"):
            return found.group()
        assert process.poll() is None, path.read_text()
        time.sleep(0.1)
    raise AssertionError(path.read_text())


def pids_of(parent):
    """Return every process below one."""
    below = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            below.append((int(entry.name), int(fields[1])))
    found, wanted = [], {parent}
    while wanted:
        wanted = {pid for pid, above in below if above in wanted}
        found += wanted
    return found


def alive(pid):
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="needs PostgreSQL")
def test_the_grown_up_commands_give_a_link_a_catalogue_and_courses(tmp_path, office):
    import psycopg2

    name = f"scratch_readme_{os.getpid()}"
    server = os.environ["DATABASE_URL"]
    connection = psycopg2.connect(server)
    connection.autocommit = True
    connection.cursor().execute(f'CREATE DATABASE "{name}"')
    try:
        database = re.sub(r"/[^/]*$", f"/{name}", server)
        example = re.search(r"```ini\n(PEER_VAR.*?)\n```", README, re.S).group(1)
        example = in_scratch(example, tmp_path, office.port)
        example = re.sub(r"DATABASE_URL=.*", f"DATABASE_URL={database}", example)
        example = re.sub(r"REDIS_URL=.*", f"REDIS_URL={os.environ.get('REDIS_URL', '')}", example)
        (tmp_path / "peersupport.env").write_text(example + "\n")
        commands = in_scratch(block("grown up"), tmp_path, office.port)
        commands = commands.replace("/etc/peersupport.env", str(tmp_path / "peersupport.env"))
        done = shell(commands)
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.search(r"https://support\.example\.org/invited/\S+", done.stdout)
        count = (
            "import django; django.setup()\n"
            "from supporters.models import Dimension; from supporters.training.models import Course\n"
            "print(Dimension.objects.count(), Course.objects.count())"
        )
        prelude = commands.split("\n", 1)[0]
        said = shell(
            f"{prelude}\n{shlex.quote(sys.executable)} -c {shlex.quote(count)}",
            DJANGO_SETTINGS_MODULE="peersupport.settings",
        )
        dimensions, courses = map(int, said.stdout.split())
        assert dimensions > 5
        assert courses > 3
    finally:
        connection.cursor().execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.close()


def test_the_example_environment_is_one_a_shell_can_read(tmp_path):
    example = re.search(r"```ini\n(PEER_VAR.*?)\n```", README, re.S).group(1)
    (tmp_path / "env").write_text(example)
    done = shell(f'set -a; . {tmp_path}/env; set +a; printf %s "$DEFAULT_FROM_EMAIL"')
    assert done.stdout == "Messages <messages@example.org>"


# ---- what it does not start with


def real(folder, code="", **more):
    """Run a little code in a real installation's process."""
    code = (
        code
        or "import django; django.setup()\nfrom django.core.checks import run_checks\nprint([c.id for c in run_checks()])"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=environment(PEER_MODE="real", PEER_VAR=str(folder), DJANGO_SETTINGS_MODULE="peersupport.settings", **more),
    )


def test_everything_it_writes_is_for_its_own_user_whatever_the_umask(tmp_path):
    code = (
        "import os; os.umask(0)\nimport django; django.setup()\nfrom django.core.management import call_command\n"
        "call_command('vault_pepper'); call_command('migrate', verbosity=0)\n"
        "from peersupport.vault.door import ledger\nledger.path().write_text('')\n"
    )
    done = real(tmp_path / "var", code, BEHIND_PROXY="1")
    assert done.returncode == 0, done.stderr
    every = [tmp_path / "var", *(tmp_path / "var").rglob("*")]
    assert len(every) > 4
    assert [path for path in every if path.lstat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)] == []


def test_it_refuses_to_start_while_others_could_read_its_files(tmp_path):
    var = tmp_path / "var"
    var.mkdir(mode=0o700)
    (var / "peersupport.sqlite3").touch(mode=0o644)
    (var / "peersupport.sqlite3").chmod(0o644)
    assert "serving.E001" in real(var).stdout
    started = real(var, "import peersupport.wsgi")
    assert started.returncode == 3, "by this number gunicorn stops, and does not start a worker again and again"
    assert "Others on this machine could read" in started.stderr
    assert "chmod -R go=" in started.stderr
    (var / "peersupport.sqlite3").chmod(0o600)
    assert "serving.E001" not in real(var).stdout


def test_a_forgotten_proxy_is_an_error(tmp_path):
    assert "serving.E002" in real(tmp_path).stdout
    assert "serving.E002" not in real(tmp_path, BEHIND_PROXY="1").stdout
    assert "serving.E002" not in real(tmp_path, BEHIND_PROXY="0").stdout


def test_mail_that_would_be_printed_into_a_log_is_an_error(tmp_path):
    assert "serving.E003" in real(tmp_path, BEHIND_PROXY="1").stdout
    assert (
        "serving.E003" not in real(tmp_path, BEHIND_PROXY="1", EMAIL_URL="smtp+tls://a:b@mail.example.org:587").stdout
    )


@pytest.mark.parametrize(
    ("setting", "value", "number"),
    [
        ("EMAIL_URL", "smtp://a:b@mail.example.org:25", "serving.W001"),
        ("BOUNCE_URL", "imap://a:b@mail.example.org/INBOX", "serving.W002"),
        ("REDIS_URL", "redis://redis.example.org:6379/0", "serving.W003"),
        ("DATABASE_URL", "postgres://a:b@db.example.org/peer", "serving.W004"),
    ],
)
def test_what_travels_in_the_open_is_said(tmp_path, setting, value, number):
    code = "import django; django.setup()\nfrom peersupport.serving import checks\nprint([c.id for c in checks.nothing_travels_in_the_open()])"
    assert number in real(tmp_path, code, BEHIND_PROXY="1", **{setting: value}).stdout


@pytest.mark.django_db
def test_a_forgotten_proxy_is_shown_where_messages_are(world, settings):
    settings.BEHIND_PROXY = False
    client = world.client(world.administrator)
    assert "BEHIND_PROXY" not in client.get(reverse("outbox-health")).content.decode()
    page = client.get(reverse("outbox-health"), headers={"X-Forwarded-For": "192.0.2.9"}).content.decode()
    assert "BEHIND_PROXY" in page


@pytest.mark.parametrize("unit", sorted(UNITS.glob("*.service")), ids=lambda path: path.stem)
def test_units_come_with_a_sandbox(unit):
    text = unit.read_text()
    for line in (
        "UMask=0077",
        "LimitCORE=0",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "PrivateTmp=yes",
        "CapabilityBoundingSet=",
        "SystemCallFilter=@system-service",
    ):
        assert line in text
    assert unit.name in " ".join(path.name for path in UNITS.iterdir())


# ---- hosts and health


def test_an_unknown_host_gets_400_in_one_line(db, caplog):
    answer = Client(HTTP_HOST="elsewhere.example").get("/")
    assert answer.status_code == 400
    assert answer.content.decode().count("\n") == 1
    assert "Traceback" not in caplog.text
    assert len(caplog.text.strip().splitlines()) <= 2


@pytest.mark.parametrize("path", ["/healthz", "/healthz/beat"])
def test_health_answers_on_loopback_whatever_the_host(db, path):
    assert Client(HTTP_HOST="127.0.0.1:8000").get(path).status_code in {200, 503}
    assert Client(HTTP_HOST="elsewhere.example").get(path).status_code in {200, 503}
    outside = Client(HTTP_HOST="elsewhere.example", REMOTE_ADDR="192.0.2.1")
    assert outside.get(path).status_code == 400
    forwarded = Client(HTTP_HOST="elsewhere.example", HTTP_X_FORWARDED_FOR="192.0.2.1")
    assert forwarded.get(path).status_code == 400


def test_health_takes_no_other_method(db):
    assert Client(HTTP_HOST="localhost").generic("TRACE", "/healthz").status_code == 405


# ---- logs


def token_places():
    """Every address with a token, key or code in it, with a recognizable one."""

    def walk(resolver, prefix=""):
        for entry in resolver.url_patterns:
            place = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry, place)
            elif isinstance(entry, URLPattern):
                yield place

    secret = re.compile(r"<(?:\w+:)?(\w*(?:token|key|code|uidb36)\w*)>|\(\?P<(\w*(?:key|uidb36))>")
    for place in walk(get_resolver()):
        if secret.search(place):
            plain = re.sub(r"\(\?P<\w+>[^)]*\)+\??", "CANARY", place)
            plain = re.sub(r"<uuid:\w+>", "1b4e28ba-2fa1-11d2-883f-0016d3cca427", plain)
            plain = re.sub(r"<int:\w+>", "7", plain)
            yield "/" + re.sub(r"<[^>]+>", "CANARY", plain).strip("^$").replace("\\", "")


def logged(path):
    """What the README's map writes down for an address: its rows in their order, as nginx reads them."""
    rows = re.search(r"map \$uri \$place \{\n(.*?)\n\}", README, re.S).group(1)
    for line in rows.splitlines():
        match, _value = line.strip().rstrip(";").rsplit(None, 1)
        if match.startswith("~") and re.search(match[1:], path):
            return path
        if match.startswith("=") and match[1:] == path:
            return path
    return "(not logged)"


def test_no_address_with_a_token_is_logged():
    places = list(token_places())
    assert len(places) > 15
    assert [place for place in places if logged(place) != "(not logged)"] == []
    assert logged("/") == "/"
    assert logged("/accounts/login/") == "/accounts/login/"
    assert logged("/anything/new/CANARY/") == "(not logged)", "what is not listed is left out"
    assert "$request_uri" not in README
    assert '"$request"' not in README


def test_gunicorns_own_lines_hold_no_address_and_no_words(capsys):
    from gunicorn.config import Config

    from peersupport.serving.log import DiscreetLogger

    config = Config()
    config.set("errorlog", "-")
    log = DiscreetLogger(config)
    try:
        raise ValueError("CANARY said something")
    except ValueError:
        log.exception("Error handling request %s", "/a/CANARYTOKEN/?q=secret")
    log.error("Invalid request from ip=%s: %s", "192.0.2.7", "GET /l/CANARYTOKEN/ HTTP/1.1")
    log.critical("WORKER TIMEOUT (pid:%s)", 4711)
    said = capsys.readouterr().err
    assert "CANARYTOKEN" not in said
    assert "CANARY" not in said
    assert "192.0.2.7" not in said
    assert "ValueError" in said
    assert "4711" in said


@pytest.mark.slow
def test_a_request_that_hangs_leaves_no_address_in_the_log(tmp_path):
    """On a real gunicorn, with the configuration that `serve` and the unit use, and an application that never answers."""
    (tmp_path / "hangs.py").write_text("import time\ndef application(environ, start):\n    time.sleep(30)\n")
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "python:peersupport.serving.gunicorn_conf",
        "hangs:application",
        "--bind",
        f"127.0.0.1:{port}",
        "--timeout",
        "1",
        "--workers",
        "1",
    ]
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(
            command, cwd=tmp_path, stdout=log, stderr=log, env=environment(PYTHONPATH=f"{ROOT}:{tmp_path}")
        )
    try:
        for _try in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/a/CANARYTOKEN/", timeout=10)
            except (urllib.error.URLError, ConnectionError, OSError):
                if "WORKER TIMEOUT" in (tmp_path / "log").read_text():
                    break
                time.sleep(0.2)
    finally:
        process.terminate()
        process.wait(timeout=30)
    text = (tmp_path / "log").read_text()
    assert "WORKER TIMEOUT" in text
    assert "CANARYTOKEN" not in text


def test_a_line_of_the_log_can_not_pretend_to_be_another_one():
    import logging

    from peersupport.web.errors import DiscreetFormatter

    record = logging.LogRecord("peersupport", logging.WARNING, "", 1, "a name\n2026-01-01 ERROR forged", (), None)
    assert len(DiscreetFormatter().format(record).splitlines()) == 1


def test_imaps_asks_for_a_certificate(monkeypatch):
    import imaplib
    import ssl
    from urllib.parse import urlsplit

    from peersupport.notifications import bounces

    seen = {}
    monkeypatch.setattr(imaplib, "IMAP4_SSL", lambda *a, **k: seen.update(k))
    bounces._connected(urlsplit("imaps://name:password@mail.example.org/INBOX"))
    assert seen["ssl_context"].verify_mode == ssl.CERT_REQUIRED
    assert seen["ssl_context"].check_hostname
