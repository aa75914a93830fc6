"""Writing job descriptions and keeping versions; the bank of questions, each checked before it is kept (G16)."""

import json
from difflib import ndiff
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from hiring import asking
from hiring.models import InterviewQuestion, JobDescription, JobPart, JobVersion
from peersupport.accounts.models import Role, User
from peersupport.audit.recording import record
from peersupport.workflow.state_machine import NotAllowed, NotPossible, lock

DEFAULTS = Path(__file__).parent.parent / "defaults"
DUTIES_AT_MOST = 30


def need_coordinator(by: User) -> None:
    """Raise NotAllowed for anybody but a coordinator."""
    if not by.holds(Role.COORDINATOR):
        raise NotAllowed("hiring")


@lru_cache
def template() -> dict[str, Any]:
    """Return our own template of a job description: parts and duties in every language, and what to say where we can't know."""
    found: dict[str, Any] = json.loads((DEFAULTS / "job.json").read_text())
    return found


@transaction.atomic
def begin(*, by: User) -> JobDescription:
    """Begin a description from our template. Raises NotAllowed."""
    need_coordinator(by)
    parts = template()["parts"]
    words = {
        code: {part: texts[code] for part, texts in parts.items() if code in texts} for code, _n in settings.LANGUAGES
    }
    job = JobDescription.objects.create(words=words, duties=template()["duties"])
    record("job.begin", job, by=by, role="coordinator", subjects=[None])
    return job


@transaction.atomic
def write(
    job: JobDescription, language: str, parts: dict[str, str], duties: list[tuple[str, str]], *, by: User
) -> JobDescription:
    """Write the parts and duties of one language; a duty keeps its words in the other languages. Raises NotAllowed, NotPossible."""
    need_coordinator(by)
    if len(duties) > DUTIES_AT_MOST:
        raise NotPossible(_("That is too much for one job. Leave something out."))
    held: JobDescription = lock(job)
    held.words = held.words | {language: {part: parts[part] for part in JobPart.values if parts.get(part)}}
    kept = []
    for place, (competence, words) in enumerate(duties):
        before = held.duties[place]["words"] if place < len(held.duties) else {}
        said = {code: text for code, text in (before | {language: words}).items() if text}
        if said:
            kept.append({"competence": competence, "words": said})
    held.duties = kept
    held.save()
    record("job.write", held, by=by, role="coordinator", subjects=[None])
    return held


@transaction.atomic
def keep_version(job: JobDescription, *, by: User) -> JobVersion:
    """Keep the description as it is now. Raises NotPossible while no language has every part (G15)."""
    need_coordinator(by)
    held: JobDescription = lock(job)
    missing = min(
        ([JobPart(part).label for part in JobPart.values if not words.get(part)] for words in held.words.values()),
        key=len,
    )
    if missing or not held.duties:
        names = ", ".join(str(one) for one in missing) or str(_("Duties"))
        raise NotPossible(_("Still missing: %(names)s") % {"names": names})
    last = held.versions.first()
    if last and (last.words, last.duties) == (held.words, held.duties):
        raise NotPossible(_("Nothing has changed since the last version."))
    version = JobVersion.objects.create(
        job=held, number=(last.number if last else 0) + 1, words=held.words, duties=held.duties, made_by=by
    )
    record("job.version", version, by=by, role="coordinator", subjects=[None])
    return version


def differences(old: JobVersion | None, new: JobVersion, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what differs between two versions in one language: part by part, ("+" or "-" or " ", line)."""
    labels = dict(JobPart.choices)
    found = []
    for part in [*JobPart.values, "duties"]:
        before, after = (_lines(one, part, language) for one in (old, new))
        if before != after:
            lines = [(line[0], line[2:]) for line in ndiff(before, after) if line[0] in "+- "]
            found.append((str(labels.get(part, _("Duties"))), lines))
    return found


def _lines(version: JobVersion | None, part: str, language: str) -> list[str]:
    if version is None:
        return []
    if part == "duties":
        return [duty["words"].get(language, "") for duty in version.duties if duty["words"].get(language)]
    return [line for line in version.words.get(language, {}).get(part, "").splitlines() if line.strip()]


@lru_cache
def bank() -> dict[str, Any]:
    """Return our own bank: questions, and four levels in words for each theme."""
    found: dict[str, Any] = json.loads((DEFAULTS / "bank.json").read_text())
    return found


@transaction.atomic
def load_bank() -> int:
    """Load our questions that are not there yet; return how many."""
    there = set(InterviewQuestion.objects.values_list("key", flat=True))
    rows = [row for row in bank()["questions"] if row["key"] not in there]
    InterviewQuestion.objects.bulk_create(
        InterviewQuestion(
            key=row["key"],
            theme=row["theme"],
            value=row["value"],
            competence=row["competence"],
            words=row["words"],
            anchors=bank()["anchors"][row["theme"]],
        )
        for row in rows
    )
    return len(rows)


@transaction.atomic
def save_question(found: InterviewQuestion | None, data: dict[str, Any], *, by: User) -> InterviewQuestion:
    """Add or change a question. One that asks about health history is refused, with the reason and another wording (G16).

    Raises NotAllowed, NotPossible.
    """
    need_coordinator(by)
    refuse_forbidden(data["words"])
    question = found or InterviewQuestion(key=_free_key(data["words"]))
    for name in ("theme", "value", "competence", "words", "anchors", "active"):
        setattr(question, name, data[name])
    question.save()
    record("question.save", question, by=by, role="coordinator", subjects=[None])
    return question


def refuse_forbidden(words: dict[str, str]) -> None:
    """Raise NotPossible for a question that may not be asked, in any language, with why and what could be asked."""
    for language, text in words.items():
        found = asking.look(text, language)
        if found:
            raise NotPossible(f"{found[0].why} {found[0].instead}")


def _free_key(words: dict[str, str]) -> str:
    base = slugify(next(iter(words.values()), ""))[:30] or "question"
    taken = set(InterviewQuestion.objects.values_list("key", flat=True))
    return next(key for key in [base, *(f"{base}-{number}" for number in range(2, 10_000))] if key not in taken)
