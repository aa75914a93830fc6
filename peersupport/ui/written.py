"""Queries that every page asks, with their SQL written once in each process.

Django takes some ten times longer to write such a query than the database to answer it.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Value


class Given(Value):
    """A value by name that is given each time the query is asked; `output_field` says what it is."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


class Written:
    """A query whose columns are plain text or numbers: rows come as the database gives them."""

    def __init__(self, make: Callable[[], QuerySet[Any]]) -> None:
        self.make = make

    @cached_property
    def statement(self) -> tuple[str, list[Any]]:
        """The SQL, and its parameters, some of them to be given."""
        sql, parameters = self.make().query.sql_with_params()
        return sql, list(parameters)

    def rows(self, **given: Any) -> list[tuple[Any, ...]]:
        """Ask, with a value for each `Given`."""
        sql, parameters = self.statement
        with connection.cursor() as cursor:
            cursor.execute(sql, [_filled(one, given) for one in parameters])
            return list(cursor.fetchall())


class Counts(Written):
    """How many rows each of some querysets has, in one query."""

    def __init__(self, **querysets: Callable[[], QuerySet[Any]]) -> None:
        self.querysets = querysets

    @cached_property
    def statement(self) -> tuple[str, list[Any]]:
        """One SELECT with a count for each queryset."""
        written = [make().order_by().values("pk").query.sql_with_params() for make in self.querysets.values()]
        counts = ", ".join(f"(SELECT COUNT(*) FROM ({sql}) AS counted)" for sql, _parameters in written)
        return f"SELECT {counts}", [one for _sql, parameters in written for one in parameters]

    def now(self, **given: Any) -> dict[str, int]:
        """Count, under the names the querysets have."""
        return dict(zip(self.querysets, self.rows(**given)[0], strict=True))


def _filled(parameter: Any, given: dict[str, Any]) -> Any:
    if isinstance(parameter, Given):
        return parameter.output_field.get_db_prep_value(given[parameter.value], connection)
    return parameter
