"""What an installation must not start with: files others can read, a forgotten proxy, mail that goes nowhere or in the open.

`manage.py check` says all of it; web processes and workers refuse to start while files are open to others.
"""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

SHOWN = 5
#: What a web process ends with so that gunicorn stops, and does not start it again and again.
DO_NOT_TRY_AGAIN = 3
OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_THIS_MACHINE = {"", "localhost", "127.0.0.1", "::1", "[::1]"}


def open_files() -> list[Path]:
    """Return what of the installation's own files anybody else on the machine could read, write or enter."""
    if settings.TESTING:
        return []
    roots = {Path(settings.VAR), Path(settings.BACKUP_FOLDER)}
    files = [Path(settings.PEPPER_FILE), Path(settings.LEDGER_FILE)]
    every = [*files, *(path for root in roots for path in _below(root))]
    return sorted({path for path in every if _is_open(path)})


def _below(root: Path) -> Iterator[Path]:
    yield root
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            yield Path(folder) / name


def _is_open(path: Path) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    return not stat.S_ISLNK(found.st_mode) and bool(found.st_mode & OPEN_TO_OTHERS)


@register("files")
def nobody_else_reads_the_files(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse files and folders that others on the machine could read."""
    paths = open_files()
    if not paths:
        return []
    some = ", ".join(map(str, paths[:SHOWN]))
    more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    hint = f"Run `chmod -R go= {settings.VAR}` (and the same for backups, pepper and ledger where they lie elsewhere)."
    return [Error(f"Others on this machine could read: {some}{more}.", hint=hint, id="serving.E001")]


@register("serving")
def the_proxy_is_named(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse to guess whether a web server stands in front: without it all visitors would share one limit."""
    if settings.PLAIN_HTTP or settings.BEHIND_PROXY_SAID:
        return []
    hint = "Set BEHIND_PROXY=1 where a web server stands in front (as in the README), BEHIND_PROXY=0 where none does."
    return [Error("BEHIND_PROXY is not set.", hint=hint, id="serving.E002")]


@register("serving")
def mail_goes_somewhere(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a real installation that would print mails, their links included, into a log."""
    if settings.PLAIN_HTTP or not settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        return []
    hint = "Set EMAIL_URL=smtp+tls://name:password@mail.example.org:587."
    return [Error("EMAIL_URL is not set: mails would be printed into the log.", hint=hint, id="serving.E003")]


@register("serving")
def nothing_travels_in_the_open(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn of connections to other machines that are not encrypted."""
    if settings.TESTING:
        return []
    found = []
    encrypted = (
        settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL or not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")
    )
    if settings.EMAIL_HOST not in _THIS_MACHINE and not encrypted:
        found.append(("Mail", "smtp+tls:// or smtp+ssl://", "serving.W001"))
    bounces = urlsplit(settings.BOUNCE_URL)
    if bounces.scheme == "imap" and (bounces.hostname or "") not in _THIS_MACHINE:
        found.append(("The mailbox of returned mail", "imaps://", "serving.W002"))
    redis = urlsplit(settings.REDIS_URL)
    if redis.scheme == "redis" and (redis.hostname or "") not in _THIS_MACHINE:
        found.append(("Redis", "rediss://", "serving.W003"))
    database = settings.DATABASES["default"]
    safe = database.get("OPTIONS", {}).get("sslmode") in {"verify-full", "verify-ca", "require"}
    if database.get("HOST", "") not in _THIS_MACHINE and not str(database.get("HOST", "")).startswith("/") and not safe:
        found.append(("The database", "?sslmode=verify-full", "serving.W004"))
    return [
        Warning(f"{what} is on another machine and is reached without encryption.", hint=f"Use {use}.", id=number)
        for what, use, number in found
    ]


def close_files() -> None:
    """Take others' rights away from everything the installation wrote: the demonstration does it by itself."""
    for path in open_files():
        path.chmod(path.stat().st_mode & ~OPEN_TO_OTHERS)


def refuse_open_files() -> None:
    """Stop the process with one line while others could read the installation's files."""
    problems = nobody_else_reads_the_files()
    if problems:
        print(f"Not started. {problems[0].msg}\n{problems[0].hint}", file=sys.stderr)
        raise SystemExit(DO_NOT_TRY_AGAIN)
