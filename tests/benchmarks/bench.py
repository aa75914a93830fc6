"""What every benchmark is given: scratch databases with the product's tables, and how thorough to be."""

import os
import subprocess
import sys
from pathlib import Path

from django.db import connection, connections

from peersupport.running import prepare
from tests.benchmarks.databases import Databases
from tests.benchmarks.servers import ROOT, Server


class Bench:
    """One run. This process works in one database at a time; servers keep the one they were started with."""

    def __init__(self, databases: Databases, folder: Path, *, quick: bool) -> None:
        self.databases, self.folder, self.quick = databases, folder, quick
        self.urls = {"base": os.environ["DATABASE_URL"]}
        prepare()

    def pick(self, thorough: int, quick: int) -> int:
        """Return how many, depending on the run."""
        return quick if self.quick else thorough

    def fresh(self, name: str) -> None:
        """Go on in a new database that has the product's tables and its default catalogue."""
        connections.close_all()
        self.urls[name] = self.databases.make(name, like="base")
        self.use(name)

    def use(self, name: str) -> None:
        """Go on in a database that was made before."""
        connections.close_all()
        full = self.urls[name]
        connection.settings_dict["NAME"] = (
            full.removeprefix("sqlite:///") if "sqlite" in full else full.rpartition("/")[2]
        )

    def house(self, name: str) -> Server:
        """Start the product on one of the databases."""
        return Server("peersupport.wsgi:application", self._environment(self.urls[name]), self.folder)

    def bare(self) -> tuple[Server, str]:
        """Start the bare project on a database of its own; return it with the key of a session."""
        session = self.run("tests.benchmarks.bare.prepare", self.databases.make("bare"))
        return Server("tests.benchmarks.bare.wsgi:application", self.last_environment, self.folder), session

    def run(self, module: str, url: str, *arguments: str) -> str:
        """Run a module in a process of its own; return the last line it printed."""
        self.last_environment = self._environment(url)
        command = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(
            command, env=self.last_environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout.strip().splitlines()[-1]

    def _environment(self, url: str) -> dict[str, str]:
        return os.environ | {"DATABASE_URL": url}
