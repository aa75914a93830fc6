"""The glossary in force: ours, with what the organization changed; and looking at a text by it (G13, G28).

There is no official list of good and bad words. The helper points and explains; it never blocks, rewrites or stores.
"""

import json
import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max
from django.utils.text import slugify

from peersupport.accounts.models import Role, User
from peersupport.audit.recording import record
from peersupport.workflow.state_machine import NotAllowed
from peersupport.writing_helper import learned
from peersupport.writing_helper.models import GlossaryEntry, GlossaryKind
from peersupport.writing_helper.phrases import Phrases, tokens

DEFAULTS = Path(__file__).parent / "defaults"
#: Characters that are looked at, pointers that are shown, and exceptions looked at on each side of a phrase.
LARGEST, AT_MOST, NEAR = 40_000, 200, 40
LEARNED = "en"
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@dataclass(frozen=True)
class Entries:
    """One entry, as the helper uses it."""

    key: str
    kind: str
    phrases: tuple[str, ...]
    exceptions: tuple[str, ...]
    why: str
    instead: tuple[str, ...]
    ours: bool
    active: bool = True

    @property
    def sample(self) -> str:
        """The first phrase as somebody could write it: the first of each choice, without signs."""
        return re.sub(r"\[([^|\]]*)[^\]]*\]", r"\1", self.phrases[0]).replace("*", "")


@dataclass(frozen=True)
class Pointer:
    """Words in a text, why one may look at them again, and how else it could be said."""

    start: int
    end: int
    words: str
    why: str
    instead: tuple[str, ...]
    kind: str
    key: str


@lru_cache
def ours(language: str, kind: str) -> tuple[Entries, ...]:
    """Return our own entries, from the files of this package."""
    rows = json.loads((DEFAULTS / f"{kind}_{language}.json").read_text())
    return tuple(
        Entries(row["key"], kind, tuple(row["phrases"]), tuple(row["except"]), row["why"], tuple(row["instead"]), True)
        for row in rows
    )


@lru_cache
def chart() -> list[dict[str, Any]]:
    """Return the chart of what fits the role and what does not, by topic (G28)."""
    found: list[dict[str, Any]] = json.loads((DEFAULTS / "chart.json").read_text())
    return found


@lru_cache
def topics() -> dict[str, dict[str, Any]]:
    """Return why a topic of duties is outside the role, and what fits instead, for what was learned (English)."""
    found: dict[str, dict[str, Any]] = json.loads((DEFAULTS / "learned_duties_why_en.json").read_text())
    return found


def entries(language: str, kind: str) -> list[Entries]:
    """Return every entry, those left out as well: ours unless the organization has its own of that key."""
    own = {row.key: _of(row) for row in GlossaryEntry.objects.filter(language=language, kind=kind)}
    kept = [own.pop(one.key, one) for one in ours(language, kind)]
    return sorted([*kept, *own.values()], key=lambda one: one.key)


def _of(row: GlossaryEntry) -> Entries:
    return Entries(
        row.key, row.kind, tuple(row.phrases), tuple(row.exceptions), row.why, tuple(row.instead), False, row.active
    )


def look(text: str, language: str, duties: bool = False) -> list[Pointer]:
    """Return what to look at again in a text, in its order; of words that overlap, the longest.

    `duties`: the text is a list of duties. Then English is looked at by what was learned as well: it has no entry of its
    own to find, and would see duties in a note on what somebody did.
    """
    text = text[:LARGEST]
    if language not in LANGUAGES or not text.strip():
        return []
    found = [pointer for kind in GlossaryKind.values for pointer in _book(language, kind, _stamp()).look(text)]
    kept = _Apart()
    for one in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        kept.add(one)
    if duties and language == LEARNED:
        for one in _learned(text, language):
            kept.add(one)
    return kept.pointers[:AT_MOST]


class _Apart:
    """Pointers in their order, none of which touches another."""

    def __init__(self) -> None:
        self.pointers: list[Pointer] = []
        self._starts: list[int] = []

    def add(self, one: Pointer) -> None:
        """Add a pointer unless it touches one that is there: only its two neighbours can."""
        at = bisect_left(self._starts, one.start)
        before = at == 0 or self.pointers[at - 1].end <= one.start
        after = at == len(self.pointers) or self.pointers[at].start >= one.end
        if before and after:
            self.pointers.insert(at, one)
            self._starts.insert(at, one.start)


def _learned(text: str, language: str) -> list[Pointer]:
    """Return the duties that were learned to be outside the role; topics the organization left out are left out."""
    left_out = {
        row.key for row in GlossaryEntry.objects.filter(language=language, kind=GlossaryKind.DUTY, active=False)
    }
    enough = learned.weights("duties").threshold
    return [
        Pointer(
            one.start,
            one.end,
            text[one.start : one.end],
            topics()[one.topic]["why"],
            tuple(topics()[one.topic]["instead"]),
            GlossaryKind.DUTY.value,
            f"learned-{one.topic}",
        )
        for one in learned.weigh_each(text, "duties")
        if one.probability >= enough and f"learned-{one.topic}" not in left_out
    ]


def _stamp() -> str:
    """What changes with any change of the glossary, so that every process knows."""
    return str(GlossaryEntry.objects.aggregate(newest=Max("changed_at"), number=Count("pk")))


@lru_cache(maxsize=2 * 2 * 4)
def _book(language: str, kind: str, stamp: str) -> "_Book":
    return _Book([one for one in entries(language, kind) if one.active], language)


def _touches(stretches: list[tuple[int, int]], first: int, last: int) -> bool:
    """Tell whether one of the stretches, which are in their order, has a word of `first` to `last`."""
    at = bisect_left(stretches, (first, 0))
    near = stretches[max(at - NEAR, 0) : at + NEAR]
    return any(first < end and start < last for start, end in near)


class _Book:
    """The entries of one sort and language, made ready once in each process."""

    def __init__(self, found: list[Entries], language: str) -> None:
        self.entries, self.language = found, language
        pairs = list(enumerate(found))
        self.phrases = Phrases([(phrase, number) for number, one in pairs for phrase in one.phrases], language)
        self.exceptions = Phrases([(phrase, number) for number, one in pairs for phrase in one.exceptions], language)

    def look(self, text: str) -> list[Pointer]:
        words = tokens(text, self.language)
        found = list(self.phrases.find(words))
        if not found:
            return []
        excused: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for owner, start, end in self.exceptions.find(words):
            excused[owner].append((start, end))
        return [
            self._pointer(text, owner, words[first].start, words[last - 1].end)
            for owner, first, last in found
            if not _touches(excused[owner], first, last)
        ]

    def _pointer(self, text: str, owner: int, start: int, end: int) -> Pointer:
        one = self.entries[owner]
        return Pointer(start, end, text[start:end], one.why, one.instead, one.kind, one.key)


@transaction.atomic
def save(language: str, kind: str, key: str, data: dict[str, Any], *, by: User) -> GlossaryEntry:
    """Keep the organization's own wording of an entry, or a new one. Raises NotAllowed."""
    if not by.holds(Role.ADMINISTRATOR):
        raise NotAllowed("glossary")
    key = key or _free_key(language, kind, data["phrases"][0])
    entry, _made = GlossaryEntry.objects.update_or_create(language=language, kind=kind, key=key, defaults=data)
    record("glossary.change", entry, by=by, role="administrator", subjects=[None])
    return entry


@transaction.atomic
def use_ours(language: str, kind: str, key: str, *, by: User) -> None:
    """Take the organization's own wording back: ours is in force again, an entry of their own is gone."""
    if not by.holds(Role.ADMINISTRATOR):
        raise NotAllowed("glossary")
    entry = GlossaryEntry.objects.filter(language=language, kind=kind, key=key).first()
    if entry:
        record("glossary.change", entry, by=by, role="administrator", subjects=[None])
        entry.delete()


def _free_key(language: str, kind: str, phrase: str) -> str:
    base = slugify(phrase)[:60] or "entry"
    taken = {one.key for one in entries(language, kind)}
    return next(key for key in [base, *(f"{base}-{number}" for number in range(2, 10_000))] if key not in taken)
