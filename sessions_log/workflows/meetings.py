"""The life of a meeting: planned or noted afterwards, moved, took place or not. Never by whose absence."""

from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.models import Match
from matching.parties import part_in_pair, subjects_of_pair
from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.notifications import outbox
from peersupport.web.when import utc_of
from peersupport.workflow.state_machine import NotAllowed, NotPossible, StateMachine, lock, transition
from sessions_log.models import Meeting, MeetingState

S = MeetingState
EITHER = ("person", "supporter")

LIFECYCLE = StateMachine(
    "session",
    [
        transition("move", [S.PLANNED], None, *EITHER),
        transition("took_place", [S.PLANNED, S.NOT_HELD], S.HELD, *EITHER),
        transition("did_not", [S.PLANNED, S.HELD], S.NOT_HELD, *EITHER),
        transition("correct", [S.HELD, S.NOT_HELD], None, *EITHER),
    ],
    actor_role=lambda by, session: part_in_pair(by, session.match),
    subjects=lambda session: subjects_of_pair(session.match),
)


def _tell_other(match: Match, by: User, session: Meeting) -> None:
    if part_in_pair(by, match) == "supporter":
        outbox.write("session.news", session, to=match.request.person, key=match.request.person_key)
    elif match.supporter.user:
        outbox.write("session.news", session, to=match.supporter.user)


@transaction.atomic
def plan(match: Match, *, by: User, wall_time: datetime, time_zone: str, minutes: int, setting: str) -> Meeting:
    """Plan a meeting, or note one that took place already. The other is told. Raises NotAllowed, NotPossible."""
    held = lock(match)
    if part_in_pair(by, held) not in EITHER:
        raise NotAllowed("session.plan")
    if held.state == "ended":
        raise NotPossible(_("You are no longer matched, so no meeting can be planned."))
    starts_at = utc_of(wall_time, time_zone)
    over = starts_at <= timezone.now()
    session = Meeting.objects.create(
        match=held,
        wall_time=wall_time.replace(tzinfo=UTC),
        time_zone=time_zone,
        starts_at=starts_at,
        minutes=minutes,
        setting=setting,
        state=S.HELD if over else S.PLANNED,
    )
    record("session.plan", session, by=by, role=str(part_in_pair(by, held)), subjects=subjects_of_pair(held))
    if not over:
        _tell_other(held, by, session)
    return session


def move(session: Meeting, *, by: User, wall_time: datetime, time_zone: str, minutes: int, setting: str) -> Meeting:
    """Move a planned meeting; the other is told. Raises NotAllowed, NotPossible."""
    return _change("move", session, by=by, wall_time=wall_time, time_zone=time_zone, minutes=minutes, setting=setting)


def correct(session: Meeting, *, by: User, wall_time: datetime, time_zone: str, minutes: int, setting: str) -> Meeting:
    """Put right what was noted about a meeting that is over."""
    return _change(
        "correct", session, by=by, wall_time=wall_time, time_zone=time_zone, minutes=minutes, setting=setting
    )


def _change(
    verb: str, session: Meeting, *, by: User, wall_time: datetime, time_zone: str, minutes: int, setting: str
) -> Meeting:
    with LIFECYCLE.transition(verb, session, by=by) as fresh:
        fresh.wall_time, fresh.time_zone = wall_time.replace(tzinfo=UTC), time_zone
        fresh.starts_at, fresh.minutes, fresh.setting = utc_of(wall_time, time_zone), minutes, setting
        if verb == "move":
            _tell_other(fresh.match, by, fresh)
    return fresh  # type: ignore[no-any-return]


def took_place(session: Meeting, *, by: User) -> Meeting:
    """Note that it took place. Raises NotPossible before it began."""
    if session.starts_at > timezone.now():
        raise NotPossible(_("It has not begun yet."))
    with LIFECYCLE.transition("took_place", session, by=by) as fresh:
        pass
    return fresh  # type: ignore[no-any-return]


def did_not(session: Meeting, *, by: User) -> Meeting:
    """Note that it did not take place. Nobody is asked why, or who."""
    with LIFECYCLE.transition("did_not", session, by=by) as fresh:
        if fresh.starts_at > timezone.now():
            _tell_other(fresh.match, by, fresh)
    return fresh  # type: ignore[no-any-return]


def tell_both(session: Meeting) -> None:
    """The rules of a zone changed, and with them the moment of a meeting: both are told."""
    outbox.write("session.news", session, to=session.match.request.person, key=session.match.request.person_key)
    if session.match.supporter.user:
        outbox.write("session.news", session, to=session.match.supporter.user)
