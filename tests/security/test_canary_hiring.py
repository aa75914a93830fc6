"""An application with known words and a file goes through a real server and worker; then it is withdrawn, and all is searched.

What was written must be there before (so that the hunt is shown to find it) and nowhere afterwards: database, its log,
files, outbox, logs. Mails that went out lie with whoever got them: they are told apart, and hold an address alone.
"""

import shutil

import pytest

from tests.security.house import House
from tests.security.test_canary_hunt import _until, hunt

WORD, MAIL = "Mondkalbstraße-Ünal", "wuselhusel42@peers.example"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def withdrawn(tmp_path_factory):
    """A house in which somebody applied with a file, was read and scored, met an error, and withdrew."""
    house = House(tmp_path_factory.mktemp("house"))
    try:
        house.start()
        candidate, member, staff = house.browser("stranger"), house.browser("member"), house.browser("coordinator")
        vacancy = house.people["vacancy"]
        open_page = f"/work-with-us/{vacancy}/"
        candidate.send(open_page)
        mine = candidate.where
        assert mine.startswith("/a/")
        said = {
            "name": f"{WORD} Ada",
            "email": MAIL,
            "phone": "600 123 456",
            "relevance": f"{WORD} relevance",
            "why": WORD,
            "lived": "on",
        }
        assert WORD in candidate.send(mine, file=("cv.txt", f"{WORD} life".encode()), keep="1", **said)
        candidate.send(
            mine, file=("cv.pdf", b"%PDF-1.7 " + WORD.encode()), attach="1", **said
        )  # refused, and what it says is kept nowhere
        form = candidate.get(mine)
        house.sql("ALTER TABLE hiring_attachment RENAME TO away")
        candidate.post(mine, form, **said)
        assert candidate.status == 500
        house.sql("ALTER TABLE away RENAME TO hiring_attachment")
        candidate.send(mine, **said)
        _until(lambda: hunt(house.folder / "mail", MAIL))
        staff.send(f"/vacancies/{vacancy}/", verb="close")
        application = staff.get(f"/vacancies/{vacancy}/candidates/").partition("/vacancies/candidates/")[2][:36]
        staff.send(f"/vacancies/candidates/{application}/")
        assert WORD in staff.get(f"/vacancies/candidates/{application}/")
        page = member.get(f"/panels/candidates/{application}/")
        file = page.partition("/panels/files/")[2][:36]
        assert WORD in member.get(f"/panels/files/{file}/")
        question = house.people["question"]
        member.send(
            f"/panels/candidates/{application}/score/",
            keep="1",
            **{f"level_{question}": "1", f"evidence_{question}": f"said {WORD}"},
        )
        member.send(f"/panels/candidates/{application}/score/", potential="x" * 2001 + WORD)  # refused: too long
        before = hunt_all(house)
        candidate.send(f"{mine}withdraw/")
        assert candidate.get(mine)
        assert candidate.status == 410
        _until(lambda: not hunt_all(house), seconds=30)
        history = staff.get(f"/vacancies/{vacancy}/history/")
        house.stop()
        house.dump()
        yield house, before, history, application
    finally:
        house.leave()


def hunt_all(house):
    """Search the folder without the mails that went out, and the database of a server."""
    if house.made:
        house.dump()
    return [one for one in hunt(house.folder, WORD) + hunt(house.folder, MAIL) if not one[0].startswith("mail/")]


def test_before_the_words_were_there_so_that_the_hunt_is_shown_to_find_them(withdrawn):
    _house, before, _history, _application = withdrawn
    assert before


def test_afterwards_they_are_nowhere(withdrawn):
    house, _before, _history, application = withdrawn
    assert hunt_all(house) == []
    logs = b"".join((house.folder / name).read_bytes() for name in ("web.log", "worker.log", "access.log"))
    assert b"a/" in logs, "the logs were searched"
    mails = [path for path in (house.folder / "mail").rglob("*") if path.is_file()]
    assert mails
    assert hunt(house.folder / "mail", WORD) == [], "a mail never holds a name or what was written"
    kept = house.folder.parent / "kept"
    shutil.copytree(house.folder, kept, ignore=shutil.ignore_patterns("access.log", "mail"))
    assert hunt(kept, application) == [], "not even its number in a log or in the audit"


def test_counts_and_history_stay(withdrawn):
    _house, _before, history, _application = withdrawn
    assert "somebody applied" in history
    assert "somebody withdrew" in history
    assert "<dd>1</dd>" in history
