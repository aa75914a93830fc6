"""Run the benchmarks and print a JSON line for each figure; ends with 1 when a goal is missed."""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.databases import Databases, Postgres, Sqlite

PAGES = ("home", "list", "detail", "board", "people", "panel", "memory")
NAMES = (*PAGES, "suggestions", "import", "reminders", "vault")


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    signal.signal(signal.SIGTERM, _stop)
    with tempfile.TemporaryDirectory(prefix="scratch_bench_") as name:
        databases = _databases(options.database, Path(name))
        try:
            _settle_environment(databases.make("base"), name)
            return _report(databases, Path(name), options)
        finally:
            databases.drop_all()


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few repetitions, small databases, wide goals: a minute")
    parser.add_argument("--only", action="append", choices=NAMES, help="only this one (again for each)")
    default = "postgres" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"
    parser.add_argument(
        "--database",
        choices=["sqlite", "postgres"],
        default=default,
        help="postgres makes scratch databases on the server of DATABASE_URL",
    )
    return parser.parse_args(arguments)


def _stop(number: int, frame: object) -> None:
    raise SystemExit(1)


def _databases(engine: str, folder: Path) -> Databases:
    if engine == "sqlite":
        return Sqlite(folder)
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        raise SystemExit("--database postgres needs DATABASE_URL=postgres://…, a database on the server to use")
    return Postgres(url, f"scratch_bench_{os.getpid()}")


def _settle_environment(url: str, folder: str) -> None:
    """The product as it runs for real, but without https, on scratch data, sessions in the database."""
    for name in ("REDIS_URL", "CELERY_BROKER_URL"):
        os.environ.pop(name, None)
    os.environ |= {
        "DATABASE_URL": url,
        "PEER_MODE": "real",
        "PEER_PLAIN_HTTP": "1",
        "PEER_VAR": folder,
        "DJANGO_SETTINGS_MODULE": "peersupport.settings",
    }


def _report(databases: Databases, folder: Path, options: argparse.Namespace) -> int:
    import django
    from django.db import connections

    django.setup()
    from tests.benchmarks.bench import Bench

    met = True
    try:
        for figure in _figures(Bench(databases, folder, quick=options.quick), set(options.only or NAMES)):
            print(figure.line(quick=options.quick), flush=True)
            met = met and figure.met(quick=options.quick)
    finally:
        connections.close_all()
    return 0 if met else 1


def _figures(bench: Any, wanted: set[str]) -> Iterator[Any]:
    from tests.benchmarks import importing, pages, reminders, suggesting, vault

    if wanted & set(PAGES):
        yield from pages.figures(bench, wanted)
    for name, module in (
        ("suggestions", suggesting),
        ("import", importing),
        ("reminders", reminders),
        ("vault", vault),
    ):
        if name in wanted:
            yield from module.figures(bench)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
