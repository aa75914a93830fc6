"""The same import from the command line."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from dirty_roster import dirty_roster
from django.core.management import CommandError, call_command

from peersupport.accounts.models import RoleGrant, User
from peersupport.organization.models import Organization
from supporters import catalogue
from supporters.models import Characteristic, ImportRun, RememberedValue, Supporter

pytestmark = pytest.mark.django_db
ROSTER = b"ID,Name,Gender,Country,Treatment\n1,Ana,F,Peru,x\n2,Ben,Dude,Peru,x\n3,Cleo,F,Chile,x\n"


@pytest.fixture(autouse=True)
def house() -> None:
    Organization.objects.get_or_create(pk=1, defaults={"name": "The Bridge"})
    catalogue.load_default()


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "roster.csv"
    path.write_bytes(ROSTER)
    return path


def run(*args: Any) -> str:
    out = io.StringIO()
    call_command("import_supporters", *args, stdout=out)
    return out.getvalue()


def refused(*args: Any) -> tuple[str, str]:
    out = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("import_supporters", *args, stdout=out)
    assert caught.value.returncode == 1
    return out.getvalue(), str(caught.value)


def test_unknown_values_stop_the_import_with_their_counts_and_nothing_is_taken(roster: Path) -> None:
    out, error = refused(roster, "--column", "Country=area")
    assert "2 area:Peru" in out
    assert "1 gender:Dude" in out
    assert "Treatment -> left out (may tell of somebody's health)" in out
    assert "--leave-unknown" in error
    assert (Supporter.objects.count(), ImportRun.objects.count(), RememberedValue.objects.count()) == (0, 0, 0)


def test_values_are_mapped_and_remembered(roster: Path) -> None:
    out = run(
        roster,
        "--column",
        "Country=area",
        "--value",
        "area:Peru=north",
        "--value",
        "area:Chile=-",
        "--value",
        "gender:Dude=man",
    )
    assert "3 were created" in out
    assert "3 unchanged" in run(roster, "--column", "Country=area")
    assert Characteristic.objects.filter(option__key="north", visibility="show").count() == 2


def test_a_dry_run_keeps_nothing_at_all(roster: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    out = run(roster, "--dry-run", "--leave-unknown", "--report", report, "--value", "gender:Dude=man")
    assert "3 would be created" in out
    assert "Nothing was taken." in out
    assert report.read_text("utf-8-sig").count("\n") == 4
    assert (Supporter.objects.count(), ImportRun.objects.count(), RememberedValue.objects.count()) == (0, 0, 0)


def test_a_dirty_roster_twice_makes_nobody_twice(tmp_path: Path) -> None:
    path = tmp_path / "dirty.csv"
    path.write_bytes(dirty_roster(630, 7))
    run(path, "--leave-unknown")
    before = Supporter.objects.count()
    assert "0 were created" in run(path, "--leave-unknown")
    assert Supporter.objects.count() == before > 600


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--column", "Nothing=area"], "there is no column"),
        (["--column", "Name=nothing"], "there is no target"),
        (["--value", "gender:Dude=nothing"], "there is no option"),
        (["--value", "nothing"], "write DIMENSION:VALUE=OPTION"),
        (["--as", "nobody@example.org"], "is no coordinator"),
        (["--column", "Name=email", "--column", "ID=email"], "Two columns are"),
    ],
)
def test_a_slip_in_the_arguments_is_told_and_nothing_is_left_behind(
    roster: Path, arguments: list[str], words: str
) -> None:
    assert words in refused(roster, *arguments)[1]
    assert not ImportRun.objects.exists()


def test_a_file_that_is_not_there_or_no_roster(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path / "nothing.csv")[1]
    picture = tmp_path / "roster.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    assert "picture" in refused(picture)[1]


def test_the_coordinator_is_who_imported(roster: Path) -> None:
    user = User.objects.create_user("coordinator@example.org", "a long pass phrase")
    RoleGrant.objects.create(user=user, role="coordinator")
    run(roster, "--leave-unknown", "--as", "Coordinator@Example.org")
    assert ImportRun.objects.get().started_by == user
