"""Entries of the main menu. Each app registers its own in `AppConfig.ready()`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True)
class MenuEntry:
    """A place in the menu: `visible` is asked with the request on every page, so it must be cheap."""

    label: Any
    url_name: str
    visible: Callable[[HttpRequest], bool]
    order: int = 50
    count: Callable[[HttpRequest], int] | None = None


@dataclass(frozen=True)
class Shown:
    label: Any
    url: str
    current: bool
    count: int | None


_entries: list[MenuEntry] = []


def register(*entries: MenuEntry) -> None:
    """Add entries to the menu."""
    _entries.extend(entries)
    _entries.sort(key=lambda entry: entry.order)


def for_request(request: HttpRequest) -> list[Shown]:
    """Return the entries this visitor sees, in order."""
    return [_shown(entry, request) for entry in _entries if entry.visible(request)]


def _shown(entry: MenuEntry, request: HttpRequest) -> Shown:
    url = reverse(entry.url_name)
    count = entry.count(request) if entry.count else None
    return Shown(entry.label, url, request.path == url, count)
