"""Verbs of training: say that a course is done, confirm it, plan the programme; who can't be suggested yet, and why."""

import calendar
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import Role, User
from peersupport.audit.recording import record
from peersupport.notifications import outbox
from peersupport.web.translated import in_every_language
from peersupport.workflow.state_machine import NotAllowed, NotPossible, lock
from supporters import workflows as supporters
from supporters.models import Supporter
from supporters.training.models import Completion, Course, CourseKind
from supporters.training.programme import PROGRAMME


@transaction.atomic
def load_default() -> int:
    """Load the default programme where there is none; return how many courses were added."""
    if Course.objects.exists():
        return 0
    Course.objects.bulk_create(
        Course(
            kind=one.kind,
            names=in_every_language(one.name),
            abouts=in_every_language(one.about),
            easy_read=one.easy_read,
            order=place * 10,
        )
        for place, one in enumerate(PROGRAMME, start=1)
    )
    return len(PROGRAMME)


def missing(supporter: Supporter, day: date | None = None) -> list[Course]:
    """Return the required courses that do not hold for a supporter on a day (default: today)."""
    day = day or timezone.localdate()
    required = list(Course.objects.filter(kind=CourseKind.REQUIRED, active=True))
    if not required:
        return []
    done = {
        one.course_id for one in Completion.objects.filter(supporter=supporter, course__in=required) if one.holds(day)
    }
    return [course for course in required if course.pk not in done]


def trained(supporter: Supporter) -> bool:
    """Tell whether training stands in the way of being suggested: only for whoever is new to the role (G20)."""
    return not supporter.training_first or not missing(supporter)


def _subjects(supporter: Supporter) -> Sequence[Any]:
    return supporters.subjects(supporter)


@transaction.atomic
def say_done(supporter: Supporter, course: Course, *, done_on: date, evidence: str, by: User) -> Completion:
    """A supporter says that they did a course; a coordinator says it and confirms it in one.

    Raises NotAllowed, NotPossible.
    """
    held = lock(supporter)
    coordinator = by.holds(Role.COORDINATOR) and held.user_id != by.pk
    if held.user_id != by.pk and not coordinator:
        raise NotAllowed("training.say")
    if not course.active:
        raise NotPossible(_("This course is not in use any more."))
    if done_on > timezone.localdate():
        raise NotPossible(_("Choose a day that is over."))
    try:
        with transaction.atomic():
            found = Completion.objects.create(supporter=held, course=course, done_on=done_on, evidence=evidence)
    except IntegrityError:
        raise NotPossible(_("That is noted already.")) from None
    record("training.say", found, by=by, role="coordinator" if coordinator else "self", subjects=_subjects(held))
    return confirm(found, by=by) if coordinator else found


@transaction.atomic
def confirm(completion: Completion, *, by: User) -> Completion:
    """A coordinator confirms it; nobody confirms their own. Raises NotAllowed, NotPossible."""
    fresh: Completion = lock(completion)
    supporter = fresh.supporter
    if not by.holds(Role.COORDINATOR) or supporter.user_id == by.pk:
        raise NotAllowed("training.confirm")
    if fresh.confirmed_at:
        raise NotPossible
    fresh.confirmed_at, fresh.confirmed_by = timezone.now(), by
    fresh.expires_on = months_after(fresh.done_on, fresh.course.valid_months) if fresh.course.valid_months else None
    fresh.save()
    record("training.confirm", fresh, by=by, role="coordinator", subjects=_subjects(supporter))
    if supporter.user:
        outbox.write("training.news", fresh, to=supporter.user)
    supporters.refresh(supporter)
    return fresh


@transaction.atomic
def take_back(completion: Completion, *, by: User) -> None:
    """Remove what was noted by mistake: one's own while nobody confirmed it, any by a coordinator."""
    fresh: Completion = lock(completion)
    supporter = fresh.supporter
    own = supporter.user_id == by.pk and fresh.confirmed_at is None
    if not own and not (by.holds(Role.COORDINATOR) and supporter.user_id != by.pk):
        raise NotAllowed("training.take_back")
    record("training.take_back", fresh, by=by, role="self" if own else "coordinator", subjects=_subjects(supporter))
    fresh.delete()
    supporters.refresh(supporter)


@transaction.atomic
def training_first(supporter: Supporter, first: bool, *, by: User) -> Supporter:
    """A coordinator says whether somebody is new to the role: then required training comes before the first match."""
    if not by.holds(Role.COORDINATOR):
        raise NotAllowed("training.first")
    held: Supporter = lock(supporter)
    held.training_first = first
    held.save(update_fields=["training_first"])
    record("training.first", held, by=by, role="coordinator", subjects=_subjects(held))
    return supporters.refresh(held)


@transaction.atomic
def save_course(found: Course | None, data: dict[str, Any], *, by: User) -> Course:
    """Add or change a course. Who is new to the role is looked at again. Raises NotAllowed."""
    if not by.holds(Role.ADMINISTRATOR):
        raise NotAllowed("training.course")
    course = found or Course()
    for name in ("kind", "names", "abouts", "easy_read", "valid_months", "order", "active"):
        setattr(course, name, data[name])
    course.save()
    record("training.course", course, by=by, role=Role.ADMINISTRATOR, subjects=[None])
    look_again()
    return course


def look_again() -> int:
    """Look again whether those who are new to the role can be suggested; return at how many."""
    new = list(Supporter.objects.filter(training_first=True).exclude(state="ended"))
    for supporter in new:
        supporters.refresh(supporter)
    return len(new)


def months_after(day: date, months: int) -> date:
    """Return the day so many months later, the last of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))
