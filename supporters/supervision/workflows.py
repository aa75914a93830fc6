"""Verbs of supervision: begin, cover, end; plan, move and hold check-ins; words of the two; what was agreed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import Role, User
from peersupport.audit.recording import record
from peersupport.notifications import outbox
from peersupport.vault import door as vault
from peersupport.web.when import utc_of
from peersupport.workflow.state_machine import NotAllowed, NotPossible, StateMachine, lock, transition
from supporters.models import Supporter
from supporters.supervision.models import (
    ActionItem,
    CheckIn,
    CheckInEntry,
    CheckInState,
    Supervision,
    SupervisorQualification,
    WordsKind,
)

S = CheckInState
EITHER = ("supporter", "supervisor")
#: A new supervision has its first check-in within so many days.
FIRST_WITHIN = timedelta(days=7)
#: More supporters than this are many for one supervisor; it is shown, not forbidden.
MANY = 8


def part_in(by: Any, supervision: Supervision) -> str | None:
    """Return "supporter", "supervisor", "coordinator", "system" or None. A party is a party first."""
    if by is None:
        return "system"
    if supervision.supporter.user_id == by.pk:
        return "supporter"
    if supervision.supervisor_id == by.pk and by.holds(Role.SUPERVISOR):
        return "supervisor"
    return "coordinator" if by.holds(Role.COORDINATOR) else None


def subjects(supervision: Supervision) -> list[UUID]:
    """Return whose data it is."""
    user = supervision.supporter.user
    return [supervision.supervisor.pseudonym, *([user.pseudonym] if user else [])]


LIFECYCLE = StateMachine(
    "check_in",
    [
        transition("move", [S.PLANNED], None, *EITHER),
        transition("took_place", [S.PLANNED, S.NOT_HELD], S.HELD, *EITHER),
        transition("did_not", [S.PLANNED, S.HELD], S.NOT_HELD, *EITHER),
        transition("correct", [S.HELD, S.NOT_HELD], None, *EITHER),
    ],
    actor_role=lambda by, check_in: part_in(by, check_in.supervision),
    subjects=lambda check_in: subjects(check_in.supervision),
)


def supervisors_for(supporter: Supporter) -> list[User]:
    """Return who could supervise: they hold the role, said on what basis, and are not the supporter."""
    found = User.objects.filter(is_active=True, role_grants__role=Role.SUPERVISOR, basis__isnull=False)
    if supporter.user_id is not None:
        found = found.exclude(pk=supporter.user_id)
    return list(found.select_related("basis").order_by("name", "pk"))


@transaction.atomic
def state_basis(*, by: User, worked_as_peer: bool, trained: bool, outside: bool) -> SupervisorQualification:
    """Say on what one supervises peers. Raises NotAllowed for anybody without the role, NotPossible for nothing."""
    if not by.holds(Role.SUPERVISOR):
        raise NotAllowed("basis")
    if not (worked_as_peer or trained):
        raise NotPossible(
            _("At least training or experience in recovery and rights is needed. Better: work as a peer.")
        )
    basis, _made = SupervisorQualification.objects.update_or_create(
        user=by, defaults={"worked_as_peer": worked_as_peer, "trained": trained, "outside": outside}
    )
    record("supervision.basis", basis, by=by, role="self", subjects=[by.pseudonym])
    return basis


@transaction.atomic
def begin(
    supporter: Supporter,
    supervisor: User,
    *,
    every_weeks: int,
    mode: str,
    minutes: int,
    by: User,
    until: date | None = None,
) -> Supervision:
    """A coordinator names who supervises whom; with `until` somebody covers for a while. Both are told.

    Raises NotAllowed, NotPossible.
    """
    if not by.holds(Role.COORDINATOR):
        raise NotAllowed("supervision.begin")
    held = lock(supporter)
    if held.user is None or held.state in {"invited", "ended"}:
        raise NotPossible(_("Only a supporter with an account can have a supervisor."))
    if supervisor not in supervisors_for(held):
        raise NotPossible(_("This person can't supervise yet: they have not said what they bring."))
    if until is not None and until < timezone.localdate():
        raise NotPossible(_("Choose a day from today on."))
    try:
        with transaction.atomic():
            found = Supervision.objects.create(
                supporter=held,
                supervisor=supervisor,
                every_weeks=every_weeks,
                mode=mode,
                minutes=minutes,
                until=until,
                owed_on=timezone.localdate() + FIRST_WITHIN,
            )
    except IntegrityError:
        raise NotPossible(
            _("This supporter has a supervisor already. End that first, or name a cover for a while.")
        ) from None
    record("supervision.begin", found, by=by, role="coordinator", subjects=subjects(found))
    for user in (supervisor, held.user):
        outbox.write("supervision.news", found, to=user)
    return found


@transaction.atomic
def change(supervision: Supervision, *, every_weeks: int, mode: str, minutes: int, by: User) -> Supervision:
    """Change the rhythm: the two between them, or a coordinator."""
    fresh: Supervision = lock(supervision)
    part = part_in(by, fresh)
    if part not in {*EITHER, "coordinator"}:
        raise NotAllowed("supervision.change")
    if fresh.ended_at:
        raise NotPossible
    owed = fresh.owed_on + timedelta(weeks=every_weeks - fresh.every_weeks)
    fresh.every_weeks, fresh.mode, fresh.minutes, fresh.owed_on = every_weeks, mode, minutes, owed
    fresh.save()
    record("supervision.change", fresh, by=by, role=str(part), subjects=subjects(fresh))
    return fresh


@transaction.atomic
def end(supervision: Supervision, *, by: User | None) -> Supervision:
    """End it; check-ins to come are called off. Words stay readable for the two until their time is over."""
    fresh: Supervision = lock(supervision)
    part = part_in(by, fresh)
    if part not in {"coordinator", "system"} and not (by and by.holds(Role.COORDINATOR)):
        raise NotAllowed("supervision.end")
    if fresh.ended_at:
        raise NotPossible
    fresh.ended_at = timezone.now()
    fresh.save()
    fresh.check_ins.filter(state=S.PLANNED, starts_at__gt=timezone.now()).update(state=S.NOT_HELD)
    record("supervision.end", fresh, by=by, role=str(part), subjects=subjects(fresh))
    for user in (fresh.supervisor, fresh.supporter.user):
        if user:
            outbox.write("supervision.news", fresh, to=user)
    return fresh


def end_all_of(user: User) -> None:
    """Somebody is no supervisor any more: what they supervised ends, so that nothing new is sealed for them."""
    for one in Supervision.objects.live().filter(supervisor=user):
        end(one, by=None)


def end_what_is_over(day: date) -> int:
    """End covers whose time is over; return how many."""
    over = list(Supervision.objects.over(day)[:200])
    for one in over:
        end(one, by=None)
    return len(over)


def _other(supervision: Supervision, by: User) -> User | None:
    return supervision.supporter.user if supervision.supervisor_id == by.pk else supervision.supervisor


def _tell_other(check_in: CheckIn, by: User) -> None:
    if other := _other(check_in.supervision, by):
        outbox.write("check_in.news", check_in, to=other)


@transaction.atomic
def plan(
    supervision: Supervision, *, by: User, wall_time: datetime, time_zone: str, minutes: int, mode: str
) -> CheckIn:
    """Plan a check-in, or note one that took place already. The other is told. Raises NotAllowed, NotPossible."""
    held: Supervision = lock(supervision)
    part = part_in(by, held)
    if part not in EITHER:
        raise NotAllowed("check_in.plan")
    if held.ended_at:
        raise NotPossible(_("This supervision has ended."))
    starts_at = utc_of(wall_time, time_zone)
    over = starts_at <= timezone.now()
    check_in = CheckIn.objects.create(
        supervision=held,
        wall_time=wall_time.replace(tzinfo=UTC),
        time_zone=time_zone,
        starts_at=starts_at,
        minutes=minutes,
        mode=mode,
        state=S.HELD if over else S.PLANNED,
    )
    if over:
        _owe_next(held)
    record("check_in.plan", check_in, by=by, role=str(part), subjects=subjects(held))
    if not over:
        _tell_other(check_in, by)
    return check_in


def move(check_in: CheckIn, *, by: User, wall_time: datetime, time_zone: str, minutes: int, mode: str) -> CheckIn:
    """Move a planned check-in; the other is told."""
    return _change("move", check_in, by, wall_time, time_zone, minutes, mode)


def correct(check_in: CheckIn, *, by: User, wall_time: datetime, time_zone: str, minutes: int, mode: str) -> CheckIn:
    """Put right when one was that is over."""
    return _change("correct", check_in, by, wall_time, time_zone, minutes, mode)


def _change(
    verb: str, check_in: CheckIn, by: User, wall_time: datetime, time_zone: str, minutes: int, mode: str
) -> CheckIn:
    with LIFECYCLE.transition(verb, check_in, by=by, first=[check_in.supervision]) as fresh:
        fresh.wall_time, fresh.time_zone = wall_time.replace(tzinfo=UTC), time_zone
        fresh.starts_at, fresh.minutes, fresh.mode = utc_of(wall_time, time_zone), minutes, mode
        fresh.save()
        if verb == "move":
            _tell_other(fresh, by)
        _owe_next(fresh.supervision)
    return fresh  # type: ignore[no-any-return]


def took_place(check_in: CheckIn, *, by: User) -> CheckIn:
    """Note that it took place. Raises NotPossible before it began."""
    if check_in.starts_at > timezone.now():
        raise NotPossible(_("It has not begun yet."))
    with LIFECYCLE.transition("took_place", check_in, by=by, first=[check_in.supervision]) as fresh:
        LIFECYCLE.enter(fresh, S.HELD)
        fresh.save()
        _owe_next(fresh.supervision)
    return fresh  # type: ignore[no-any-return]


def did_not(check_in: CheckIn, *, by: User) -> CheckIn:
    """Note that it did not take place, or call it off. Nobody is asked why, or who."""
    with LIFECYCLE.transition("did_not", check_in, by=by, first=[check_in.supervision]) as fresh:
        LIFECYCLE.enter(fresh, S.NOT_HELD)
        fresh.save()
        if fresh.starts_at > timezone.now():
            _tell_other(fresh, by)
        _owe_next(fresh.supervision)
    return fresh  # type: ignore[no-any-return]


def _owe_next(supervision: Supervision) -> None:
    """The next check-in is owed a rhythm after the last one held; before the first, a week after the start."""
    last = CheckIn.objects.filter(supervision=supervision, state=S.HELD).order_by("-starts_at").first()
    owed = supervision.started_at.date() + FIRST_WITHIN
    if last is not None:
        owed = last.wall_time.date() + timedelta(weeks=supervision.every_weeks)
    Supervision.objects.filter(pk=supervision.pk).update(owed_on=owed)
    supervision.owed_on = owed


@transaction.atomic
def ask_today(supervision: Supervision, *, by: User) -> None:
    """A supporter asks for a check-in today (G31). The supervisor is told at once, without a word about what."""
    held: Supervision = lock(supervision)
    if part_in(by, held) != "supporter":
        raise NotAllowed("check_in.ask")
    if held.ended_at:
        raise NotPossible(_("This supervision has ended."))
    record("check_in.ask", held, by=by, role="supporter", subjects=subjects(held))
    outbox.write("check_in.asked", held, to=held.supervisor)


# Words


def belongs(supervision: Supervision) -> vault.Belongs:
    """Return what a text of this supervision has to be."""
    people = [pk for pk in (supervision.supervisor_id, supervision.supporter.user_id) if pk]
    return vault.Belongs("check_in", supervision.pk, frozenset(people))


@transaction.atomic
def write(check_in: CheckIn, kind: str, content: vault.Content, *, by: vault.Unlocked) -> CheckInEntry:
    """Write words of a check-in: agenda and record for the two, a preparation for oneself.

    Raises NotAllowed, NotPossible, NoKeys, KeyChanged, CannotOpen, ValueError.
    """
    supervision: Supervision = lock(check_in.supervision)
    part = _word_part(supervision, by.user)
    own = kind == WordsKind.PREPARATION
    if own and part != "supporter":
        raise NotAllowed("preparation")
    text = _seal(supervision, content, by, own=own)
    found = CheckInEntry.objects.create(check_in=check_in, kind=kind, author_id=by.user.pk, text=text, shared=not own)
    record(f"check_in.{kind}", check_in, by=by.user, role=part, subjects=subjects(supervision))
    if not own:
        _tell_other(check_in, by.user)
    return found


def _word_part(supervision: Supervision, by: User) -> str:
    part = part_in(by, supervision)
    if part not in EITHER:
        raise NotAllowed("check_in.words")
    if supervision.ended_at:
        raise NotPossible(_("This supervision has ended."))
    return str(part)


def _seal(supervision: Supervision, content: vault.Content, by: vault.Unlocked, *, own: bool) -> vault.SealedText:
    if not vault.sheet_is_settled(by):
        raise NotPossible(_("First make a recovery sheet, or say that you do without."))
    supporter = supervision.supporter.user_id
    if supporter is None:
        raise NotPossible
    people = [supervision.supervisor_id, supporter]
    if own:  # sealed for its writer alone: another relationship than that of the two
        return vault.write("preparation", by.user.pseudonym, content, readers=[], by=by)
    return vault.write("check_in", supervision.pk, content, readers=people, by=by)


@transaction.atomic
def share_preparation(words: CheckInEntry, *, by: vault.Unlocked) -> CheckInEntry:
    """The supporter lets the supervisor read their thoughts before. Raises NotAllowed, NoKeys, KeyChanged, CannotOpen."""
    fresh: CheckInEntry = lock(words)
    if fresh.author_id != by.user.pk or fresh.kind != WordsKind.PREPARATION:
        raise NotAllowed("preparation.share")
    supervision = fresh.check_in.supervision
    _word_part(supervision, by.user)
    own = vault.Belongs("preparation", by.user.pseudonym, frozenset([by.user.pk]))
    if not own.fits(fresh.text):
        raise vault.CannotOpen
    vault.between(supervision.pk, [supervision.supervisor_id, by.user.pk], by=by)
    supervisor = vault.trusted(fresh.check_in.supervision.supervisor_id, by=by)
    if supervisor is None:
        raise vault.NoKeys(fresh.check_in.supervision.supervisor_id)
    if not vault.share_all([fresh.text], supervisor, by=by):
        raise vault.CannotOpen
    fresh.shared = True
    fresh.save(update_fields=["shared"])
    record("check_in.share", fresh, by=by.user, role="supporter", subjects=subjects(fresh.check_in.supervision))
    _tell_other(fresh.check_in, by.user)
    return fresh


@transaction.atomic
def erase_words(words: CheckInEntry, *, by: User) -> None:
    """Destroy what one wrote oneself. Raises NotAllowed for the other's."""
    fresh: CheckInEntry = lock(words)
    if fresh.author_id != by.pk:
        raise NotAllowed("words.erase")
    record(
        "check_in.erase",
        fresh,
        by=by,
        role=str(part_in(by, fresh.check_in.supervision)),
        subjects=subjects(fresh.check_in.supervision),
    )
    vault.destroy(vault.SealedText.objects.filter(pk=fresh.text_id))


@transaction.atomic
def agree_on(
    check_in: CheckIn, content: vault.Content, *, by_supporter: bool, due_on: date, by: vault.Unlocked
) -> ActionItem:
    """Note something agreed, whose it is and by when. What it is, is sealed for the two."""
    supervision: Supervision = lock(check_in.supervision)
    part = _word_part(supervision, by.user)
    if due_on < timezone.localdate():
        raise NotPossible(_("Choose a day from today on."))
    text = _seal(supervision, content, by, own=False)
    action = ActionItem.objects.create(
        check_in=check_in, by_supporter=by_supporter, text=text, author_id=by.user.pk, due_on=due_on
    )
    record("action.agree", action, by=by.user, role=part, subjects=subjects(supervision))
    return action


@transaction.atomic
def done(action: ActionItem, *, by: User, is_done: bool = True) -> ActionItem:
    """Note that it is done, or not after all. Either of the two may."""
    fresh: ActionItem = lock(action)
    part = part_in(by, fresh.check_in.supervision)
    if part not in EITHER:
        raise NotAllowed("action.done")
    fresh.done_at = timezone.now() if is_done else None
    fresh.save()
    record("action.done", fresh, by=by, role=str(part), subjects=subjects(fresh.check_in.supervision))
    return fresh


def tell_both(check_in: CheckIn) -> None:
    """The rules of a zone changed, and with them the moment of a check-in: both are told."""
    for user in (check_in.supervision.supervisor, check_in.supervision.supporter.user):
        if user:
            outbox.write("check_in.news", check_in, to=user)
