"""Every field of every model has a class: whose it is, who may see it, how long it is kept, may it be mailed.

Apps describe their records here from `AppConfig.ready()`. A field without a class fails a test, "get what
is mine" and erasure follow the same list, and the retention task deletes by it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Model, QuerySet


class Audience(StrEnum):
    """Who may see a field (beside the one whose it is)."""

    NOBODY = "nobody else"
    PARTIES = "the two people of a match"
    AGREED = "only whom the owner agreed to show it to"
    STAFF = "coordinators or administrators, as their task needs"
    SIGNED_IN = "anyone choosing a supporter"
    PUBLIC = "anyone"
    MACHINE = "the programme only"


@dataclass(frozen=True)
class DataClass:
    """What is declared about one model.

    `owner` names whose data it is ("person", "supporter", "user", "organization", "nobody").
    `keep` says in words how long; `expired` gives the rows whose time is over.
    `mail` lists the fields that may appear in a mail.
    """

    model: type[Model]
    owner: str
    fields: Mapping[str, Audience]
    keep: Any
    expired: "Callable[[datetime], QuerySet[Any]] | None" = None
    mail: frozenset[str] = field(default_factory=frozenset)


_records: dict[type[Model], DataClass] = {}


def declare(*records: DataClass) -> None:
    """Declare what an app keeps."""
    for item in records:
        _records[item.model] = item


def declared() -> dict[type[Model], DataClass]:
    """Return every declaration by model."""
    return dict(_records)


def fields(**by_class: str) -> dict[str, Audience]:
    """Turn `parties="name phone"` into {"name": Seen.PARTIES, "phone": Seen.PARTIES}."""
    return {name: Audience[seen.upper()] for seen, names in by_class.items() for name in names.split()}
