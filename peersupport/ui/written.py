"""Queries that every page asks, with their SQL written once in each process.

Django takes some ten times longer to write such a query than the database to answer it. Each is made from the
same querysets that everything else uses, so the two can't tell different truths.
"""

from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import F, Field, IntegerField, Model, QuerySet, UUIDField, Value
from django.db.models.lookups import In
from django.db.models.query import get_related_populators
from django.db.models.sql import UpdateQuery

M = TypeVar("M", bound=Model)

#: How many shapes of a query are kept written.
SHAPES = 500


class Given(Value):
    """A value by name that is given each time the query is asked; `output_field` says what it is."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


def one_of(field: str, values: Any) -> In:
    """Return the condition that a field is one of some keys, each of them known now or `Given` later."""
    return In(F(field), [one if isinstance(one, Value) else Value(one, UUIDField()) for one in values])


def as_uuid(key: Any) -> UUID:
    """Return a key as the database gives it (SQLite has no type for it)."""
    return key if isinstance(key, UUID) else UUID(key)


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


class Objects(Written, Generic[M]):
    """A query for objects of a model, with what `select_related` and `only` say, but nothing annotated."""

    @cached_property
    def compiler(self) -> Any:
        """Django's own, after it has written the query: it knows which columns make an object."""
        return self.make().query.get_compiler(connection=connection)

    @cached_property
    def statement(self) -> tuple[str, list[Any]]:
        sql, parameters = self.compiler.as_sql()
        return sql, list(parameters)

    def all(self, **given: Any) -> list[M]:
        """Return the objects, as the queryset would."""
        rows = self.rows(**given)
        info, columns = self.compiler.klass_info, self.compiler.select
        if converters := self.compiler.get_converters(column[0] for column in columns):
            rows = self.compiler.apply_converters(rows, converters)
        fields = info["select_fields"]
        names = [columns[number][0].target.attname for number in fields]
        related = get_related_populators(info, columns, connection.alias)
        found = []
        for row in rows:
            one = info["model"].from_db(connection.alias, names, row[fields[0] : fields[-1] + 1])
            for populator in related:
                populator.populate(row, one)
            found.append(one)
        return found

    def first(self, **given: Any) -> M | None:
        """Return the first object, or None; the queryset says in which order, and takes one."""
        found = self.all(**given)
        return found[0] if found else None


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


class Change(Written):
    """A change of some columns of the rows of a queryset."""

    def __init__(self, make: Callable[[], QuerySet[Any]], **values: Any) -> None:
        super().__init__(make)
        self.values = values

    @cached_property
    def statement(self) -> tuple[str, list[Any]]:
        query = self.make().query.chain(UpdateQuery)
        query.add_update_values(self.values)
        sql, parameters = query.get_compiler(connection=connection).as_sql()
        return sql, list(parameters)

    def run(self, **given: Any) -> int:
        """Change, and return how many rows there were."""
        sql, parameters = self.statement
        with connection.cursor() as cursor:
            cursor.execute(sql, [_filled(one, given) for one in parameters])
            return cursor.rowcount


class Shapes:
    """A query that depends on how many terms there are, and of what sort: written once for each such shape.

    `make` gets the terms (tuples in tuples) with a `Given` in place of each key and each number.
    """

    def __init__(self, make: Callable[..., QuerySet[Any]]) -> None:
        self.make = make
        self._written = lru_cache(maxsize=SHAPES)(self._write)

    def rows(self, *terms: Any) -> list[tuple[Any, ...]]:
        """Ask with these terms."""
        given: dict[str, Any] = {}
        shape = _each(terms, "t", lambda name, value: _sort_of(name, value, given))
        return self._written(shape).rows(**given)

    def _write(self, shape: Any) -> Written:
        return Written(lambda: self.make(*_each(shape, "t", _to_be_given)))


def _each(value: Any, name: str, change: Callable[[str, Any], Any]) -> Any:
    """Change each value in tuples of tuples; named tuples stay what they are."""
    if not isinstance(value, tuple):
        return change(name, value)
    changed = [_each(one, f"{name}_{number}", change) for number, one in enumerate(value)]
    return type(value)(*changed) if hasattr(value, "_fields") else tuple(changed)


def _sort_of(name: str, value: Any, given: dict[str, Any]) -> Any:
    """Keep a key or a number for later and say what sort it is; anything else is part of the shape."""
    if isinstance(value, UUID) or (isinstance(value, int) and not isinstance(value, bool)):
        given[name] = value
        return UUIDField if isinstance(value, UUID) else IntegerField
    return value


def _to_be_given(name: str, sort: Any) -> Any:
    return Given(name, sort()) if isinstance(sort, type) and issubclass(sort, Field) else sort


def _filled(parameter: Any, given: dict[str, Any]) -> Any:
    if isinstance(parameter, Given):
        return parameter.output_field.get_db_prep_value(given[parameter.value], connection)
    return parameter
