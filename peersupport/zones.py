"""Rules of time zones: the newer of the machine's and the package's is used.

Python looks at the machine's first, which on a stable Debian may be a year behind the world; then a meeting in
Vancouver would be kept an hour off.
"""

import re
import zoneinfo
from functools import cache
from pathlib import Path

import tzdata

_VERSION = re.compile(r"\d{4}[a-z]+")


def machines_version(folders: tuple[str, ...] | None = None) -> str:
    """Return the version of the machine's zone data ("2025b"), or "" where there is none or it does not say."""
    for folder in zoneinfo.TZPATH if folders is None else folders:
        for name in ("tzdata.zi", "+VERSION", "version"):
            path = Path(folder) / name
            if path.is_file():
                with path.open(errors="replace") as file:
                    found = _VERSION.search(file.readline())
                return found.group() if found else ""
    return ""


def packages_version() -> str:
    """Return the version of the package's zone data."""
    return str(tzdata.IANA_VERSION)


def use_newest() -> str:
    """Use the newer zone data from now on; return its version."""
    machine, package = machines_version(), packages_version()
    if _key(package) > _key(machine):
        zoneinfo.reset_tzpath(to=())
        zoneinfo.ZoneInfo.clear_cache()
        names.cache_clear()
        return package
    return machine


@cache
def names() -> frozenset[str]:
    """Return the names of all time zones. Reading them walks through hundreds of files, so it is done once."""
    return frozenset(zoneinfo.available_timezones())


def _key(version: str) -> tuple[int, int, str]:
    """Order versions as they follow each other: 2025z before 2025za before 2026a."""
    return (int(version[:4]), len(version), version) if version else (0, 0, "")
