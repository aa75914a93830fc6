"""Scratch databases: made for one run and dropped at its end, on PostgreSQL or in files of SQLite."""

import shutil
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit


class Databases(Protocol):
    """Makes databases by a short name; `like` starts with the contents of another."""

    def make(self, name: str, *, like: str = "") -> str:
        """Return the DATABASE_URL of a new database."""

    def drop_all(self) -> None:
        """Drop every database this object made."""


class Sqlite:
    """One file for each database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self, name: str, *, like: str = "") -> str:
        path = self.folder / f"{name}.sqlite3"
        if like:
            shutil.copyfile(self.folder / f"{like}.sqlite3", path)
        return f"sqlite:///{path}"

    def drop_all(self) -> None:
        for path in self.folder.glob("*.sqlite3*"):
            path.unlink()


class Postgres:
    """Databases on the server of `url`, with a prefix of this run."""

    def __init__(self, url: str, prefix: str) -> None:
        self.url, self.prefix = url, prefix
        self.made: list[str] = []

    def make(self, name: str, *, like: str = "") -> str:
        full = f"{self.prefix}_{name}"
        template = f' TEMPLATE "{self.prefix}_{like}"' if like else ""
        self._run(f'CREATE DATABASE "{full}"{template}')
        self.made.append(full)
        return urlsplit(self.url)._replace(path=f"/{full}").geturl()

    def drop_all(self) -> None:
        for name in self.made:
            self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        import psycopg2

        connection = psycopg2.connect(self.url)
        try:
            connection.autocommit = True
            connection.cursor().execute(statement)
        finally:
            connection.close()
