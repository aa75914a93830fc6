"""A Redis and a PostgreSQL of a drill's own, on free ports of loopback, to be stopped, frozen and restarted."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from tests.drills.outbox_house import free_port, wait_for

REDIS = shutil.which("redis-server")
PG_BIN = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: int(path.parent.name))
needs_redis = pytest.mark.skipif(not REDIS, reason="needs redis-server, to stop it")
needs_cluster = pytest.mark.skipif(
    not (PG_BIN and os.environ.get("DATABASE_URL", "").startswith("postgres")), reason="shown on PostgreSQL"
)


class PrivateRedis:
    """A server that can be away, frozen and back."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self):
        import redis

        command = [REDIS, "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen([*command, "--dir", str(self.folder)], stdout=subprocess.DEVNULL)

        def answers():
            try:
                with redis.Redis(port=self.port) as client:
                    return client.ping()
            except redis.ConnectionError:
                return False

        wait_for(answers)

    def stop(self):
        self.go_on()
        self.process.kill()
        self.process.wait()

    def freeze(self):
        """It takes connections and says nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)


class PrivateCluster:
    """A cluster of PostgreSQL with the defaults of a real one: what was committed is on the disk."""

    def __init__(self):
        self.folder, self.port = Path(tempfile.mkdtemp(prefix="drill-cluster-")), free_port()
        self.url = f"postgres://drill@127.0.0.1:{self.port}/postgres"
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self._run(
            "initdb", "-D", self._data, "-U", "drill", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"
        )
        self.start()

    @property
    def _data(self):
        return str(self.folder / "data")

    def restart(self, how):
        """Restart as an operator ("fast") or a power cut ("immediate") would; wait until it answers again."""
        self._ctl("restart", "-m", how)

    def stop(self):
        self._ctl("stop", "-m", "fast")

    def start(self):
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        self._ctl("start", "-o", options, "-l", str(self.folder / "log"))

    def leave(self):
        self._ctl("stop", "-m", "immediate", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _ctl(self, verb, *options, check=True):
        self._run("pg_ctl", verb, "-w", "-D", self._data, *options, check=check)

    def _run(self, programme, *arguments, check=True):
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run(
            [*as_postgres, str(PG_BIN / programme), *arguments], cwd="/", check=check, stdout=subprocess.DEVNULL
        )


def seconds_of(action):
    """Do something; return how long it took."""
    began = time.monotonic()
    action()
    return time.monotonic() - began
