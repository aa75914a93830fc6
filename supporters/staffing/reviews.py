"""Talks about the work (G24): planned, held or not, with words only the two can open. Peer values are not up for change."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import Role, User
from peersupport.audit.recording import record
from peersupport.notifications import outbox
from peersupport.vault import door as vault
from peersupport.web.when import utc_of
from peersupport.workflow.state_machine import NotAllowed, NotPossible, StateMachine, lock, transition
from supporters import workflows as supporters
from supporters.models import Status, Supporter
from supporters.staffing.models import Appraisal, AppraisalEntry, ReviewState

S = ReviewState
EITHER = ("supporter", "leader")
#: After so long a talk is owed.
EVERY = timedelta(days=365)


def part_in(by: Any, review: Appraisal) -> str | None:
    """Return "supporter", "leader" or None. A coordinator who does not lead the talk has no part in it."""
    if by is None:
        return "system"
    if review.supporter.user_id == by.pk:
        return "supporter"
    return "leader" if review.leader_id == by.pk and by.holds(Role.COORDINATOR) else None


def subjects(review: Appraisal) -> list[Any]:
    """Return whose data it is."""
    return [*supporters.subjects(review.supporter), review.leader.pseudonym]


LIFECYCLE = StateMachine(
    "review",
    [
        transition("move", [S.PLANNED], None, *EITHER),
        transition("took_place", [S.PLANNED, S.NOT_HELD], S.HELD, *EITHER),
        transition("did_not", [S.PLANNED, S.HELD], S.NOT_HELD, *EITHER),
        transition("call_off", [S.PLANNED], S.NOT_HELD, "system"),
    ],
    actor_role=part_in,
    subjects=subjects,
)


@transaction.atomic
def plan(supporter: Supporter, *, by: User, wall_time: datetime, time_zone: str, minutes: int) -> Appraisal:
    """A coordinator plans a talk with a supporter, who is told. Raises NotAllowed, NotPossible."""
    held: Supporter = lock(supporter)
    if not by.holds(Role.COORDINATOR) or held.user_id == by.pk:
        raise NotAllowed("review.plan")
    if held.user is None or held.state == Status.ENDED:
        raise NotPossible(_("Only with a supporter who has an account."))
    if Appraisal.objects.filter(supporter=held, leader=by, state=S.PLANNED).exists():
        raise NotPossible(_("A talk is planned already. Move that one."))
    review = Appraisal.objects.create(
        supporter=held,
        leader=by,
        wall_time=wall_time.replace(tzinfo=UTC),
        time_zone=time_zone,
        starts_at=utc_of(wall_time, time_zone),
        minutes=minutes,
    )
    record("review.plan", review, by=by, role="leader", subjects=subjects(review))
    _tell_other(review, by)
    return review


def move(review: Appraisal, *, by: User, wall_time: datetime, time_zone: str, minutes: int) -> Appraisal:
    """Move it; the other is told."""
    with LIFECYCLE.transition("move", review, by=by) as fresh:
        fresh.wall_time, fresh.time_zone = wall_time.replace(tzinfo=UTC), time_zone
        fresh.starts_at, fresh.minutes = utc_of(wall_time, time_zone), minutes
        _tell_other(fresh, by)
    return fresh  # type: ignore[no-any-return]


def took_place(review: Appraisal, *, by: User) -> Appraisal:
    """Note that it took place. Raises NotPossible before it began."""
    if review.starts_at > timezone.now():
        raise NotPossible(_("It has not begun yet."))
    with LIFECYCLE.transition("took_place", review, by=by) as fresh:
        pass
    return fresh  # type: ignore[no-any-return]


def did_not(review: Appraisal, *, by: User) -> Appraisal:
    """Note that it did not take place, or call it off. Nobody is asked why."""
    with LIFECYCLE.transition("did_not", review, by=by) as fresh:
        if fresh.starts_at > timezone.now():
            _tell_other(fresh, by)
    return fresh  # type: ignore[no-any-return]


def _tell_other(review: Appraisal, by: User) -> None:
    other = review.supporter.user if review.leader_id == by.pk else review.leader
    if other:
        outbox.write("review.news", review, to=other)


def belongs(review: Appraisal) -> vault.Belongs:
    """Return what a text of this talk has to be."""
    people = [pk for pk in (review.leader_id, review.supporter.user_id) if pk]
    return vault.Belongs("review", review.pk, frozenset(people))


@transaction.atomic
def write(review: Appraisal, content: vault.Content, *, by: vault.Unlocked) -> AppraisalEntry:
    """Write down what was talked about, for both. Raises NotAllowed, NotPossible, NoKeys, KeyChanged, CannotOpen."""
    held: Appraisal = lock(review)
    part = part_in(by.user, held)
    if part not in EITHER:
        raise NotAllowed("review.write")
    if not vault.sheet_is_settled(by):
        raise NotPossible(_("First make a recovery sheet, or say that you do without."))
    supporter = held.supporter.user_id
    if supporter is None or not held.leader.holds(Role.COORDINATOR):
        raise NotPossible(_("The other one of you two is not here any more. Nothing new is written for them."))
    text = vault.write("review", held.pk, content, readers=[held.leader_id, supporter], by=by)
    found = AppraisalEntry.objects.create(review=held, author_id=by.user.pk, text=text)
    record("review.write", held, by=by.user, role=str(part), subjects=subjects(held))
    _tell_other(held, by.user)
    return found


@transaction.atomic
def erase(words: AppraisalEntry, *, by: User) -> None:
    """Destroy what one wrote oneself. Raises NotAllowed for the other's."""
    fresh: AppraisalEntry = lock(words)
    if fresh.author_id != by.pk:
        raise NotAllowed("review.erase")
    record("review.erase", fresh.review, by=by, role=str(part_in(by, fresh.review)), subjects=subjects(fresh.review))
    vault.destroy(vault.SealedText.objects.filter(pk=fresh.text_id))


def call_off_all_of(user: User) -> None:
    """Somebody does not coordinate any more, or leaves: talks to come that they lead are called off, and the other is told."""
    ahead = Appraisal.objects.filter(leader=user, state=S.PLANNED, starts_at__gt=timezone.now())
    for review in ahead.select_related("supporter__user", "leader"):
        with LIFECYCLE.transition("call_off", review, by=None) as fresh:
            if fresh.supporter.user:
                outbox.write("review.news", fresh, to=fresh.supporter.user)


def owed() -> QuerySet[Supporter]:
    """Return active supporters with whom nobody has talked about the work for a year, and no talk is planned."""
    mine = Appraisal.objects.filter(supporter=OuterRef("pk"))
    lately = mine.filter(state="held", starts_at__gt=timezone.now() - EVERY)
    started = Supporter.objects.filter(state=Status.ACTIVE, user__isnull=False, created_at__lt=timezone.now() - EVERY)
    return (
        started.exclude(Exists(lately))
        .exclude(Exists(mine.filter(state="planned", starts_at__gt=timezone.now())))
        .order_by("name", "pk")
    )


def tell_both(review: Appraisal) -> None:
    """The rules of a zone changed, and with them the moment of a talk: both are told."""
    for user in (review.leader, review.supporter.user):
        if user:
            outbox.write("review.news", review, to=user)
