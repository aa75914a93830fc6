"""Verbs of the catalogue: load our default once, save what an administrator edits. Nothing is deleted."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from peersupport.accounts.models import Role, User
from peersupport.audit.recording import record
from peersupport.web.translated import in_every_language
from peersupport.workflow.state_machine import NotAllowed
from supporters.default_catalogue import CATALOGUE
from supporters.models import Boundary, Dimension, DimensionKind, Option


@transaction.atomic
def load_default() -> int:
    """Load the default catalogue where there is none; return how many dimensions were added."""
    if Dimension.objects.exists():
        return 0
    for order, topic in enumerate(CATALOGUE, start=1):
        dimension = Dimension.objects.create(
            key=topic.key,
            kind=topic.kind,
            names=in_every_language(topic.name),
            helps=in_every_language(topic.help),
            one_answer=topic.one_answer,
            order=order * 10,
        )
        Option.objects.bulk_create(
            Option(dimension=dimension, key=key, names=in_every_language(name), order=place * 10)
            for place, (key, name) in enumerate(topic.options, start=1)
        )
    return len(CATALOGUE)


@transaction.atomic
def save_dimension(found: Dimension | None, data: dict[str, Any], *, by: User) -> Dimension:
    """Add or change a dimension. Raises NotAllowed."""
    _need_administrator(by)
    dimension = found or Dimension(key=_free_key(Dimension.objects.all(), data["name_en"]))
    dimension.names, dimension.helps = _words("name", data), _words("help", data)
    for name in ("kind", "one_answer", "order", "active"):
        setattr(dimension, name, data[name])
    dimension.save()
    if dimension.kind != DimensionKind.TOPIC:  # a limit is never who somebody is
        Boundary.objects.filter(option__dimension=dimension).delete()
    record("catalogue.change", dimension, by=by, role=Role.ADMINISTRATOR, subjects=[None])
    return dimension


@transaction.atomic
def save_option(dimension: Dimension, found: Option | None, data: dict[str, Any], *, by: User) -> Option:
    """Add or change an option. Raises NotAllowed."""
    _need_administrator(by)
    option = found or Option(dimension=dimension, key=_free_key(dimension.options.all(), data["name_en"]))
    option.names, option.order, option.active = _words("name", data), data["order"], data["active"]
    option.save()
    record("catalogue.change", option, by=by, role=Role.ADMINISTRATOR, subjects=[None])
    return option


def _need_administrator(by: User) -> None:
    if not by.holds(Role.ADMINISTRATOR):
        raise NotAllowed("catalogue")


def _words(prefix: str, data: dict[str, Any]) -> dict[str, str]:
    words = {code: data.get(f"{prefix}_{code}", "") for code, _own in settings.LANGUAGES}
    return {code: text for code, text in words.items() if text}


def _free_key(taken: Any, name: str) -> str:
    base = slugify(name)[:50] or "topic"
    keys = set(taken.values_list("key", flat=True))
    return next(key for key in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if key not in keys)
