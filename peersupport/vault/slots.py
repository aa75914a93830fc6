"""A cap on Argon2 computations at the same time, over all processes of this machine.

Each takes 64 MiB: a rush of sign-ins waits in a line instead of exhausting the memory.
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

WAIT_SECONDS = 20.0


class TooBusy(Exception):
    """No place became free in time."""


@contextmanager
def one_place() -> Iterator[None]:
    """Hold one of the places. Raises TooBusy after WAIT_SECONDS."""
    folder = Path(settings.VAR) / "argon2"
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        for number in range(settings.ARGON2_AT_ONCE):
            with open(folder / str(number), "w") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    continue
                yield
                return
        time.sleep(0.01)
    raise TooBusy
