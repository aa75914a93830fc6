"""What a backup holds: every row of every table of ours, whatever the database, as lines of JSON, and the files.

Left out: sessions of browsers (everybody signs in again), the cache and counts of limits, and what migrations make by themselves. The
pepper, the ledger and the site's secret key are kept apart by whoever runs the server; see the README.
"""

from __future__ import annotations

import base64
import datetime
import decimal
import json
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import sql

FORMAT = 1
#: Made anew by themselves, or of no use on another day.
LEFT_OUT = {
    "sessions.session",
    "usersessions.usersession",
    "contenttypes.contenttype",
    "auth.permission",
    "auth.group_permissions",
    "accounts.user_user_permissions",
    "web.ratelimit",
    "web.cachedvalue",
    "web.keptwords",
    "web.submittedform",
}
BATCH = 500


class NotABackup(Exception):
    """What is inside does not fit this programme. The message says why, in plain words."""


def _models(found: Any) -> list[type[models.Model]]:
    """Return the models whose rows are kept, tables pointed to before tables that point."""
    every = [
        model
        for model in found.get_models(include_auto_created=True, include_swapped=False)
        if model._meta.managed and not model._meta.proxy and model._meta.label_lower not in LEFT_OUT
    ]
    return sorted(every, key=lambda model: str(model._meta.label_lower))


def _columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return list(model._meta.concrete_fields)


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it; its field makes it whole again."""
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (uuid.UUID, decimal.Decimal)):
        return str(value)
    return value


def _whole(field: models.Field[Any, Any], value: Any) -> Any:
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value)
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field.to_python(value)


def lines() -> Iterator[bytes]:
    """Give the backup line by line, as things are at one moment, while the site is in use."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]  # read at one moment, hold nobody up
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield _line(
            {"format": FORMAT, "made_at": datetime.datetime.now(datetime.UTC).isoformat(), "migrations": _leaves()}
        )
        for model in _models(apps):
            names = [field.attname for field in _columns(model)]
            yield _line({"table": model._meta.label_lower, "columns": names})
            rows = model._base_manager.order_by("pk").values_list(*names)
            for row in rows.iterator(chunk_size=2000):
                yield _line([_plain(value) for value in row])
    for path in sorted(Path(settings.MEDIA_ROOT).rglob("*")):
        if path.is_file():
            content = base64.b64encode(path.read_bytes()).decode()
            yield _line({"file": str(path.relative_to(settings.MEDIA_ROOT)), "content": content})
    yield _line({"end": True})


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def _leaves() -> dict[str, list[str]]:
    """Return the newest migration of each app that has run here."""
    loader = MigrationExecutor(connection).loader
    applied = {key for key in loader.applied_migrations if key in loader.disk_migrations}
    found: dict[str, list[str]] = {}
    for key in applied:
        children = {child.key for child in loader.graph.node_map[key].children}
        if not any(child[0] == key[0] and child in applied for child in children):
            found.setdefault(key[0], []).append(key[1])
    return found


def is_empty() -> bool:
    """Tell whether nobody has an account in this database."""
    tables = connection.introspection.table_names()
    user = apps.get_model(settings.AUTH_USER_MODEL)
    return user._meta.db_table not in tables or not user._base_manager.exists()


def load(content: Iterable[bytes]) -> dict[str, int]:
    """Fill the empty database from the lines of a backup; return how many rows of each table.

    The tables are brought to the state of the backup, filled in one transaction, then brought up to date: an older
    backup goes into a newer programme. Raises NotABackup.
    """
    rows = iter(content)
    head = _read(next(rows, b"{}"))
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise NotABackup("This is a backup of another format. Restore it with the programme it was made with.")
    targets = [(app, name) for app, names in head["migrations"].items() for name in names]
    executor = MigrationExecutor(connection)
    unknown = [f"{app}.{name}" for app, name in targets if (app, name) not in executor.loader.disk_migrations]
    if unknown:
        raise NotABackup(f"This backup was made with a newer programme ({unknown[0]}). Restore it with that one.")
    executor.migrate(targets)
    state = MigrationExecutor(connection).loader.project_state(targets)
    counts = _fill(state.apps, rows)
    call_command("migrate", verbosity=0, interactive=False)
    return counts


def _read(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        raise NotABackup("This is not what a backup looks like inside.") from None


def _fill(then: Any, rows: Iterator[bytes]) -> dict[str, int]:
    known = {model._meta.label_lower: model for model in _models(then)}
    counts: dict[str, int] = {}
    files: list[tuple[str, bytes]] = []
    ended = False
    with transaction.atomic():
        _clear(list(known.values()))
        loader: _Loader | None = None
        for line in rows:
            value = _read(line)
            if isinstance(value, list) and loader:
                loader.add(value)
                continue
            if loader:
                counts[loader.name] = loader.finish()
                loader = None
            if "table" in value:
                if value["table"] not in known:
                    raise NotABackup(f"This backup has a table that is not known here: {value['table']}.")
                loader = _Loader(known[value["table"]], value["columns"])
            elif "file" in value:
                files.append((value["file"], base64.b64decode(value["content"])))
            ended = ended or bool(value.get("end"))
        if not ended:
            raise NotABackup("This backup has no end: something is missing.")
        reset = connection.ops.sequence_reset_sql(no_style(), list(known.values()))
        with connection.cursor() as cursor:
            for statement in reset:
                cursor.execute(statement)
    for name, content in files:
        _put_back(name, content)
    return counts


def _clear(known: list[type[models.Model]]) -> None:
    """Take out what migrations put in by themselves: the backup has it as it was. Pointers are checked at the end."""
    for model in known:
        model._base_manager.all()._raw_delete(connection.alias)


def _put_back(name: str, content: bytes) -> None:
    root = Path(settings.MEDIA_ROOT).resolve()
    path = (root / name).resolve()
    if not path.is_relative_to(root):
        raise NotABackup("This backup has a file that wants to lie somewhere else.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


class _Loader:
    """Rows of one table, written in batches as they are: no signals, no dates made anew."""

    def __init__(self, model: type[models.Model], columns: list[str]) -> None:
        self.model, self.name, self.count = model, str(model._meta.label_lower), 0
        fields = {field.attname: field for field in _columns(model)}
        if set(columns) != set(fields):
            raise NotABackup(f"This backup has other columns than are known here, in {self.name}.")
        self.fields = [fields[column] for column in columns]
        self.batch: list[models.Model] = []

    def add(self, row: list[Any]) -> None:
        values = {field.attname: _whole(field, value) for field, value in zip(self.fields, row, strict=True)}
        self.batch.append(self.model(**values))
        if len(self.batch) >= BATCH:
            self._write()

    def _write(self) -> None:
        if self.batch:
            # SQLite takes so many values in one statement.
            size = connection.ops.bulk_batch_size(self.fields, self.batch) or len(self.batch)
            for start in range(0, len(self.batch), size):
                query = sql.InsertQuery(self.model)
                query.insert_values(self.fields, self.batch[start : start + size], raw=True)
                query.get_compiler(connection=connection).execute_sql()
            self.count += len(self.batch)
            self.batch = []

    def finish(self) -> int:
        self._write()
        return self.count
