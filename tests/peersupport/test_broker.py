"""The broker of a small installation: never half a message, each to one worker, a damaged one stops nobody."""

import threading
from queue import Empty
from types import SimpleNamespace

import pytest

from peersupport.broker import Channel


@pytest.fixture
def channel(tmp_path):
    made = Channel.__new__(Channel)
    made.__dict__.update(
        connection=SimpleNamespace(
            client=SimpleNamespace(
                transport_options={
                    "data_folder_in": str(tmp_path),
                    "data_folder_out": str(tmp_path),
                    "control_folder": str(tmp_path / "control"),
                }
            )
        ),
        _closed=True,
        closed=True,
    )
    return made


def test_messages_come_in_the_order_they_were_put(channel):
    for number in range(5):
        channel._put("celery", {"number": number})
        channel._put("other", {"number": -1})
    assert [channel._get("celery")["number"] for _ in range(5)] == list(range(5))
    with pytest.raises(Empty):
        channel._get("celery")


@pytest.mark.parametrize("content", [b"", b'{"half', b"\xff\xfe"])
def test_a_damaged_message_stops_nobody(channel, tmp_path, content):
    (tmp_path / "00000000000000000001_x.celery.msg").write_bytes(content)
    channel._put("celery", {"whole": True})
    assert channel._get("celery") == {"whole": True}


def test_readers_never_see_half_of_what_is_being_written(channel):
    """Writers and readers at once: every message arrives once and whole."""
    found, writers_done = [], threading.Event()
    lock = threading.Lock()

    def write(writer):
        for number in range(150):
            channel._put("celery", {"from": writer, "number": number, "long": "x" * 20_000})

    def read():
        while True:
            done = writers_done.is_set()
            try:
                message = channel._get("celery")
            except Empty:
                if done:
                    return
                continue
            assert len(message["long"]) == 20_000
            with lock:
                found.append((message["from"], message["number"]))

    writers = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    readers = [threading.Thread(target=read) for _ in range(3)]
    for one in (*writers, *readers):
        one.start()
    for one in writers:
        one.join()
    writers_done.set()
    for one in readers:
        one.join()
    assert sorted(found) == [(writer, number) for writer in range(3) for number in range(150)]
