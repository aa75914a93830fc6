"""A roster taken over, beside reading the same file and writing its rows as they stand."""

import io
import time
from collections.abc import Iterator

from django.core.management import call_command

from peersupport.accounts.models import Role, RoleGrant, User
from supporters.models import Supporter
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Figure, Goal
from tests.supporters.dirty_roster import roster_with_contacts


def figures(bench: Bench) -> Iterator[Figure]:
    """Import once: tried first, then taken, as on the web."""
    rows = bench.pick(10_000, 300)
    path = bench.folder / "roster.csv"
    path.write_bytes(roster_with_contacts(rows, seed=1))
    bench.fresh("import")
    by = User.objects.create_user("coordinator@example.org")
    RoleGrant.objects.create(user=by, role=Role.COORDINATOR)
    start = time.perf_counter()
    call_command("import_supporters", str(path), "--leave-unknown", "--as", by.email, stdout=io.StringIO())
    ours = time.perf_counter() - start
    if Supporter.objects.count() < rows * 0.9:
        raise RuntimeError("most rows of the roster were not taken")
    url = bench.databases.make("bare_import")
    bench.run("tests.benchmarks.bare.prepare", url)
    floor = float(bench.run("tests.benchmarks.bare.load", url, str(path)))
    yield Figure(f"import of {rows} rows", ours, "s", floor, (Goal(60, "ours"),))
