"""Notes with known words go through a real server and a real worker; then everything that was written is searched.

The kit of an attacker who has all of it, the settings and the pepper too, opens no note; with the cookie of one
browser it opens that user's, which proves the kit.
"""

import base64
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.security.house import ROOT, House

CANARY = "Wolkenkuckucksheim-Ärzte"
pytestmark = pytest.mark.slow


def shapes(word):
    """The word as it could lie about: in several encodings, in hex, in addresses, in base64 at three offsets."""
    plain = word.encode()
    found = {
        "utf-8": plain,
        "utf-16le": word.encode("utf-16le"),
        "utf-16be": word.encode("utf-16be"),
        "hex": plain.hex().encode(),
        "HEX": plain.hex().upper().encode(),
        "url": quote(word).encode(),
        "json": word.encode("unicode_escape"),
        "latin-1": word.encode("latin-1"),
    }
    for offset in range(3):
        coded = base64.b64encode(b"x" * offset + plain)
        found[f"base64+{offset}"] = coded[(4 if offset else 0) : -4]
    return found


def hunt_file(path, word, start=0):
    """Return the shapes of the word that lie in one file, from some byte on."""
    content = path.read_bytes()[start:]
    return [shape for shape, bytes_ in shapes(word).items() if bytes_ in content]


def hunt(folder, word):
    """Return where the word lies, as (file, shape)."""
    wanted = shapes(word)
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            found += [(str(path.relative_to(folder)), shape) for shape, bytes_ in wanted.items() if bytes_ in content]
    return found


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory):
    """A house in which two people wrote, read, added, searched, kept drafts, lost a session, and met an error."""
    house = House(tmp_path_factory.mktemp("house"))
    log = Path(os.environ.get("PEER_PG_LOG", ""))
    house.log_began = log.stat().st_size if log.is_file() else 0  # another run's control may lie before
    try:
        house.start()
        person, supporter = house.browser("person"), house.browser("supporter")
        notes = f"/together/{house.people['match']}/notes/"
        for one in (person, supporter):
            one.send("/account/notes/without/")
            one.send(f"{notes}yes/")
        supporter.send(f"{notes}write/", talked=f"{CANARY} first", strength=CANARY)
        assert supporter.where.startswith("/notes/")
        note = supporter.where
        page = person.get(note)
        assert CANARY in page
        person.send(f"{note}add/", added=f"{CANARY} mine")
        person.send(notes, find=CANARY)
        person.send(f"{notes}write/", talked=f"{CANARY} draft", keep="1")
        supporter.send("/reflections/write/", reflection=CANARY)
        supporter.send(f"{notes}write/", talked=f"{CANARY} " + "x" * 30_000)  # refused: too long
        assert "There is a problem" in person.send("/account/notes/open/", password=f"{CANARY} as a wrong password")
        form = supporter.get(f"{notes}write/")
        assert CANARY not in form
        late = house.browser("supporter")
        form = late.get(f"{notes}write/")
        late.cookies.clear("localhost.local", "/", "session")  # the session is over while somebody types
        late.post(f"{notes}write/", form, talked=f"{CANARY} late " + "y" * 8000)
        assert late.where == "/accounts/login/"
        assert f"{CANARY} late" in house.browser("supporter").get(f"{notes}write/"), "and it was kept for its author"
        form = person.get(f"{notes}write/")
        house.sql("ALTER TABLE sessions_log_note RENAME TO away")
        assert person.post(f"{notes}write/", form, talked=f"{CANARY} met an error")
        assert person.status == 500
        house.sql("ALTER TABLE away RENAME TO sessions_log_note")
        coordinator = house.browser("coordinator")
        coordinator.get(notes)
        assert coordinator.status == 404
        person.send(note, at=f"{note}nowhere/", words=CANARY)
        keeps = {name: one.cookie("vault") for name, one in (("person", person), ("supporter", supporter))}
        _until(lambda: list((house.folder / "mail").glob("*")))
        time.sleep(3)  # a round of the clock more
        house.stop()
        house.dump()
        yield house, keeps
    finally:
        house.leave()


def _until(there, seconds=40):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if there():
            return
        time.sleep(0.2)
    raise AssertionError("it did not happen in time")


def test_the_words_lie_nowhere(lived_in):
    house, _keeps = lived_in
    names = {path.name for path in house.folder.rglob("*") if path.is_file()}
    assert {"web.log", "worker.log", "access.log", "pepper"} <= names
    assert hunt(house.folder, CANARY) == []


def test_the_hunt_finds_what_was_left_on_purpose(lived_in, tmp_path):
    for name, bytes_ in shapes(CANARY).items():
        (tmp_path / name).write_bytes(b"before " + bytes_ + b" after")
    (tmp_path / "in base64").write_bytes(base64.b64encode(b"some words " + CANARY.encode() + b" and more"))
    found = {file for file, _shape in hunt(tmp_path, CANARY)}
    assert found == {path.name for path in tmp_path.iterdir()}
    house, _keeps = lived_in
    assert hunt(house.folder, "Somebody"), "what is not sealed is found in the database, so it was searched"


def test_the_log_of_the_database_server_holds_nothing(lived_in):
    """The log of the server itself, which lies outside the installation. The hunt is shown to read it."""
    house, _keeps = lived_in
    log = os.environ.get("PEER_PG_LOG", "")
    if not house.made or not log:
        pytest.skip("the log of a PostgreSQL server is looked at where CI started one")
    assert hunt_file(Path(log), CANARY, house.log_began) == []
    house.sql("DO $$ BEGIN RAISE LOG 'left on purpose: %', '" + CANARY + "'; END $$")
    _until(lambda: hunt_file(Path(log), CANARY, house.log_began) != [])


def test_no_log_holds_an_address_with_words_or_a_cookie(lived_in):
    house, keeps = lived_in
    logs = b"".join((house.folder / name).read_bytes() for name in ("web.log", "worker.log", "access.log"))
    assert b"find=" not in logs
    for value in keeps.values():
        assert hunt(house.folder, value) == []


def attack(house, *cookies):
    """Run the kit over the house's database; return how many texts it opened."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.security.attackers_kit", *cookies],
        env=house.environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    opened, of = map(int, done.stdout.split()[-2:])
    assert of >= 3
    return opened


def test_the_attackers_kit_opens_nothing_without_a_cookie_and_its_owners_notes_with_one(lived_in):
    house, keeps = lived_in
    assert attack(house) == 0
    assert attack(house, keeps["person"]) == 2, "the note and what was added to it"
    assert attack(house, keeps["supporter"]) == 3, "and the reflection"
