"""A figure: ours, its floor, and the goals it is held to."""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

#: A short run on a busy machine proves that the code runs, not how fast: its goals of time are this much wider.
QUICK_SLACK = 20


@dataclass(frozen=True)
class Goal:
    """At most (or at least) `number`, of our own value or of its ratio to the floor."""

    number: float
    of: str = "ratio"
    at_least: bool = False

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.number:g}{' ×' if self.of == 'ratio' else ''}"

    def met(self, value: float, slack: float) -> bool:
        return value >= self.number / slack if self.at_least else value <= self.number * slack


@dataclass(frozen=True)
class Figure:
    """One line of the report. Without goals it is reported only."""

    name: str
    ours: float
    units: str
    floor: float | None = None
    goals: tuple[Goal, ...] = ()

    @property
    def ratio(self) -> float | None:
        return self.ours / self.floor if self.floor else None

    def met(self, *, quick: bool) -> bool:
        slack = QUICK_SLACK if quick and self.units != "queries" else 1
        values = {"ours": self.ours, "ratio": self.ratio if self.ratio is not None else 0}
        return all(goal.met(values[goal.of], slack) for goal in self.goals)

    def line(self, *, quick: bool) -> str:
        words = {
            "name": self.name,
            "ours": _short(self.ours),
            "floor": _short(self.floor),
            "ratio": _short(self.ratio),
            "goal": " and ".join(map(str, self.goals)) or None,
            "met": self.met(quick=quick),
            "units": self.units,
        }
        return json.dumps(words, ensure_ascii=False)


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def side_by_side(actions: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Run the actions in turn, `rounds` times after one to warm up; return the median milliseconds of each."""
    taken: list[list[float]] = [[] for _ in actions]
    for number in range(rounds + 1):
        for action, kept in zip(actions, taken, strict=True):
            start = time.perf_counter()
            action()
            if number:
                kept.append((time.perf_counter() - start) * 1000)
    return [statistics.median(kept) for kept in taken]
