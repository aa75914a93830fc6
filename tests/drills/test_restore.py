"""The restore drill, on real processes: back up while in use, erase, restore, replay. What was erased stays erased.

SQLite into SQLite, and into PostgreSQL where the suite runs on one (the way to grow).
"""

import os
import shutil
import time

import pytest

from tests.security.house import House

STAYS, GOES, AFTER = "Words that stay", "Words that go", "Words after the backup"
pytestmark = pytest.mark.slow
KEPT_APART = ("pepper", "ledger", "secret_key")
TARGETS = ["", *([os.environ["DATABASE_URL"]] if os.environ.get("DATABASE_URL", "").startswith("postgres") else [])]


def wait_for(what, seconds=90):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.3)


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory):
    """A house on SQLite, its backup made while it is in use, its offline key, and the ledger as it is afterwards."""
    house = House(tmp_path_factory.mktemp("first"), server="")
    try:
        house.start()
        person, supporter = house.browser("person"), house.browser("supporter")
        notes = f"/together/{house.people['match']}/notes/"
        for one in (person, supporter):
            one.send("/account/notes/without/")
            one.send(f"{notes}yes/")
        pages = {}
        for words in (STAYS, GOES):
            supporter.send(f"{notes}write/", talked=words)
            pages[words] = supporter.where
        offline = house.folder.parent / "offline.key"
        said = house.manage("backup_key", offline)
        house.environment["PEER_BACKUP_KEY"] = said.split('PEER_BACKUP_KEY="')[1].split('"')[0]
        house.manage("backup", "--to", house.folder / "backups")
        supporter.send(f"{notes}write/", talked=AFTER)
        person.send(f"{pages[GOES]}erase/")
        wait_for(lambda: (house.folder / "ledger").exists())
        house.stop()
        (backup,) = (house.folder / "backups").iterdir()
        yield house, backup, offline, pages
    finally:
        house.leave()


@pytest.mark.parametrize("server", TARGETS, ids=["into SQLite", "into PostgreSQL"][: len(TARGETS)])
def test_what_was_erased_stays_erased_and_the_rest_opens(backed_up, tmp_path_factory, server):
    first, backup, offline, pages = backed_up
    house = House(tmp_path_factory.mktemp("second"), after=first, server=server)
    try:
        assert "There is no ledger" in house.manage("restore", backup, "--key", offline, fails=True)
        for name in KEPT_APART:
            shutil.copy(first.folder / name, house.folder / name)
        said = house.manage("restore", backup, "--key", offline, "--keep", "roles")
        assert "Destroyed again: 1." in said
        assert "coordinator: " in said
        assert "Somebody has an account" in house.manage("restore", backup, "--key", offline, fails=True)
        house.manage("serve", "--no-serve")
        house.start()
        for who in ("person", "supporter"):
            browser = house.browser(who)
            assert STAYS in browser.get(pages[STAYS])
            browser.get(pages[GOES])
            assert browser.status == 404
            everything = browser.get(f"/together/{house.people['match']}/notes/")
            assert GOES not in everything
            assert AFTER not in everything, "what was written after the backup is lost, and nothing pretends otherwise"
        supporter = house.browser("supporter")
        supporter.send(f"/together/{house.people['match']}/notes/write/", talked="Life goes on")
        assert "Life goes on" in house.browser("person").get(supporter.where)
    finally:
        house.leave()


def test_without_the_ledger_it_would_have_come_back(backed_up, tmp_path_factory):
    """The positive control: the ledger is what keeps it away."""
    first, backup, offline, pages = backed_up
    house = House(tmp_path_factory.mktemp("third"), after=first, server="")
    try:
        for name in ("pepper", "secret_key"):
            shutil.copy(first.folder / name, house.folder / name)
        house.manage("restore", backup, "--key", offline, "--no-ledger")
        house.manage("serve", "--no-serve")
        house.start()
        assert GOES in house.browser("person").get(pages[GOES])
    finally:
        house.leave()
