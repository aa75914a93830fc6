"""The life of a vacancy: prepared with the questions of G22 answered, opened with its bar frozen, closed, done."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hiring.models import (
    Application,
    ApplicationState,
    Criterion,
    HistoryLine,
    InterviewQuestion,
    JobVersion,
    PanelMember,
    Slot,
    Vacancy,
    VacancyState,
)
from hiring.workflows.jobs import need_coordinator, refuse_forbidden
from peersupport.accounts.models import Role, RoleGrant, User
from peersupport.audit.recording import record
from peersupport.notifications import outbox
from peersupport.web.when import utc_of
from peersupport.workflow.state_machine import NotAllowed, NotPossible, StateMachine, lock, transition

S = VacancyState
CRITERIA_AT_MOST = 12


def _part(by: Any, vacancy: Vacancy) -> str | None:
    if by is None:
        return "system"
    return "coordinator" if vacancy.run_by_id == by.pk and by.holds(Role.COORDINATOR) else None


def today(vacancy: Vacancy) -> date:
    """Return what day it is where the vacancy is: its dates turn over there, whoever looks."""
    return timezone.localdate(timezone=ZoneInfo(vacancy.time_zone or "UTC"))


def tell(application: Application) -> None:
    """There is news for a candidate: by mail, or by telephone where there is no address. The caller holds its lock."""
    application.told_at = timezone.now()
    if not application.email:
        application.to_ring_since = application.told_at
    application.save(update_fields=["told_at", "to_ring_since"])
    outbox.write("application.news", application, to=None, key=application.pk)


def count(vacancy: Vacancy, language: str, *, started: bool = False) -> None:
    """Count somebody who applied, or who starts: counts stay when applications are erased. The caller holds the vacancy."""
    fresh = Vacancy.objects.get(pk=vacancy.pk)
    there = fresh.counted_languages.setdefault(language or "–", [0, 0])
    there[int(started)] += 1
    fresh.counted_applied += not started
    fresh.counted_hired += started
    fresh.save(update_fields=["counted_languages", "counted_applied", "counted_hired"])


LIFECYCLE = StateMachine(
    "vacancy",
    [
        transition("prepare", [S.DRAFT], None, "coordinator"),
        transition("open", [S.DRAFT], S.OPEN, "coordinator"),
        transition("extend", [S.OPEN, S.CLOSED], S.OPEN, "coordinator"),
        transition("close", [S.OPEN], S.CLOSED, "coordinator", "system"),
        transition("cancel", [S.DRAFT, S.OPEN, S.CLOSED], S.CANCELLED, "coordinator"),
        transition("finish", [S.CLOSED], S.DONE, "coordinator"),
    ],
    actor_role=_part,
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
    with LIFECYCLE.transition("prepare", vacancy, by=by) as fresh:
        for name, value in values.items():
            setattr(fresh, name, value)
        if wall:
            fresh.wall_close, fresh.time_zone, fresh.closes_at = wall.replace(tzinfo=UTC), zone, utc_of(wall, zone)
    return fresh  # type: ignore[no-any-return]


def choose_questions(vacancy: Vacancy, chosen: Sequence[tuple[InterviewQuestion, int]], *, by: User) -> None:
    """Choose what every candidate is asked, and the weight of each. Raises NotPossible once it is open."""
    if not 1 <= len(chosen) <= CRITERIA_AT_MOST:
        raise NotPossible(_("Choose one to twelve questions."))
    for question, _weight in chosen:
        refuse_forbidden(question.words)
    with LIFECYCLE.transition("prepare", vacancy, by=by) as fresh:
        fresh.criteria.all().delete()
        Criterion.objects.bulk_create(
            Criterion(
                vacancy=fresh,
                question=question,
                order=order,
                words=question.words,
                anchors=question.anchors,
                competence=question.competence,
                weight=weight,
            )
            for order, (question, weight) in enumerate(chosen, start=1)
        )


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
    elif vacancy.score_by is not None and vacancy.wall_close and vacancy.score_by <= vacancy.wall_close.date():
        found.append(_("Give the panel days: its scores are due after applications close."))
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
    with LIFECYCLE.transition("open", vacancy, by=by) as fresh:
        still = missing(fresh)
        if still:
            raise NotPossible(still[0])
        fresh.opened_at = timezone.now()
        note(fresh, "open", by=by)
    return fresh  # type: ignore[no-any-return]


def extend(vacancy: Vacancy, *, by: User, wall_close: datetime, time_zone: str) -> Vacancy:
    """Take applications for longer, or again, as long as nobody was invited and no scores are open. Raises NotPossible.

    What it asks for is what whoever runs it sees anyway: it must not tell whether somebody has scored. The panel's last
    day moves along.
    """
    closes_at = utc_of(wall_close, time_zone)
    if closes_at <= timezone.now():
        raise NotPossible(_("Choose a time that is to come."))
    with LIFECYCLE.transition("extend", vacancy, by=by) as fresh:
        further = fresh.applications.exclude(state__in=[ApplicationState.DRAFT, ApplicationState.SENT])
        if further.exists() or fresh.applications.filter(was_shown=True).exists():
            raise NotPossible(_("Somebody is invited, or scores are open already. A new vacancy is fairer."))
        if fresh.score_by is not None and fresh.wall_close is not None:
            fresh.score_by += max(wall_close.date() - fresh.wall_close.date(), timedelta())
        again = fresh.state == S.CLOSED
        fresh.wall_close, fresh.time_zone, fresh.closes_at = wall_close.replace(tzinfo=UTC), time_zone, closes_at
        note(fresh, "extend", by=by)
        for member in fresh.panel.at_work().select_related("user") if again else ():
            outbox.write("panel.again", fresh, to=member.user)
    return fresh  # type: ignore[no-any-return]


def close(vacancy: Vacancy, *, by: User | None) -> Vacancy:
    """No more applications: the panel begins. Drafts stay with their writers, who are told."""
    with LIFECYCLE.transition("close", vacancy, by=by) as fresh:
        fresh.closes_at = min(fresh.closes_at, timezone.now())
        note(fresh, "close", by=by)
        for draft in fresh.applications.filter(state=ApplicationState.DRAFT).exclude(email=""):
            outbox.write("application.news", draft, to=None, key=draft.pk)
        for member in fresh.panel.at_work().select_related("user"):
            outbox.write("panel.begin", fresh, to=member.user)
    return fresh  # type: ignore[no-any-return]


def cancel(vacancy: Vacancy, *, by: User, kind_words: str, reason: str = "") -> Vacancy:
    """Cancel it, with kind words to everybody who waits. Raises NotPossible without words, and while an offer is open."""
    if not kind_words.strip():
        raise NotPossible(_("Write a few kind words."))
    with LIFECYCLE.transition("cancel", vacancy, by=by) as fresh:
        if fresh.applications.filter(state=ApplicationState.OFFERED).exists():
            raise NotPossible(_("A post is offered to somebody. Wait for their answer first."))
        fresh.kind_words = kind_words
        _over(fresh)
        note(fresh, "cancel", by=by, reason=reason)
        waiting = [ApplicationState.SENT, ApplicationState.INVITED, ApplicationState.RESERVE]
        for one in fresh.applications.filter(state__in=waiting):
            tell(lock(one))
        for draft in fresh.applications.filter(state=ApplicationState.DRAFT).exclude(email=""):
            outbox.write("application.news", draft, to=None, key=draft.pk)
    return fresh  # type: ignore[no-any-return]


def finish(vacancy: Vacancy, *, by: User) -> Vacancy:
    """Everybody has an answer: the panel's work is over, and its members see nothing of it any more."""
    with LIFECYCLE.transition("finish", vacancy, by=by) as fresh:
        waits = Q(state__in=["sent", "invited", "offered"]) | Q(state="reserve", decision__outcome="appoint")
        if fresh.applications.filter(waits).exists():
            raise NotPossible(_("Somebody still waits for an answer."))
        _over(fresh)
        note(fresh, "finish", by=by)
    return fresh  # type: ignore[no-any-return]


def _over(vacancy: Vacancy) -> None:
    """It ends: no more talks, rooms are free again, and the panel's rights end with it."""
    vacancy.ended_at = timezone.now()
    Slot.objects.filter(vacancy=vacancy, starts_at__gt=timezone.now()).delete()
    for member in vacancy.panel.at_work().exclude(user=None).select_related("user"):
        end_rights(member.user, besides=vacancy)


def end_rights(user: User, *, besides: Vacancy | None) -> None:
    """Somebody's part in a panel ends; without another one they are no panel member any more."""
    others = PanelMember.objects.at_work().filter(user=user, vacancy__ended_at=None)
    if not (others.exclude(vacancy=besides) if besides else others).exists():
        RoleGrant.objects.filter(user=user, role=Role.PANEL_MEMBER).delete()
        user.__dict__.pop("roles", None)


@transaction.atomic
def take_over(vacancy: Vacancy, *, by: User) -> Vacancy:
    """A coordinator takes over a vacancy that nobody runs any more. Raises NotAllowed, NotPossible."""
    need_coordinator(by)
    held: Vacancy = lock(vacancy)
    if held.run_by is not None and held.run_by.is_active and held.run_by.holds(Role.COORDINATOR):
        raise NotPossible(_("Somebody runs it. Ask them to hand it over."))
    return _run_by(held, by, by=by)


@transaction.atomic
def hand_over(vacancy: Vacancy, to: User, *, by: User) -> Vacancy:
    """Hand a vacancy over to another coordinator, who is told. Raises NotAllowed, NotPossible."""
    held: Vacancy = lock(vacancy)
    if _part(by, held) != "coordinator" or not to.holds(Role.COORDINATOR):
        raise NotAllowed("vacancy.hand_over")
    outbox.write("vacancy.yours", held, to=to)
    return _run_by(held, to, by=by)


def _run_by(vacancy: Vacancy, to: User, *, by: User) -> Vacancy:
    if PanelMember.objects.at_work().filter(vacancy=vacancy, user=to).exists():
        raise NotPossible(_("They sit on its panel. Whoever runs a vacancy does not score."))
    if PanelMember.objects.filter(vacancy=vacancy, user=to, scorecards__submitted_at__isnull=False).exists():
        raise NotPossible(_("They have scored in it. Whoever runs a vacancy does not score."))
    vacancy.run_by = to
    vacancy.save(update_fields=["run_by"])
    record("vacancy.hand_over", vacancy, by=by, role="coordinator", subjects=[to.pseudonym])
    note(vacancy, "hand_over", by=by)
    return vacancy


@transaction.atomic
def add_post(vacancy: Vacancy, *, by: User) -> Vacancy:
    """Another post is free: somebody on the reserve list can have it. Raises NotAllowed, NotPossible."""
    held: Vacancy = lock(vacancy)
    if _part(by, held) != "coordinator":
        raise NotAllowed("vacancy.add_post")
    if held.state not in {S.CLOSED, S.DONE} or held.posts >= 100:
        raise NotPossible
    held.posts += 1
    held.save(update_fields=["posts"])
    record("vacancy.add_post", held, by=by, role="coordinator", subjects=[None])
    note(held, "posts.add", by=by)
    return held


def close_what_is_over(now: datetime) -> int:
    """Close vacancies whose time to apply is over; return how many."""
    over = list(Vacancy.objects.due_to_close(now)[:100])
    for vacancy in over:
        close(vacancy, by=None)
    return len(over)
