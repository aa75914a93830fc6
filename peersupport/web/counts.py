"""Several counts in one query."""

from typing import Any

from django.db.models import CharField, Count, QuerySet, Value


def count_each(**querysets: QuerySet[Any]) -> dict[str, int]:
    """Return how many rows each queryset has, under its name, with one query for all of them.

    None of them may be sliced, or aggregate over other rows: count those by their primary keys.
    """
    counts = [
        queryset.order_by()
        .values(counted=Value(name, CharField()))
        .annotate(number=Count("pk"))
        .values_list("counted", "number")
        for name, queryset in querysets.items()
    ]
    if not counts:
        return {}
    first, *others = counts
    return dict(first.union(*others, all=True) if others else first)
