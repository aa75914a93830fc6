"""Real gunicorn processes on loopback, what they cost, and a client that opens a connection for each request."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
WORKERS = THREADS = 2


@dataclass(frozen=True)
class Cost:
    """Of one request: seconds of CPU in the workers, and seconds by the clock with THREADS clients at once."""

    cpu: float
    clock: float


class Server:
    """One project under gunicorn with two sync workers."""

    def __init__(self, application: str, environment: dict[str, str], folder: Path) -> None:
        self.port = _free_port()
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            application,
            "--bind",
            f"127.0.0.1:{self.port}",
            "--workers",
            str(WORKERS),
            "--worker-tmp-dir",
            str(folder),
            "--log-level",
            "warning",
            "--preload",
        ]
        self.process = subprocess.Popen(command, env=environment, cwd=ROOT)

    def wait(self, seconds: float = 60) -> None:
        """Wait until every worker is there and somebody answers. Raises RuntimeError when that does not happen."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                if len(self.workers()) == WORKERS:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise RuntimeError("gunicorn did not start")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def workers(self) -> list[int]:
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def cpu(self) -> float:
        """Return the seconds of CPU (user and system) of all workers so far."""
        return sum(_cpu_of(pid) for pid in self.workers())

    def memory(self) -> float:
        """Return the resident memory of the largest worker in MiB."""
        return max(_resident(pid) for pid in self.workers())

    def get(self, path: str, session: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            cookie = f"session={session}; csrftoken={'a' * 32}"
            connection.request("GET", path, headers={"Cookie": cookie, "Connection": "close"})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def cost(self, path: str, session: str, requests: int) -> Cost:
        """Ask `requests` times from THREADS threads. Raises RuntimeError for an answer that is not 200."""
        wrong: list[object] = []

        def ask() -> None:
            try:
                for _ in range(requests // THREADS):
                    status, _page = self.get(path, session)
                    if status != 200:
                        wrong.append(status)
            except OSError as problem:
                wrong.append(problem)

        threads = [threading.Thread(target=ask) for _ in range(THREADS)]
        cpu, clock = self.cpu(), time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        clock, cpu = time.perf_counter() - clock, self.cpu() - cpu
        if wrong:
            raise RuntimeError(f"{path} answered {wrong[0]}")
        made = requests // THREADS * THREADS
        return Cost(cpu / made, clock / made)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
