"""A scratch installation whose mails go to a counting post office, with as many workers as a drill needs.

Workers are started as the project starts them: embedded, as `manage.py serve` does; on Redis, as the unit does,
with one process each, so that one that is killed was sending one mail at most.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from peersupport import running
from tests.drills.post_office import PostOffice
from tests.security.house import ROOT, House, private

FULL = os.environ.get("DRILLS") == "full"
UNIT = ROOT / "peersupport/serving/systemd/peersupport-worker.service"
UNIT_WORKER = re.search(r"ExecStart=\S*/(celery .*)", UNIT.read_text())[1]


def wait_for(what, seconds=60):
    """Wait until something holds; return it."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    return found


@dataclass(frozen=True)
class Tally:
    """Of what was due: how much arrived, what arrived more than once, what never did."""

    due: int
    sent: int
    doubled: list
    lost: list
    unmarked: list

    def __str__(self):
        marked = "" if not self.doubled else f" ({'all' if not self.unmarked else f'{len(self.unmarked)} not'} marked)"
        return f"{self.due} due, {self.sent} sent, {len(self.doubled)} doubled{marked}, {len(self.lost)} lost"


class Worker:
    """One worker with its children, in a group of processes of its own."""

    def __init__(self, command, environment, log):
        with private(log, "ab") as kept:
            self.process = subprocess.Popen(
                command, env=environment, cwd=ROOT, stdout=kept, stderr=kept, start_new_session=True, umask=0o077
            )

    def kill(self):
        """Kill -9: the process, its children, the clock if it has one."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Let it end what it does, as an operator would."""
        self.process.terminate()
        self.process.wait(timeout=30)

    def memory(self):
        """Return the resident memory, in MiB, of the process that sends."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        lines = Path(f"/proc/{(children or [pid])[0]}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


class OutboxHouse(House):
    """The installation, its post office (`office`), its workers, and a clerk that writes and counts."""

    def __init__(self, folder, **how):
        self.office, self.workers, self.clerk = PostOffice(), [], None
        super().__init__(folder, **how)
        self.environment["EMAIL_URL"] = f"smtp://127.0.0.1:{self.office.port}"

    def order(self, name, **given):
        """Let the clerk do something; return its answer."""
        if self.clerk is None:
            self.clerk = self.new_clerk()
        return tell(self.clerk, name, **given)

    def new_clerk(self):
        return subprocess.Popen(
            [sys.executable, "-m", "tests.drills.clerk"],
            env=self.environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def worker(self, *, clock=False):
        """Start a worker; with `clock` it is the one that has the beat."""
        served = running.commands(0)[1]
        command = served
        if "REDIS_URL" in self.environment:
            command = [sys.executable, "-m", *re.sub(r"--concurrency \d+", "--concurrency 1", UNIT_WORKER).split()]
        command = [part for part in command if part != "-B"]
        command += ["-n", f"worker{len(self.workers)}@drill"]
        if clock:
            command += ["-B"]
        worker = Worker(command, self.environment, self.folder / "workers.log")
        self.workers.append(worker)
        return worker

    def open_site(self):
        """Start the web processes and wait until they answer."""
        self.port = free_port()
        command = [part.replace(str(settings.VAR), str(self.folder)) for part in running.commands(self.port)[0]]
        self.workers.append(Worker(command, self.environment, self.folder / "web.log"))
        self._wait()

    def arrived(self):
        return len(self.office.arrived)

    def done(self, seconds=60):
        """Wait until nothing is left to send."""
        try:
            wait_for(lambda: self.order("left") == 0, seconds)
        except AssertionError:
            log = (self.folder / "workers.log").read_text()[-3000:]
            raise AssertionError(f"not all was sent: {self.order('states')}\n{log}") from None

    def tally(self, name, due):
        """Count what became of the ids in `due`, and say so in one line."""
        ids = [mail.id for mail in self.office.arrived]
        times = dict.fromkeys(due, 0)
        for one in ids:
            times[one] = times.get(one, 0) + 1
        doubled = [one for one, number in times.items() if number > 1]
        lost = [one for one in due if not times[one]]
        found = Tally(len(due), len(set(ids)), doubled, lost, sorted({*doubled} - {*self.order("marked")}))
        print(f"{name}: {found}")
        return found

    def kill_all(self):
        for worker in self.workers:
            if worker.process.poll() is None:
                worker.kill()
        self.workers = []

    def fresh(self):
        """Begin anew: nobody works, nothing waits, the post office is as it should be."""
        self.kill_all()
        self.order("forget")
        self.lose_hints()
        self.office.stop.let_go()
        self.office.behave()
        private(self.folder / "workers.log", "w").close()

    def lose_hints(self):
        """Empty the broker: only rows are left."""
        for hint in (self.folder / "broker" / "queue").glob("*"):
            hint.unlink()
        if self.redis:
            import redis

            redis.Redis.from_url(self.environment["REDIS_URL"]).flushdb()

    def leave(self):
        self.kill_all()
        if self.clerk is not None:
            dismiss(self.clerk)
        self.office.stop.let_go()
        self.office.close()
        super().leave()


def tell(clerk, name, **given):
    """Give a clerk an order; return the answer."""
    print(json.dumps([name, given]), file=clerk.stdin, flush=True)
    return json.loads(clerk.stdout.readline())


def dismiss(clerk):
    clerk.stdin.close()
    clerk.stdout.close()
    clerk.wait(timeout=20)


def free_port():
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
