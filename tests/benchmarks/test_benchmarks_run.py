"""The benchmarks start, measure and clean up after themselves; their figures are not judged here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.figures import Figure, Goal

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_a_quick_run_prints_a_figure_for_each_benchmark_and_leaves_nothing_behind(tmp_path):
    command = [sys.executable, "-m", "tests.benchmarks", "--quick", "--database", "sqlite"]
    names = [part for name in ("home", "suggestions", "import", "reminders") for part in ("--only", name)]
    done = subprocess.run(
        [*command, *names], cwd=ROOT, env=os.environ | {"TMPDIR": str(tmp_path)}, capture_output=True, text=True
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, (done.stderr, [line for line in lines if not line["met"]])
    assert {"name", "ours", "floor", "ratio", "goal", "met", "units"} == set(lines[0])
    for word in ("home", "suggestions with musts", "import", "outbox: sending"):
        assert any(line["name"].startswith(word) for line in lines), word
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("ours", "goal", "met"),
    [
        (4, Goal(2), True),
        (5, Goal(2), False),
        (5, Goal(5, "ours"), True),
        (6, Goal(5, "ours"), False),
        (1, Goal(0.7, at_least=True), False),
        (2, Goal(0.7, at_least=True), True),
    ],
)
def test_a_figure_is_judged_by_its_goal(ours, goal, met):
    assert Figure("something", ours, "ms", 2, (goal,)).met(quick=False) is met


def test_a_quick_run_is_strict_about_queries_alone():
    goals = (Goal(12, "ours"),)
    assert not Figure("something", 13, "queries", goals=goals).met(quick=True)
    assert Figure("something", 13, "ms", goals=goals).met(quick=True)
