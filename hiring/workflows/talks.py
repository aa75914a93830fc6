"""Times to talk: proposed by whoever runs the vacancy, chosen by the candidate, moved and called off without loss.

No member, room or candidate is in two places at once: each takes rows of five minutes, and the database holds them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from hiring.models import Application, ApplicationState, Booking, PanelMember, Recusal, Slot, Vacancy, VacancyState
from hiring.workflows.vacancies import note, peers, tell
from peersupport.accounts.models import Role, User
from peersupport.audit.recording import record
from peersupport.notifications import outbox
from peersupport.web.when import utc_of
from peersupport.workflow.state_machine import NotAllowed, NotPossible, lock

if TYPE_CHECKING:
    from hiring.workflows.applying import Candidate

GRID = timedelta(minutes=5)


def _runs(vacancy: Vacancy, by: User) -> None:
    if vacancy.run_by_id != by.pk or not by.holds(Role.COORDINATOR):
        raise NotAllowed("talks")


def _at_work(vacancy: Vacancy) -> None:
    """Raise NotPossible unless the panel is at work, with a peer on it (G17)."""
    if vacancy.state != VacancyState.CLOSED:
        raise NotPossible(_("Times to talk are found when applications are closed."))
    if not peers(vacancy):
        raise NotPossible(_("Nobody is interviewed without a peer on the panel. Find a peer first."))


def _take(slot: Slot, what: Iterable[str]) -> None:
    """Take the five-minute rows of a slot for each of `what`. Raises NotPossible when one is taken."""
    steps = range(0, slot.minutes, 5)
    rows = [Booking(slot=slot, what=one, at=slot.starts_at + timedelta(minutes=step)) for one in what for step in steps]
    try:
        with transaction.atomic():
            Booking.objects.bulk_create(rows)
    except IntegrityError:
        raise NotPossible(_("Somebody of the panel, the room or the candidate is taken then.")) from None


def _panel_and_room(slot: Slot) -> list[str]:
    members = PanelMember.objects.at_work().filter(vacancy=slot.vacancy_id).values_list("user", flat=True)
    return [f"room {slot.place.strip().casefold()}"[:240], *(f"user {pk}" for pk in members)]


def take_for(member: PanelMember) -> None:
    """Somebody joins a panel: they are taken at the times that are proposed already. Raises NotPossible when they can't be."""
    for slot in Slot.objects.filter(vacancy=member.vacancy_id, starts_at__gt=timezone.now()):
        try:
            _take(slot, [f"user {member.user_id}"])
        except NotPossible:
            when = date_format(slot.wall_time, "DATETIME_FORMAT")
            raise NotPossible(
                _("They talk with somebody else on %(when)s. Move that time first.") % {"when": when}
            ) from None


def give_up(application: Application) -> None:
    """A candidate needs their time to talk no more: it is free again. The caller holds the application's lock."""
    Booking.objects.filter(what=f"candidate {application.pk}").delete()
    Slot.objects.filter(application=application, starts_at__gt=timezone.now()).update(application=None)


def _checked(wall_time: datetime, time_zone: str, minutes: int) -> datetime:
    starts_at = utc_of(wall_time, time_zone)
    if starts_at <= timezone.now():
        raise NotPossible(_("Choose a time that is to come."))
    if wall_time.minute % 5 or minutes % 5 or not 5 <= minutes <= 480:
        raise NotPossible(_("Choose full five minutes."))
    return starts_at


def _held(slot: Slot) -> Slot:
    """Lock who has chosen a time, and then the time: in that order everywhere. Raises NotPossible when that changed."""
    before = Slot.objects.filter(pk=slot.pk).values_list("application", flat=True).first()
    asked = lock(Application(pk=before)) if before else None
    held: Slot = lock(slot)
    if held.application_id != before:
        raise NotPossible
    if asked:
        held.application = asked
    return held


@transaction.atomic
def propose(vacancy: Vacancy, *, by: User, wall_time: datetime, time_zone: str, minutes: int, place: str) -> Slot:
    """Propose a time; the panel and the room are taken from now on. Raises NotAllowed, NotPossible."""
    held: Vacancy = lock(vacancy)
    _runs(held, by)
    _at_work(held)
    starts_at = _checked(wall_time, time_zone, minutes)
    slot = Slot.objects.create(
        vacancy=held,
        wall_time=wall_time.replace(tzinfo=UTC),
        time_zone=time_zone,
        starts_at=starts_at,
        minutes=minutes,
        place=place,
    )
    _take(slot, _panel_and_room(slot))
    record("talk.propose", slot, by=by, role="coordinator", subjects=[None])
    return slot


@transaction.atomic
def move(slot: Slot, *, by: User, wall_time: datetime, time_zone: str, minutes: int, place: str) -> Slot:
    """Move a slot, whoever has chosen it stays in it and is told. Raises NotAllowed, NotPossible; then all is as before."""
    held = _held(slot)
    _runs(held.vacancy, by)
    _at_work(held.vacancy)
    held.starts_at, held.minutes, held.place = _checked(wall_time, time_zone, minutes), minutes, place
    held.wall_time, held.time_zone = wall_time.replace(tzinfo=UTC), time_zone
    held.occupies.all().delete()
    held.save()
    own = [f"candidate {held.application_id}"] if held.application_id else []
    _take(held, [*_panel_and_room(held), *own])
    record("talk.move", held, by=by, role="coordinator", subjects=[held.application_id])
    _tell(held, by)
    return held


@transaction.atomic
def call_off(slot: Slot, *, by: User) -> None:
    """Take a time back; whoever has chosen it is told and can choose another. Raises NotAllowed."""
    held = _held(slot)
    _runs(held.vacancy, by)
    record("talk.call_off", held, by=by, role="coordinator", subjects=[held.application_id])
    if held.starts_at > timezone.now():
        _tell(held, by)
    held.delete()


@transaction.atomic
def choose(slot: Slot, application: Application, *, by: Candidate) -> Slot:
    """The candidate chooses a free time; one they had before is free again. Raises NotAllowed, NotPossible."""
    asked: Application = lock(application)
    held: Slot = lock(slot)
    if by.application != asked.pk or held.vacancy_id != asked.vacancy_id:
        raise NotAllowed("talk.choose")
    if asked.state != ApplicationState.INVITED:
        raise NotPossible(_("You choose a time when you are invited to talk."))
    _at_work(held.vacancy)
    if held.application_id not in {None, asked.pk} or held.starts_at <= timezone.now():
        raise NotPossible(_("This time is taken or over. Please choose another."))
    for before in Slot.objects.filter(application=asked).exclude(pk=held.pk):
        before.occupies.filter(what=f"candidate {asked.pk}").delete()
        Slot.objects.filter(pk=before.pk).update(application=None)
    if held.application_id is None:
        held.application = asked
        held.save(update_fields=["application"])
        _take(held, [f"candidate {asked.pk}"])
    record("talk.choose", held, by=by, role="candidate", subjects=[asked.pk])
    note(held.vacancy, "talk.choose", by=None, number=asked.number)
    tell_those_who_come(held)
    return held


@transaction.atomic
def ask_for_another(application: Application, *, by: Candidate) -> None:
    """None of the times suits: whoever runs the vacancy is told. Raises NotAllowed, NotPossible."""
    asked: Application = lock(application)
    if by.application != asked.pk:
        raise NotAllowed("talk.ask")
    if asked.state != ApplicationState.INVITED:
        raise NotPossible(_("You choose a time when you are invited to talk."))
    record("talk.ask_another", asked, by=by, role="candidate", subjects=[asked.pk])
    note(asked.vacancy, "talk.ask_another", by=None, number=asked.number)
    if asked.vacancy.run_by:
        outbox.write("talk.another", asked.vacancy, to=asked.vacancy.run_by)


def free(vacancy: Vacancy) -> list[Slot]:
    """Return the times that are still to choose."""
    return list(Slot.objects.filter(vacancy=vacancy, application=None, starts_at__gt=timezone.now())[:100])


def _tell(slot: Slot, by: User) -> None:
    if slot.application:
        tell(slot.application)
        tell_those_who_come(slot, by)


def tell_those_who_come(slot: Slot, by: User | None = None) -> None:
    """Tell whoever runs the vacancy and its panel, without whoever did it and those who can't score this person."""
    can_not = Recusal.objects.filter(application=slot.application_id).values("member")
    members = (
        PanelMember.objects.at_work().filter(vacancy=slot.vacancy_id).exclude(pk__in=can_not).select_related("user")
    )
    for user in {*(member.user for member in members), slot.vacancy.run_by} - {by, None}:
        outbox.write("talk.news", slot.vacancy, to=user)


def moved_by_rules(slot: Slot) -> None:
    """The rules of a zone changed, and with them the moment of a talk: the rooms' minutes follow, and all are told."""
    own = [f"candidate {slot.application_id}"] if slot.application_id else []
    slot.occupies.all().delete()
    try:
        with transaction.atomic():
            _take(slot, [*_panel_and_room(slot), *own])
    except NotPossible:  # two talks overlap now: whoever runs it is told and moves one
        pass
    if slot.application:
        tell(slot.application)
    tell_those_who_come(slot)
