"""The life of a leave (G24): asked for without a reason, agreed, begun on its day, over. Nobody is penalized.

Nobody is kept waiting: a leave that nobody answered begins on its first day all the same, and one that is needed at
once begins at once.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import Role, User
from peersupport.audit.recording import record
from peersupport.notifications import outbox
from peersupport.workflow.state_machine import NotAllowed, NotPossible, StateMachine, lock, transition
from supporters import workflows as supporters
from supporters.models import Status, Supporter
from supporters.staffing.models import Leave, LeaveState

S = LeaveState
AHEAD = [S.ASKED, S.AGREED]

OnLeave = Callable[[Leave], None]
_known: list[OnLeave] = []
_over: list[OnLeave] = []


def on_known(action: OnLeave) -> None:
    """Register what happens for the people supported once a leave is agreed or begins (inside the transaction)."""
    _known.append(action)


def on_over(action: OnLeave) -> None:
    """Register what ends with a leave, however it ends (inside the transaction)."""
    _over.append(action)


def _part(by: Any, leave: Leave) -> str | None:
    if by is None:
        return "system"
    if leave.supporter.user_id == by.pk:
        return "supporter"
    return "coordinator" if by.holds(Role.COORDINATOR) else None


def _subjects(leave: Leave) -> list[Any]:
    return supporters.subjects(leave.supporter)


LIFECYCLE = StateMachine(
    "leave",
    [
        transition("agree", [S.ASKED], S.AGREED, "coordinator"),
        transition("talk", [S.ASKED], None, "coordinator"),
        transition("move", [S.ASKED, S.AGREED, S.RUNNING], [S.ASKED, S.AGREED, S.RUNNING], "supporter"),
        transition("call_off", AHEAD, S.CALLED_OFF, "supporter"),
        transition("begin", AHEAD, S.RUNNING, "system", "supporter"),
        transition("finish", [S.RUNNING], S.OVER, "system", "supporter"),
        transition("set_aside", [S.ASKED, S.AGREED, S.RUNNING], S.OVER, "system"),
    ],
    actor_role=_part,
    subjects=_subjects,
)


@transaction.atomic
def ask(supporter: Supporter, *, starts_on: date, ends_on: date | None, by: User) -> Leave:
    """Ask for leave. One that starts today begins at once, and coordinators are told.

    Raises NotAllowed, and NotPossible for days that can't be, or while there is a leave already.
    """
    held: Supporter = lock(supporter)
    if held.user_id != by.pk:
        raise NotAllowed("leave.ask")
    if held.state not in {Status.ACTIVE, Status.TRAINING}:
        raise NotPossible
    _check(starts_on, ends_on)
    if starts_on < timezone.localdate():
        raise NotPossible(_("Choose a day from today on."))
    try:
        with transaction.atomic():
            leave = Leave.objects.create(supporter=held, starts_on=starts_on, ends_on=ends_on)
    except IntegrityError:
        raise NotPossible(_("There is a leave already. Change its days instead.")) from None
    record("leave.ask", leave, by=by, role="supporter", subjects=_subjects(leave))
    _tell_coordinators(leave, by)
    return begin(leave, by=by) if starts_on == timezone.localdate() else leave


def _check(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise NotPossible(_("The last day can't be before the first."))


def _tell_coordinators(leave: Leave, by: User) -> None:
    for user in User.objects.filter(is_active=True, role_grants__role=Role.COORDINATOR).exclude(pk=by.pk):
        outbox.write("leave.asked", leave, to=user)


def agree(leave: Leave, *, by: User) -> Leave:
    """A coordinator agrees; the supporter is told, and the people they support are offered a choice."""
    with LIFECYCLE.transition("agree", leave, by=by) as fresh:
        fresh.agreed_by, fresh.talk_wanted = by, False
        outbox.write("leave.news", fresh, to=fresh.supporter.user)
        _offer(fresh)
    return fresh  # type: ignore[no-any-return]


def talk(leave: Leave, *, by: User) -> Leave:
    """A coordinator would like to talk about the days first. It begins on its day all the same."""
    with LIFECYCLE.transition("talk", leave, by=by) as fresh:
        fresh.talk_wanted = True
        outbox.write("leave.news", fresh, to=fresh.supporter.user)
    return fresh  # type: ignore[no-any-return]


def move(leave: Leave, *, starts_on: date, ends_on: date | None, by: User) -> Leave:
    """Change the days. Of a leave that has begun, only the last day. What was agreed is asked for anew if it gets longer.

    One that starts today begins at once.
    """
    _check(starts_on, ends_on)
    with LIFECYCLE.transition("move", leave, by=by) as fresh:
        if fresh.state == S.RUNNING:
            if ends_on is not None and ends_on < timezone.localdate():
                raise NotPossible(_("Choose a day from today on, or come back now."))
        elif starts_on < timezone.localdate():
            raise NotPossible(_("Choose a day from today on."))
        else:
            longer = starts_on < fresh.starts_on or (
                fresh.ends_on is not None and (ends_on is None or ends_on > fresh.ends_on)
            )
            if fresh.state == S.AGREED and longer:
                LIFECYCLE.enter(fresh, S.ASKED)
                fresh.agreed_by = None
            fresh.starts_on = starts_on
        fresh.ends_on = ends_on
        fresh.save()
        _tell_coordinators(fresh, by)
        if fresh.state != S.ASKED:
            _offer(fresh)
    if fresh.state != S.RUNNING and fresh.starts_on == timezone.localdate():
        return begin(fresh, by=by)
    return fresh  # type: ignore[no-any-return]


def call_off(leave: Leave, *, by: User) -> Leave:
    """The supporter stays after all."""
    with LIFECYCLE.transition("call_off", leave, by=by) as fresh:
        _tell_coordinators(fresh, by)
        if fresh.state == S.AGREED:
            _offer(fresh)
        _is_over(fresh)
    return fresh  # type: ignore[no-any-return]


def begin(leave: Leave, *, by: User | None) -> Leave:
    """The first day has come: nobody new is sent, and the people supported are offered a choice."""
    with LIFECYCLE.transition("begin", leave, by=by, first=[leave.supporter]) as fresh:
        fresh.starts_on = min(fresh.starts_on, timezone.localdate())
        fresh.save()
        supporter = fresh.supporter
        if supporter.state == Status.ACTIVE:
            supporters.change_status(supporter, "go_on_leave", by=by)
        _offer(fresh)
    return fresh  # type: ignore[no-any-return]


def finish(leave: Leave, *, by: User | None) -> Leave:
    """The last day is over, or its owner comes back earlier. Stand-ins end, kindly."""
    with LIFECYCLE.transition("finish", leave, by=by, first=[leave.supporter]) as fresh:
        fresh.ends_on = min(fresh.ends_on or timezone.localdate(), timezone.localdate())
        fresh.ends_on = max(fresh.ends_on, fresh.starts_on)
        fresh.save()
        if fresh.supporter.state == Status.ON_LEAVE:
            supporters.change_status(fresh.supporter, "come_back", by=by)
        _is_over(fresh)
        if by is None:
            outbox.write("leave.news", fresh, to=fresh.supporter.user)
    return fresh  # type: ignore[no-any-return]


def _offer(leave: Leave) -> None:
    for action in _known:
        action(leave)


def _is_over(leave: Leave) -> None:
    for action in _over:
        action(leave)


def live_of(supporter: Supporter) -> Leave | None:
    """Return the leave that is asked for, agreed or running, if there is one."""
    found: Leave | None = Leave.objects.live().filter(supporter=supporter).first()
    return found


def on_their_day(day: date) -> int:
    """Begin leaves whose first day has come, and end those whose last day is over; return how many."""
    begun, over = list(Leave.objects.to_begin(day)[:200]), list(Leave.objects.to_end(day)[:200])
    for leave in begun:
        _try(begin, leave)
    for leave in over:
        _try(finish, leave)
    return len(begun) + len(over)


def _try(verb: Callable[..., Leave], leave: Leave) -> None:
    """Its owner may have been faster."""
    with suppress(NotPossible):
        verb(leave, by=None)


def end_of(supporter: Supporter) -> None:
    """Somebody is no supporter any more: a leave of theirs is over."""
    for leave in Leave.objects.live().filter(supporter=supporter):
        with LIFECYCLE.transition("set_aside", leave, by=None) as fresh:
            fresh.ends_on = max(fresh.starts_on, timezone.localdate())
            _is_over(fresh)
