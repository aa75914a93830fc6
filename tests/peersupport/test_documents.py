"""Documents stay true: commands exist, pictures are there, the tables are those of the code."""

import importlib
import re
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import get_commands

from peersupport.docs.lifecycles import TARGET, page

ROOT = Path(settings.BASE_DIR)
README = (ROOT / "README.md").read_text()


def test_every_command_in_the_readme_exists():
    named = set(re.findall(r"manage\.py ([a-z_]+)", README))
    assert named
    assert named <= set(get_commands())


def test_every_file_the_readme_points_to_exists():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_page_of_lifecycles_is_what_the_code_says():
    assert TARGET.read_text() == page()


def test_ci_calls_the_readmes_test_command():
    assert "the test command" in (ROOT / ".ci/run").read_text()
    assert "requirements-test.txt" in README.split("<!-- the test command -->")[1].split("```")[1]


def test_requirement_files_pin_hashes_and_name_no_host():
    for name in ("requirements.txt", "requirements-test.txt"):
        text = (ROOT / name).read_text()
        assert "http" not in text
        packages = [line for line in text.splitlines() if re.match(r"[a-z]", line)]
        assert all("==" in line for line in packages)
        assert text.count("--hash=sha256:") >= len(packages)


def test_the_changelog_names_the_version():
    import peersupport

    assert peersupport.__version__ in (ROOT / "CHANGELOG.md").read_text()


def test_the_page_of_limits_has_the_numbers_of_the_code():
    rows = re.findall(r"\| `([\w.]+)\.([A-Z_0-9]+) = (.+?)` \|", (ROOT / "peersupport/docs/limits.md").read_text())
    assert rows
    for place, name, value in rows:
        holder = settings if place == "django.conf.settings" else importlib.import_module(place)
        told = eval(value, {"__builtins__": {}, "timedelta": timedelta})
        assert getattr(holder, name) == told, name


def test_every_test_that_a_promise_names_is_there():
    security = (ROOT / "SECURITY.md").read_text()
    named = re.findall(r"`(tests/[\w/.]+)`", security)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
    assert [path for path in re.findall(r"\]\(([^)#:]+)\)", security) if not (ROOT / path).exists()] == []


def test_every_place_the_table_of_the_standard_names_is_there():
    """A row that says "holds" names a test or a file; neither may go without the row."""
    table = (ROOT / "peersupport/docs/asvs.md").read_text()
    for path, _colon, name in re.findall(r"`(tests/[\w/]+\.py)(::)?(\w+)?`", table):
        assert (ROOT / path).is_file(), path
        assert not name or f"def {name}(" in (ROOT / path).read_text(), name
    files = re.findall(r"`((?:peersupport|hiring|matching|supporters|sessions_log|templates|static)/[\w/.-]+)`", table)
    assert [path for path in files if not (ROOT / path).exists()] == []


def test_the_table_of_the_standard_counts_its_own_rows():
    table = (ROOT / "peersupport/docs/asvs.md").read_text()
    states = [row.split("|")[4].strip() for row in table.splitlines() if re.match(r"\| \d+\.\d+\.\d+ ", row)]
    told = re.search(r"(\d+) hold, (\d+) do not apply, (\d+) fall short", table)
    assert told
    assert [int(n) for n in told.groups()] == [states.count(s) for s in ("holds", "does not apply", "falls short")]
    assert sum(map(int, told.groups())) == len(states)


def test_what_contributors_are_told_to_use_is_there():
    """Recipes of the justfile and files that CONTRIBUTING.md names."""
    words = (ROOT / "CONTRIBUTING.md").read_text()
    recipes = set(re.findall(r"^(\w+)\b[^#\n]*:$", (ROOT / "justfile").read_text(), re.M))
    assert set(re.findall(r"`just (\w+)", words)) <= recipes
    named = re.findall(r"`((?:peersupport|supporters|templates|tests)/[\w/]+(?:\.\w+)?)`", words)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
    for package in re.findall(
        r"\bpeersupport\.(\w+)", words.partition("The house on one page")[2].partition("How to add")[0]
    ):
        assert (ROOT / "peersupport" / package).exists() or (ROOT / "peersupport" / f"{package}.py").exists(), package
