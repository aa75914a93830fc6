"""The vault: signing in with four at once, the cryptography of one note, a list of fifty notes."""

import http.client
import os
import re
import statistics
import threading
import time
import urllib.parse
from collections.abc import Iterator
from ipaddress import ip_address
from uuid import uuid4

from django.contrib.auth.hashers import make_password

from peersupport.accounts.models import User
from peersupport.vault import crypto, door, unlocking
from peersupport.vault.crypto import Header, Keys
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Figure, Goal, side_by_side
from tests.benchmarks.servers import Server

PASSWORD = "a long password for benchmarks"
AT_ONCE = 4


def figures(bench: Bench) -> Iterator[Figure]:
    """Sign-ins through gunicorn; the rest in this process."""
    bench.fresh("vault")
    if not door.pepper.path().exists():
        door.pepper.add()
    users = _users(bench.pick(40, 8))
    yield _crypto(bench)
    yield _list(bench, users[0])
    os.environ["BEHIND_PROXY"] = "1"  # each sign-in comes from another address: allauth lets 30 a minute in from one
    house = bench.house("vault")
    try:
        house.wait()
        yield _sign_ins(house, users, "the first time, making keys")
        yield _sign_ins(house, users, "opening keys")
    finally:
        house.stop()


def _users(number: int) -> list[User]:
    from allauth.account.models import EmailAddress

    hashed = make_password(PASSWORD)
    users = User.objects.bulk_create(
        User(email=f"user{one}@example.org", password=hashed, language="en") for one in range(number)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in users
    )
    return users


def _crypto(bench: Bench) -> Figure:
    """Sealing 3 kB for two readers and opening it; the floor is the bare cipher of libsodium."""
    ann, bea = Keys(uuid4(), 1, crypto.new_seed()), Keys(uuid4(), 1, crypto.new_seed())
    header, words = Header("note", uuid4(), 1, uuid4(), ann.user, 1), b"x" * 3000

    def note() -> None:
        sealed, key = crypto.seal(words, header, ann)
        grants = [crypto.grant(key, header, reader.public, ann) for reader in (ann, bea)]
        taken = crypto.take(*grants[1], header, bea, ann.public)
        crypto.open_text(sealed, taken, header, ann.public)

    ours, floor = side_by_side(
        [note, lambda: crypto.unlock(b"k" * 32, crypto.lock(b"k" * 32, words, b""), b"")], bench.pick(200, 10)
    )
    return Figure("a note: sealing it for two and opening it", ours, "ms", floor, (Goal(5, "ours"),))


def _list(bench: Bench, user: User) -> Figure:
    """Opening fifty notes for a list, beside fetching their rows."""
    by = unlocking.Unlocked(user, *_opened(user))
    for _note in range(50):
        door.write("note", uuid4(), door.Content({"talked": "x" * 1500}), readers=[], by=by)

    def rows() -> list[door.SealedText]:
        return list(door.SealedText.objects.filter(author=user).order_by("pk"))

    ours, floor = side_by_side(
        [lambda: door.read_all(rows(), by=by, role="person", noted=False), rows], bench.pick(30, 3)
    )
    return Figure("a list of 50 notes: opening them, beyond their rows", ours - floor, "ms", floor, (Goal(25, "ours"),))


def _opened(user: User) -> tuple[Keys, object]:
    opened = door.with_password(user, PASSWORD)
    return opened.keys, opened.pair


def _sign_ins(house: Server, users: list[User], what: str) -> Figure:
    """Seconds of one sign-in at the 95th percentile, with AT_ONCE at the same time."""
    waiting, taken, wrong = list(users), [], []

    def work() -> None:
        while waiting:
            try:
                user = waiting.pop()
            except IndexError:
                return
            seconds, fine = _sign_in(house.port, user.email)
            taken.append(seconds)
            if not fine:
                wrong.append(user.email)

    threads = [threading.Thread(target=work) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(f"{len(wrong)} could not sign in")
    late = statistics.quantiles(taken, n=20)[18]
    return Figure(f"signing in with {AT_ONCE} at once, {what}: 95th percentile", late, "s", goals=(Goal(1.5, "ours"),))


def _sign_in(port: int, email: str) -> tuple[float, bool]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/accounts/login/")
    answer = connection.getresponse()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode())
    cookies = "; ".join(value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie")
    connection.close()
    body = urllib.parse.urlencode(
        {"csrfmiddlewaretoken": token.group(1) if token else "", "login": email, "password": PASSWORD}
    )
    headers = {
        "Cookie": cookies,
        "Content-Type": "application/x-www-form-urlencoded",
        "Referer": f"http://127.0.0.1:{port}/",
        "X-Forwarded-For": str(ip_address(2**24 + time.perf_counter_ns() % 2**24)),
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    start = time.perf_counter()
    connection.request("POST", "/accounts/login/", body, headers)
    answer = connection.getresponse()
    answer.read()
    seconds = time.perf_counter() - start
    opened = any(
        value.startswith(f"{unlocking.COOKIE}=") for name, value in answer.getheaders() if name.lower() == "set-cookie"
    )
    connection.close()
    return seconds, answer.status == 302 and opened
