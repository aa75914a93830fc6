"""The broker of a small installation: messages are files in a folder, no server is needed.

Kombu's own filesystem transport writes a message in place, so a worker can find it half written and stops for good.
Here a message gets its name when it is whole, and a damaged one is put aside: the rows are the truth, and the next
round of the clock finds what a lost message was about.
"""

import logging
import os
import uuid
from pathlib import Path
from queue import Empty
from time import time_ns
from typing import Any

from kombu import transport
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

log = logging.getLogger("peersupport.broker")
ALIAS = "embedded"


class Channel(filesystem.Channel):  # type: ignore[misc]
    """Messages of a queue end with its name; what is being written, or was damaged, ends otherwise."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        folder = Path(self.data_folder_out)
        name = f"{time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        beside = folder / f"{name}.part"
        beside.write_bytes(dumps(payload).encode())
        beside.rename(folder / name)

    def _get(self, queue: str) -> Any:
        folder = Path(self.data_folder_in)
        for name in sorted(os.listdir(folder)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = folder / f"{name}.taken"
            try:
                (folder / name).rename(taken)  # only one worker can
            except FileNotFoundError:
                continue
            payload = taken.read_bytes()
            taken.unlink()
            try:
                return loads(payload.decode())
            except ValueError:
                log.warning("a damaged message was put aside; the next round of the clock finds its work")
        raise Empty

    def get_table(self, exchange: str) -> Any:
        try:
            return super().get_table(exchange)
        except ValueError:  # being written this moment
            return []


class Transport(filesystem.Transport):  # type: ignore[misc]
    """Files in a folder."""

    Channel = Channel


transport.TRANSPORT_ALIASES[ALIAS] = "peersupport.broker:Transport"
