"""Starting everything with one command: the database made ready, web processes, the worker with its clock."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence

from django.conf import settings
from django.core.management import call_command

from peersupport.organization.context import current
from peersupport.serving.checks import close_files
from supporters.catalogue import load_default
from supporters.training.workflows import load_default as load_programme


def prepare() -> None:
    """Bring the database and the static files up to date; safe to run each time."""
    if settings.DEMO:
        close_files()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    current()
    load_default()
    load_programme()


def commands(port: int, *, workers: int = 2) -> list[list[str]]:
    """Return the command lines of the web processes and of the worker with its clock, on loopback only."""
    web = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "python:peersupport.serving.gunicorn_conf",
        "peersupport.wsgi:application",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        str(workers),
        "--worker-tmp-dir",
        str(settings.VAR),
        "--log-level",
        "warning",
        "--max-requests",
        "5000",
        "--max-requests-jitter",
        "500",
        "--preload",
    ]
    worker = [
        sys.executable,
        "-m",
        "celery",
        "-q",
        "-A",
        "peersupport",
        "worker",
        "-B",
        "--pool",
        "solo",
        "--loglevel",
        "WARNING",
        "--without-gossip",
        "--without-mingle",
    ]
    return [web, worker]


def run(port: int, *, said: str, extra: dict[str, str]) -> int:
    """Start everything, print `said` once the site answers, stop everything on Ctrl-C; return the exit code."""
    environment = os.environ | extra
    # Groups of their own: a terminal that hangs up, or Ctrl-C, reaches this process, which ends them in order.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    started = [subprocess.Popen(command, env=environment, start_new_session=True) for command in commands(port)]
    try:
        if not _answers(port, started):
            print("The site did not start. The lines above say why.", file=sys.stderr)
            return 1
        print(said, flush=True)
        while all(process.poll() is None for process in started):
            time.sleep(0.5)
        print("One of the processes has stopped, so the others are stopped too.", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, OSError):  # stopped, or the terminal is gone
        return 0
    finally:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        _end(started)


def _stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _answers(port: int, started: Sequence["subprocess.Popen[bytes]"], seconds: int = 60) -> bool:
    """Wait until the site answers, or one process gives up."""
    address = f"http://127.0.0.1:{port}/healthz"
    for _try in range(seconds * 10):
        if any(process.poll() is not None for process in started):
            return False
        try:
            urllib.request.urlopen(address, timeout=2)
            return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.1)
    return False


def _end(started: Sequence["subprocess.Popen[bytes]"]) -> None:
    for process in started:
        if process.poll() is None:
            process.terminate()
    for process in started:
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
