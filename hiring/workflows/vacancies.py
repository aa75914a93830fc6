"""The life of a vacancy: prepared with the questions of G22 answered, opened with its bar frozen, closed, done."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hiring.models import Criterion, HistoryLine, JobVersion, PanelMember, Question, Vacancy, VacancyState
from hiring.workflows.jobs import need_coordinator, refuse_forbidden
from peersupport.accounts.models import User
from peersupport.audit.lifecycle import Lifecycle, NotPossible, transition
from peersupport.reminders import outbox
from peersupport.ui.when import utc_of

S = VacancyState
CRITERIA_AT_MOST = 12


def _part(by: Any, vacancy: Vacancy) -> str | None:
    if by is None:
        return "system"
    return "coordinator" if vacancy.run_by_id == by.pk else None


LIFECYCLE = Lifecycle(
    "vacancy",
    [
        transition("prepare", [S.DRAFT], None, "coordinator"),
        transition("open", [S.DRAFT], S.OPEN, "coordinator"),
        transition("extend", [S.OPEN, S.CLOSED], S.OPEN, "coordinator"),
        transition("close", [S.OPEN], S.CLOSED, "coordinator", "system"),
        transition("cancel", [S.DRAFT, S.OPEN, S.CLOSED], S.CANCELLED, "coordinator"),
        transition("finish", [S.CLOSED], S.DONE, "coordinator"),
    ],
    part=_part,
    subjects=lambda vacancy: [None],
)


def note(vacancy: Vacancy, what: str, *, by: Any, number: int | None = None, reason: str = "") -> None:
    """Add a line to the history of a vacancy: numbers, pseudonyms and reasons, no candidate's text."""
    HistoryLine.objects.create(
        vacancy=vacancy, what=what, number=number, actor=by.pseudonym if by else None, reason=reason
    )


@transaction.atomic
def begin(version: JobVersion, *, by: User) -> Vacancy:
    """Begin a vacancy from a version of a job description. Raises NotAllowed."""
    need_coordinator(by)
    vacancy = Vacancy.objects.create(version=version, run_by=by)
    note(vacancy, "begin", by=by)
    return vacancy


def prepare(vacancy: Vacancy, *, by: User, **values: Any) -> Vacancy:
    """Answer what has to be answered before it opens. Raises NotAllowed, and NotPossible once it is open."""
    wall, zone = values.pop("wall_close", None), values.pop("time_zone", "")
    with LIFECYCLE.step("prepare", vacancy, by=by) as fresh:
        for name, value in values.items():
            setattr(fresh, name, value)
        if wall:
            fresh.wall_close, fresh.time_zone, fresh.closes_at = wall.replace(tzinfo=UTC), zone, utc_of(wall, zone)
    return fresh  # type: ignore[no-any-return]


def choose_questions(vacancy: Vacancy, chosen: Sequence[tuple[Question, int]], *, by: User) -> None:
    """Choose what every candidate is asked, and the weight of each. Raises NotPossible once it is open."""
    if not 1 <= len(chosen) <= CRITERIA_AT_MOST:
        raise NotPossible(_("Choose one to twelve questions."))
    for question, _weight in chosen:
        refuse_forbidden(question.words)
    with LIFECYCLE.step("prepare", vacancy, by=by) as fresh:
        fresh.criteria.all().delete()
        Criterion.objects.bulk_create(
            Criterion(vacancy=fresh, question=question, order=order, words=question.words, anchors=question.anchors,
                      competence=question.competence, weight=weight)
            for order, (question, weight) in enumerate(chosen, start=1)
        )  # fmt: skip


def missing(vacancy: Vacancy) -> list[Any]:
    """Return what is still missing before it may open, in plain words."""
    found = []
    if vacancy.paid is None:
        found.append(_("Say whether it is paid."))
    if vacancy.paid and not (vacancy.rate and vacancy.beside):
        found.append(_("Write the rate, and the rate of comparable staff roles beside it."))
    if not vacancy.benefits:
        found.append(_("Work out what it means for somebody's benefits."))
    if not vacancy.imbalance:
        found.append(_("Say how paid beside unpaid is talked about."))
    if vacancy.closes_at is None or vacancy.closes_at <= timezone.now():
        found.append(_("Say when applications close."))
    if not vacancy.criteria.exists():
        found.append(_("Choose the questions and their weights."))
    if not peers(vacancy):
        found.append(_("At least one peer has to be on the panel."))
    return found


def peers(vacancy: Vacancy) -> list[PanelMember]:
    """Return the peers on the panel, by their own statement."""
    return list(vacancy.panel.at_work().filter(is_peer=True))


def open_it(vacancy: Vacancy, *, by: User) -> Vacancy:
    """Open it: bar, weights and questions are frozen from now on. Raises NotPossible while something is missing."""
    with LIFECYCLE.step("open", vacancy, by=by) as fresh:
        still = missing(fresh)
        if still:
            raise NotPossible(still[0])
        fresh.opened_at = timezone.now()
        note(fresh, "open", by=by)
    return fresh  # type: ignore[no-any-return]


def extend(vacancy: Vacancy, *, by: User, wall_close: datetime, time_zone: str) -> Vacancy:
    """Take applications for longer, or again, as long as nobody has been scored. Raises NotPossible."""
    closes_at = utc_of(wall_close, time_zone)
    if closes_at <= timezone.now():
        raise NotPossible(_("Choose a time that is to come."))
    with LIFECYCLE.step("extend", vacancy, by=by) as fresh:
        if fresh.applications.filter(scorecards__submitted_at__isnull=False).exists():
            raise NotPossible(_("Scores are in already. A new vacancy is fairer."))
        fresh.wall_close, fresh.time_zone, fresh.closes_at = wall_close.replace(tzinfo=UTC), time_zone, closes_at
        note(fresh, "extend", by=by)
    return fresh  # type: ignore[no-any-return]


def close(vacancy: Vacancy, *, by: User | None) -> Vacancy:
    """No more applications: the panel begins. Drafts stay with their writers, who are told."""
    with LIFECYCLE.step("close", vacancy, by=by) as fresh:
        note(fresh, "close", by=by)
        for member in fresh.panel.at_work().select_related("user"):
            outbox.write("panel.begin", fresh, to=member.user)
    return fresh  # type: ignore[no-any-return]


def cancel(vacancy: Vacancy, *, by: User, kind_words: str, reason: str = "") -> Vacancy:
    """Cancel it, with kind words to everybody who applied."""
    with LIFECYCLE.step("cancel", vacancy, by=by) as fresh:
        fresh.kind_words = kind_words
        note(fresh, "cancel", by=by, reason=reason)
        for one in fresh.applications.sent():
            outbox.write("application.news", one, to=None, key=one.pk)
    return fresh  # type: ignore[no-any-return]


def finish(vacancy: Vacancy, *, by: User) -> Vacancy:
    """Everybody has an answer: the panel's work is over, and its members see nothing of it any more."""
    with LIFECYCLE.step("finish", vacancy, by=by) as fresh:
        if fresh.applications.filter(state__in=["sent", "invited", "offered"]).exists():
            raise NotPossible(_("Somebody still waits for an answer."))
        note(fresh, "finish", by=by)
    return fresh  # type: ignore[no-any-return]


def close_what_is_over(now: datetime) -> int:
    """Close vacancies whose time to apply is over; return how many."""
    over = list(Vacancy.objects.due_to_close(now)[:100])
    for vacancy in over:
        close(vacancy, by=None)
    return len(over)
