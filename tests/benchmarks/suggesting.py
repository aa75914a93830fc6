"""Suggestions for one person: the service call beside SQL written by hand, as the organization grows."""

from collections.abc import Iterator
from functools import partial

from django.db import connection

from matching.models import SupportRequest
from matching.suggestions import Search
from tests.benchmarks import plain_sql
from tests.benchmarks.bench import Bench
from tests.benchmarks.data import add_request, add_supporters
from tests.benchmarks.figures import Figure, Goal, side_by_side

#: How far down the two orders are compared.
DEEP = 200


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure at three sizes, each ten times the one before, with and without musts.

    The goals are those of PostgreSQL; on SQLite the figures are reported.
    """
    sizes = _first, middle, last = [bench.pick(*pair) for pair in ((1000, 100), (10_000, 500), (100_000, 1500))]
    bench.fresh("suggestions")
    requests: dict[str, SupportRequest] = {}
    times: dict[tuple[str, int], float] = {}
    have = 0
    for size in sizes:
        add_supporters(size - have, seed=size)
        have = size
        requests = requests or {"without musts": add_request(musts=False), "with musts": add_request(musts=True)}
        for kind, request in requests.items():
            for figure in _at(bench, kind, request, size, goals=size == middle and connection.vendor == "postgresql"):
                times.setdefault((kind, size), figure.ours)
                yield figure
    for kind in requests:
        name = f"suggestions {kind}: {last} beside {middle} supporters"
        yield Figure(
            name, times[kind, last], "ms", times[kind, middle], (Goal(10),) if connection.vendor == "postgresql" else ()
        )


def _at(bench: Bench, kind: str, request: SupportRequest, size: int, *, goals: bool) -> Iterator[Figure]:
    _compare(request)
    rounds = bench.pick(25, 3)
    ours, explained, floor = side_by_side(
        [lambda: Search(request).ranked(), partial(_explained, request), lambda: plain_sql.ranked(request)], rounds
    )
    held = (Goal(3),) if goals else ()
    name = f"suggestions {kind}, {size} supporters"
    yield Figure(name, ours, "ms", floor, held)
    yield Figure(f"{name}, with reasons", explained, "ms", floor, held[:1])


def _explained(request: SupportRequest) -> None:
    search = Search(request)
    search.explain(search.ranked())


def _compare(request: SupportRequest) -> None:
    """The same supporters in the same order, or no figure."""
    for size in (8, DEEP):
        ours, theirs = Search(request).ranked(0, size), plain_sql.ranked(request, size)
        if ours != theirs:
            raise RuntimeError(f"the first {size} of our order and of plain SQL differ")
