"""The one suppressor of small cells: every count about people passes through it before it is shown."""

from collections.abc import Mapping
from typing import TypeVar

Key = TypeVar("Key")


def suppressed(counts: Mapping[Key, int], threshold: int) -> dict[Key, int | None]:
    """Return the counts with every one from 1 to `threshold - 1` hidden (None).

    No totals are given beside them, so that a hidden cell can't be worked out from the others.
    """
    return {key: None if 0 < count < threshold else count for key, count in counts.items()}
