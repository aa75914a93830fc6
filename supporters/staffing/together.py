"""Peers coming together (G31): gatherings, group supervision, and a peer on duty to talk something over at once."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import Role, User
from peersupport.audit.recording import record
from peersupport.notifications import outbox
from peersupport.web.when import utc_of
from peersupport.workflow.state_machine import NotAllowed, NotPossible, StateMachine, lock, transition
from supporters.staffing.models import Attendance, Duty, Gathering, GatheringKind, GatheringState, TalkAsked

S = GatheringState
#: Nobody is on duty for longer than this at a stretch.
LONGEST_DUTY_HOURS = 24


def _part(by: Any, gathering: Gathering) -> str | None:
    if by is None:
        return "system"
    if gathering.host_id == by.pk:
        return "host"
    if by.holds(Role.COORDINATOR):
        return "coordinator"
    return "peer" if by.holds(Role.SUPPORTER, Role.SUPERVISOR) else None


LIFECYCLE = StateMachine(
    "gathering",
    [
        transition("move", [S.PLANNED], None, "host", "coordinator"),
        transition("call_off", [S.PLANNED], S.CALLED_OFF, "host", "coordinator"),
        transition("come", [S.PLANNED], None, "host", "coordinator", "peer"),
        transition("stay_away", [S.PLANNED], None, "host", "coordinator", "peer"),
    ],
    actor_role=_part,
    subjects=lambda gathering: [gathering.host.pseudonym],
)


def among_peers(user: User) -> bool:
    """Tell whether somebody belongs to those who come together."""
    return user.holds(Role.SUPPORTER, Role.SUPERVISOR, Role.COORDINATOR)


@transaction.atomic
def plan(
    *, by: User, kind: str, topic: str, wall_time: datetime, time_zone: str, minutes: int, where: str
) -> Gathering:
    """Plan a gathering; every supporter is told. Group supervision is led by a supervisor. Raises NotAllowed, NotPossible."""
    if not among_peers(by):
        raise NotAllowed("gathering.plan")
    if kind == GatheringKind.GROUP and not by.holds(Role.SUPERVISOR):
        raise NotPossible(_("Group supervision is led by a supervisor."))
    starts_at = _ahead(wall_time, time_zone)
    found = Gathering.objects.create(
        host=by,
        kind=kind,
        topic=topic,
        wall_time=wall_time.replace(tzinfo=UTC),
        time_zone=time_zone,
        starts_at=starts_at,
        minutes=minutes,
        where=where,
    )
    Attendance.objects.create(gathering=found, user=by)
    record("gathering.plan", found, by=by, role="host", subjects=[by.pseudonym])
    for user in User.objects.filter(is_active=True, role_grants__role=Role.SUPPORTER).exclude(pk=by.pk):
        outbox.write("gathering.new", found, to=user)
    return found


def _ahead(wall_time: datetime, time_zone: str) -> datetime:
    starts_at = utc_of(wall_time, time_zone)
    if starts_at <= timezone.now():
        raise NotPossible(_("Choose a time that is to come."))
    return starts_at


def move(
    gathering: Gathering,
    *,
    by: User,
    kind: str,
    topic: str,
    wall_time: datetime,
    time_zone: str,
    minutes: int,
    where: str,
) -> Gathering:
    """Change when, where or what; whoever comes is told."""
    starts_at = _ahead(wall_time, time_zone)
    if kind == GatheringKind.GROUP and not gathering.host.holds(Role.SUPERVISOR):
        raise NotPossible(_("Group supervision is led by a supervisor."))
    with LIFECYCLE.transition("move", gathering, by=by) as fresh:
        fresh.kind, fresh.topic, fresh.wall_time, fresh.time_zone = (
            kind,
            topic,
            wall_time.replace(tzinfo=UTC),
            time_zone,
        )
        fresh.starts_at, fresh.minutes, fresh.where = starts_at, minutes, where
        _tell_coming(fresh, by)
    return fresh  # type: ignore[no-any-return]


def call_off(gathering: Gathering, *, by: User) -> Gathering:
    """It does not take place; whoever wanted to come is told."""
    with LIFECYCLE.transition("call_off", gathering, by=by) as fresh:
        _tell_coming(fresh, by)
    return fresh  # type: ignore[no-any-return]


def tell_all_coming(gathering: Gathering) -> None:
    """The rules of a zone changed, and with them the moment of a gathering: its host and who comes are told."""
    users = {coming.user for coming in gathering.coming.select_related("user")} | {gathering.host}
    for user in users - {None}:
        outbox.write("gathering.news", gathering, to=user)


def _tell_coming(gathering: Gathering, by: User) -> None:
    for coming in gathering.coming.select_related("user").exclude(user=by):
        outbox.write("gathering.news", gathering, to=coming.user)


def come(gathering: Gathering, *, by: User) -> None:
    """Say that one comes. Saying it twice changes nothing."""
    with LIFECYCLE.transition("come", gathering, by=by) as fresh:
        if fresh.starts_at <= timezone.now():
            raise NotPossible
        Attendance.objects.get_or_create(gathering=fresh, user=by)


def stay_away(gathering: Gathering, *, by: User) -> None:
    """One does not come after all; nobody asks why, and nothing is kept of it."""
    with LIFECYCLE.transition("stay_away", gathering, by=by) as fresh:
        Attendance.objects.filter(gathering=fresh, user=by).delete()


# A peer on duty


@transaction.atomic
def be_on_duty(*, by: User, starts_at: datetime, ends_at: datetime, phone: str) -> Duty:
    """A supporter or supervisor can be reached for a while. Raises NotAllowed, NotPossible."""
    if not by.holds(Role.SUPPORTER, Role.SUPERVISOR):
        raise NotAllowed("duty")
    if ends_at <= max(starts_at, timezone.now()):
        raise NotPossible(_("The end has to be after the beginning, and to come."))
    if (ends_at - starts_at).total_seconds() > LONGEST_DUTY_HOURS * 3600:
        raise NotPossible(_("That is more than a day. Nobody should be on duty for so long."))
    duty = Duty.objects.create(user=by, starts_at=starts_at, ends_at=ends_at, phone=phone)
    record("duty.begin", duty, by=by, role="self", subjects=[by.pseudonym])
    return duty


def off_duty(user: User) -> None:
    """Somebody is no peer any more: nobody is sent to them."""
    if not user.holds(Role.SUPPORTER, Role.SUPERVISOR):
        Duty.objects.filter(user=user).delete()
        TalkAsked.objects.filter(user=user).delete()


@transaction.atomic
def end_duty(duty: Duty, *, by: User) -> None:
    """Be off duty, now or for the time that was to come. Raises NotAllowed."""
    held: Duty = lock(duty)
    if held.user_id != by.pk:
        raise NotAllowed("duty.end")
    record("duty.end", held, by=by, role="self", subjects=[by.pseudonym])
    held.delete()


@transaction.atomic
def ask_to_talk(*, by: User, phone: str) -> TalkAsked:
    """Ask whoever is on duty to ring, without a word about what. Raises NotAllowed, NotPossible when nobody is."""
    if not by.holds(Role.SUPPORTER, Role.SUPERVISOR):
        raise NotAllowed("talk")
    on_duty = list(Duty.objects.now(timezone.now()).exclude(user=by).select_related("user"))
    if not on_duty:
        raise NotPossible(_("Nobody is on duty right now."))
    if TalkAsked.objects.filter(user=by, taken_at=None).exists():
        raise NotPossible(_("You asked already. Whoever is on duty has been told."))
    asked = TalkAsked.objects.create(user=by, phone=phone)
    record("talk.ask", asked, by=by, role="self", subjects=[by.pseudonym])
    for duty in on_duty:
        outbox.write("talk.asked", asked, to=duty.user, due=asked.asked_at)
    return asked


@transaction.atomic
def take_talk(asked: TalkAsked, *, by: User) -> TalkAsked:
    """Whoever is on duty says: I ring. Raises NotAllowed, NotPossible when another was faster."""
    held: TalkAsked = lock(asked)
    if held.user_id == by.pk or not Duty.objects.now(timezone.now()).filter(user=by).exists():
        raise NotAllowed("talk.take")
    if held.taken_at is not None:
        raise NotPossible(_("Somebody else rings already. Thank you."))
    held.taken_by, held.taken_at = by, timezone.now()
    held.save()
    record("talk.take", held, by=by, role="peer", subjects=[held.user.pseudonym])
    outbox.write("talk.taken", held, to=held.user)
    return held


@transaction.atomic
def take_talk_back(asked: TalkAsked, *, by: User) -> None:
    """It is not needed any more. Raises NotAllowed."""
    held: TalkAsked = lock(asked)
    if held.user_id != by.pk:
        raise NotAllowed("talk.take_back")
    record("talk.take_back", held, by=by, role="self", subjects=[by.pseudonym])
    held.delete()
