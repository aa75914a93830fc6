"""Pages through gunicorn: CPU of the workers for one request, beside the pages of a bare Django project."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Figure, Goal
from tests.benchmarks.servers import THREADS, Cost, Server
from tests.benchmarks.village import Village, settle_village


@dataclass(frozen=True)
class Page:
    """A page of ours: who opens it, the floor it stands on, and its goals."""

    group: str
    name: str
    who: str
    path: str
    floor: str
    times: float | None = None
    queries: int | None = None


PAGES = [
    Page("home", "home of a coordinator", "coordinator", "/", "me", 6, 15),
    Page("home", "home of a supporter", "supporter", "/", "me", 6, 15),
    Page("home", "home of a person", "person", "/", "me", 6, 15),
    Page("list", "list of 100 supporters", "coordinator", "/supporters/", "table", None, 15),
    Page("board", "board with 50 requests", "coordinator", "/board/?stage=choosing", "table", None, 15),
    Page("detail", "a person's own request", "person", "/mine/{request}/", "me", None, 15),
    Page("detail", "a supporter, for coordinators", "coordinator", "/supporters/{supporter}/", "me", None, 15),
    Page("panel", "panel table of 100 candidates × 5 scorers", "panel_member", "/panels/{vacancy}/", "table", None, 15),
    Page("panel", "scoring form", "panel_member", "/panels/candidates/{candidate}/score/", "me", None, 15),
    Page("people", "suggestions, as a page", "person", "/mine/{request}/people/", "me", None, 15),
]
FLOORS = {"me": "/me/", "table": "/table/"}
FEW = 300


def figures(bench: Bench, wanted: set[str]) -> Iterator[Figure]:
    """Measure the pages of the wanted groups, all of them in turn in each round."""
    many = bench.pick(10_000, 600)
    pages = [page for page in PAGES if page.group in wanted] or PAGES[:1]
    villages = {}
    for name, number in (("few", FEW), ("many", many)):
        bench.fresh(name)
        villages[name] = settle_village(number)
    yield from _queries(villages["many"], pages)
    (bare, session), houses = bench.bare(), {name: bench.house(name) for name in villages}
    try:
        for server in (bare, *houses.values()):
            server.wait()
        yield from _costs(bench, pages, Servers(bare, session, houses, villages), many)
        if "memory" in wanted:
            memory = max(house.memory() for house in houses.values())
            yield Figure("memory of a web worker", memory, "MiB", bare.memory(), (Goal(120, "ours"),))
    finally:
        for server in (bare, *houses.values()):
            server.stop()


@dataclass
class Servers:
    """Everything that answers in this run."""

    bare: Server
    session: str
    houses: dict[str, Server]
    villages: dict[str, Village]

    def floor(self, name: str, requests: int) -> Cost:
        return self.bare.cost(FLOORS[name], self.session, requests)

    def ours(self, page: Page, house: str, requests: int) -> Cost:
        village = self.villages[house]
        return self.houses[house].cost(page.path.format(**village.ids), village.sessions[page.who], requests)


def _queries(village: Village, pages: list[Page]) -> Iterator[Figure]:
    """Count queries in this process, as the signed-in browser would cause them."""
    for page in pages:
        client = Client(HTTP_HOST="localhost")
        client.cookies["session"] = village.sessions[page.who]
        path = page.path.format(**village.ids)
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        goals = (Goal(page.queries, "ours"),) if page.queries else ()
        yield Figure(f"{page.name}: queries", len(captured), "queries", goals=goals)


def _costs(bench: Bench, pages: list[Page], servers: Servers, many: int) -> Iterator[Figure]:
    rounds, requests = bench.pick(7, 2), bench.pick(200, 20)
    costs: dict[tuple[str, str], list[Cost]] = {}
    for number in range(rounds + 1):
        now = {("floor", name): servers.floor(name, requests) for name in {page.floor for page in pages}}
        now |= {("many", page.name): servers.ours(page, "many", requests) for page in pages}
        now |= {("few", page.name): servers.ours(page, "few", requests) for page in pages if page.group == "list"}
        for key, cost in now.items() if number else ():
            costs.setdefault(key, []).append(cost)
    middle = {key: _median(kept) for key, kept in costs.items()}
    for page in pages:
        yield from _figures_of(page, middle["many", page.name], middle["floor", page.floor])
        if page.group == "list":
            yield from _growth(page, middle["few", page.name], middle["many", page.name], many)


def _figures_of(page: Page, ours: Cost, floor: Cost) -> Iterator[Figure]:
    goals = (Goal(page.times),) if page.times else ()
    yield Figure(f"{page.name} / {page.floor}", ours.cpu * 1000, "ms CPU per request", floor.cpu * 1000, goals)
    yield Figure(f"{page.name} / {page.floor}: speed", 1 / ours.clock, "requests/s", 1 / floor.clock)


def _growth(page: Page, few: Cost, many: Cost, number: int) -> Iterator[Figure]:
    """What the same page costs with many rows in the database beside few, by CPU and by the clock."""
    name, goals = f"{page.name}: {number} beside {FEW} in the database", (Goal(1.3),)
    yield Figure(name, many.cpu * 1000, "ms CPU per request", few.cpu * 1000, goals)
    clock = [cost.clock * THREADS * 1000 for cost in (many, few)]
    yield Figure(f"{name}, by the clock", clock[0], "ms per request", clock[1], goals)


def _median(costs: list[Cost]) -> Cost:
    return Cost(statistics.median(cost.cpu for cost in costs), statistics.median(cost.clock for cost in costs))
