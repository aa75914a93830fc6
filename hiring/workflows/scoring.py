"""Scores: each member alone, sealed until all are in, locked then (G17, G19).

Until then nothing tells a score, or who has scored what: not to the chair, coordinators or administrators. A deadline
ends the waiting: members who are missing then count as not scoring, but never the last peer.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hiring.models import (
    Application,
    Criterion,
    NoScoreReason,
    Override,
    PanelMember,
    Recusal,
    Reopened,
    Reveal,
    Score,
    Scorecard,
    Vacancy,
    VacancyState,
)
from hiring.workflows.applying import WAITING
from hiring.workflows.vacancies import note, today
from peersupport.accounts.models import Role, User
from peersupport.audit.recording import record
from peersupport.workflow.state_machine import NotAllowed, NotPossible, lock


@dataclass(frozen=True)
class Answer:
    """What a member says to one question."""

    level: int | None
    mark: str
    evidence: str


def _card(member: PanelMember, application: Application, by: User) -> Scorecard:
    """Return one's scorecard to write on. The caller holds the application. Raises NotAllowed, NotPossible."""
    seat = PanelMember.objects.get(pk=member.pk)
    if seat.user_id != by.pk or seat.left_at or application.vacancy_id != seat.vacancy_id:
        raise NotAllowed("score")
    if Recusal.objects.filter(member=seat, application=application).exists():
        raise NotAllowed("score")
    if application.vacancy.state != VacancyState.CLOSED:
        raise NotPossible(_("Scoring begins when applications are closed."))
    if application.state not in WAITING or hasattr(application, "decision"):
        raise NotPossible(_("There is a decision already."))
    card = Scorecard.objects.filter(member=seat, application=application).first()
    if card is not None and card.submitted_at:
        raise NotPossible(_("Your scores are sent and locked."))
    again = card is not None and card.reopened.exists()
    if application.scored_at or (application.was_shown and not again):
        raise NotPossible(_("Scores are open already: nobody adds to them now."))
    if over(application.vacancy) and not again and _some_peer(seats([application])[application.pk]):
        raise NotPossible(_("The time for scores is over."))
    return card or Scorecard(member=seat, application=application)


@transaction.atomic
def keep(
    member: PanelMember, application: Application, answers: Mapping[UUID, Answer], potential: str, *, by: User
) -> Scorecard:
    """Keep what was chosen and typed so far. Raises NotAllowed, and NotPossible once it is locked."""
    held: Application = lock(application)
    card = _card(member, held, by)
    criteria = set(Criterion.objects.filter(vacancy=held.vacancy_id).values_list("pk", flat=True))
    if not set(answers) <= criteria or any(one.mark not in NoScoreReason.values for one in answers.values()):
        raise NotPossible
    card.potential = potential
    card.save()
    Score.objects.bulk_create(
        [
            Score(scorecard=card, criterion_id=pk, level=one.level, mark=one.mark, evidence=one.evidence)
            for pk, one in answers.items()
        ],
        update_conflicts=True,
        unique_fields=["scorecard", "criterion"],
        update_fields=["level", "mark", "evidence"],
    )
    return card


@transaction.atomic
def submit(
    member: PanelMember, application: Application, answers: Mapping[UUID, Answer], potential: str, *, by: User
) -> Scorecard:
    """Send one's scores, once. Raises NotAllowed, and NotPossible while a question has neither level nor mark."""
    card = keep(member, application, answers, potential, by=by)
    there = {score.criterion_id: score for score in card.scores.all()}
    for criterion in Criterion.objects.filter(vacancy=application.vacancy_id):
        score = there.get(criterion.pk)
        if score is None or (score.level is None and not score.mark):
            raise NotPossible(_("Choose a level for each question, or say why there is none."))
    card.submitted_at, card.by_peer = timezone.now(), bool(PanelMember.objects.get(pk=member.pk).is_peer)
    card.save()
    settle(lock(application))
    record("score.submit", card, by=by, role="self", subjects=[by.pseudonym])
    return card


@transaction.atomic
def reopen(card: Scorecard, *, by: User, reason: str) -> None:
    """Open a locked scorecard again, with a reason that stays; what it said is kept. Scores are sealed again.

    Raises NotAllowed for anybody but whoever runs the vacancy, NotPossible before it is locked or after a decision.
    """
    application: Application = lock(card.application)
    held: Scorecard = lock(card)
    if application.vacancy.run_by_id != by.pk or not by.holds(Role.COORDINATOR):
        raise NotAllowed("score.reopen")
    if held.submitted_at is None or application.state not in WAITING or application.scored_at is None:
        raise NotPossible
    if hasattr(application, "decision"):
        raise NotPossible(_("There is a decision already."))
    fit_for_good(reason, application)
    scores = [
        {"criterion": str(one.criterion_id), "level": one.level, "mark": one.mark, "evidence": one.evidence}
        for one in held.scores.all()
    ]
    Reopened.objects.create(
        scorecard=held,
        reason=reason,
        by=by,
        before={"scores": scores, "potential": held.potential, "by_peer": held.by_peer},
    )
    held.submitted_at = application.scored_at = None
    held.save()
    application.save(update_fields=["scored_at"])
    Override.objects.filter(application=application).delete()  # it was asked for by the scores as they were
    record(
        "score.reopen",
        held,
        by=by,
        role="coordinator",
        subjects=[held.member.user.pseudonym if held.member.user else None],
    )
    note(application.vacancy, "score.reopen", by=by, number=application.number, reason=reason)


def fit_for_good(reason: str, application: Application) -> None:
    """Raise NotPossible for a reason that can't stay in the history for good: none at all, or one with the name in it."""
    if not reason.strip():
        raise NotPossible(_("Say why. It stays in the history."))
    said = set(re.findall(r"\w+", reason.casefold()))
    if said & {part for part in re.findall(r"\w+", application.name.casefold()) if len(part) > 2}:
        raise NotPossible(_("Leave the name out, please: the reason stays for good, the person may withdraw."))


def put_back(member: PanelMember) -> None:
    """Somebody leaves while a scorecard of theirs is open again: it counts as it was before, so that no score vanishes.

    The caller holds the vacancy and the seat.
    """
    for card in Scorecard.objects.filter(member=member, submitted_at=None, reopened__isnull=False).distinct():
        before = card.reopened.order_by("-at", "-pk").values_list("before", flat=True)[0]
        for one in before["scores"]:
            said = {"level": one["level"], "mark": one["mark"], "evidence": one["evidence"]}
            Score.objects.filter(scorecard=card, criterion=one["criterion"]).update(**said)
        card.potential, card.by_peer, card.submitted_at = before["potential"], before["by_peer"], timezone.now()
        card.save()


def over(vacancy: Vacancy) -> bool:
    """Tell whether the deadline for scores is over, where the vacancy is."""
    return vacancy.score_by is not None and vacancy.score_by < today(vacancy)


class Card(NamedTuple):
    """What of a scorecard is needed to tell whether scores may be shown."""

    application: UUID
    member: UUID
    pk: UUID
    is_sent: bool
    is_a_peers: bool


@dataclass
class Seat:
    """One member and one candidate: sent or not, and whether it counts."""

    member: PanelMember
    card: Card | None = None
    potential: str = ""
    can_not: bool = False

    @property
    def sent(self) -> bool:
        return self.card is not None and self.card.is_sent


class Applied(Protocol):
    """An application, or what is needed of it here."""

    @property
    def pk(self) -> UUID: ...

    @property
    def vacancy_id(self) -> UUID: ...

    @property
    def scored_at(self) -> datetime | None: ...


def seats(applications: Iterable[Applied]) -> dict[UUID, list[Seat]]:
    """Return each application's seats, in a number of queries that does not grow."""
    rows = list(applications)
    pks = [one.pk for one in rows]
    members: dict[UUID, list[PanelMember]] = defaultdict(list)
    panel = PanelMember.objects.filter(vacancy__in={one.vacancy_id for one in rows}).select_related("user")
    for member in panel.only("vacancy", "is_peer", "joined_at", "left_at", "user__name"):
        members[member.vacancy_id].append(member)
    sent = ExpressionWrapper(Q(submitted_at__isnull=False), output_field=BooleanField())
    # A peer's card counts as a peer's score where it says anything: at least one level.
    said = Exists(Score.objects.filter(scorecard=OuterRef("pk"), level__isnull=False))
    peers = ExpressionWrapper(Q(by_peer=True, submitted_at__isnull=False) & said, output_field=BooleanField())
    found = Scorecard.objects.filter(application__in=pks).annotate(is_sent=sent, is_a_peers=peers)
    cards = {one[:2]: one for one in map(Card._make, found.values_list(*Card._fields))}
    can_not = set(Recusal.objects.filter(application__in=pks).values_list("application_id", "member_id"))
    return {
        one.pk: [
            Seat(member, cards.get((one.pk, member.pk)), can_not=(one.pk, member.pk) in can_not)
            for member in members[one.vacancy_id]
        ]
        for one in rows
    }


def _some_peer(found: Iterable[Seat]) -> bool:
    return any(one.card is not None and one.card.is_a_peers for one in found)


def has_a_peers_score(application: Application) -> bool:
    """Tell whether a peer has scored a candidate, with at least one level."""
    return _some_peer(seats([application])[application.pk])


def _is_waited_for(one: Seat, application: Application, late: bool) -> bool:
    if one.sent or one.member.left_at is not None:
        return False
    if application.was_shown:  # only for a card that was opened again
        return one.card is not None
    return not one.can_not and not late


def settle(application: Application) -> bool:
    """Open the seal if nobody is waited for any more; tell whether it did. The caller holds the application's lock.

    After the deadline those who are missing count as not scoring, with that reason shown. Without a peer's score the
    waiting never ends. Once open, later members and later scores change nothing.
    """
    return bool(_settle([application]))


def settle_all(vacancy: Vacancy) -> int:
    """Settle each candidate of a vacancy that still waits; return how many. The caller holds the vacancy's lock."""
    rows = vacancy.applications.filter(state__in=WAITING, scored_at=None).select_for_update(no_key=True)
    return len(_settle(list(rows.select_related("vacancy").order_by("number"))))


def _settle(rows: list[Application]) -> list[Application]:
    found, done = seats(rows), []
    for one in rows:
        if one.scored_at or one.state not in WAITING or one.vacancy.state != VacancyState.CLOSED:
            continue
        late = over(one.vacancy)
        if _some_peer(found[one.pk]) and not any(_is_waited_for(seat, one, late) for seat in found[one.pk]):
            one.scored_at, one.was_shown = timezone.now(), True
            done.append(one)
    Application.objects.bulk_update(done, ["scored_at", "was_shown"], batch_size=200)
    return done


def settle_what_is_over() -> int:
    """End the waiting where nobody is waited for any more: the panel's last day is over, or it closed anew since.

    Return for how many candidates.
    """
    sealed = {"vacancy": OuterRef("pk"), "state__in": WAITING, "scored_at": None}
    scored = Application.objects.filter(**sealed, scorecards__submitted_at__isnull=False)
    settled = 0
    for vacancy in Vacancy.objects.filter(Exists(scored), state=VacancyState.CLOSED):
        with transaction.atomic():
            settled += settle_all(lock(vacancy))
    return settled


def missing_members(vacancy: Vacancy) -> list[PanelMember]:
    """Return the members whose scores of somebody are still waited for."""
    waits = Application.objects.filter(vacancy=vacancy, state__in=WAITING, scored_at=None, was_shown=False)
    sent = Scorecard.objects.filter(
        member=OuterRef(OuterRef("pk")), application=OuterRef("pk"), submitted_at__isnull=False
    )
    can_not = Recusal.objects.filter(member=OuterRef(OuterRef("pk")), application=OuterRef("pk"))
    owed = waits.exclude(Exists(sent)).exclude(Exists(can_not))
    found = PanelMember.objects.at_work().filter(Exists(owed), vacancy=vacancy).exclude(user=None)
    return list(found.select_related("user"))


def shown_to(vacancy: Vacancy, application: Applied, found: Sequence[Seat], member: PanelMember | None) -> bool:
    """Tell whether somebody sees the others' scores now: when all are in, or after their own if the vacancy says so."""
    if application.scored_at is not None:
        return True
    own = any(one.sent for one in found if member is not None and one.member.pk == member.pk)
    return vacancy.reveal == Reveal.OWN and own


@dataclass
class ScoreLine:
    """One question in the discussion: each member's level or mark, and how far apart they are."""

    criterion: Criterion
    cells: list[Score | None] = field(default_factory=list)

    @property
    def levels(self) -> list[int]:
        return [cell.level for cell in self.cells if cell is not None and cell.level is not None]

    @property
    def spread(self) -> int:
        return max(self.levels) - min(self.levels) if self.levels else 0


def lines(application: Application, found: Sequence[Seat]) -> list[ScoreLine]:
    """Return members × questions of one candidate. The caller asked `shown_to` first."""
    sent = [one for one in found if one.sent]
    scores = {
        (one.scorecard_id, one.criterion_id): one
        for one in Score.objects.filter(scorecard__in=[one.card.pk for one in sent if one.card])
    }
    return [
        ScoreLine(criterion, [scores.get((one.card.pk, criterion.pk)) for one in sent if one.card])
        for criterion in Criterion.objects.filter(vacancy=application.vacancy_id)
    ]


def mean(
    found: Sequence[Seat], scores: Mapping[tuple[UUID, UUID], Any], criteria: Sequence[Criterion]
) -> Fraction | None:
    """Return the mean of the members' weighted means, exactly: only to hold it against the bar, never shown as a total."""
    own = []
    for one in found:
        if not one.sent or one.card is None:
            continue
        weighed = [
            (scores[one.card.pk, criterion.pk], criterion.weight)
            for criterion in criteria
            if scores.get((one.card.pk, criterion.pk)) is not None
        ]
        if weighed:
            own.append(
                Fraction(sum(level * weight for level, weight in weighed), sum(weight for _level, weight in weighed))
            )
    return sum(own, Fraction()) / len(own) if own else None


def levels_of(found: Iterable[Sequence[Seat]]) -> dict[tuple[UUID, UUID], int | None]:
    """Return the levels of all cards that were sent, by card and question: one query."""
    cards = [one.card.pk for some in found for one in some if one.sent and one.card]
    rows = Score.objects.filter(scorecard__in=cards).values_list("scorecard", "criterion", "level")
    return {(card, criterion): level for card, criterion, level in rows}


def counted(applications: Iterable[UUID]) -> dict[tuple[UUID, UUID], list[int]]:
    """Return for each candidate and question how many members chose each level, lowest first: one query, few rows.

    The caller asked `shown_to` first.
    """
    sent = Score.objects.filter(scorecard__application__in=list(applications), scorecard__submitted_at__isnull=False)
    counts = {f"of_{level}": Count("pk", filter=Q(level=level)) for level in range(1, 5)}
    rows = sent.order_by().values_list("scorecard__application", "criterion").annotate(**counts)
    return {(row[0], row[1]): list(row[2:]) for row in rows}


def above_the_bar(application: Application) -> bool | None:
    """Tell whether a candidate is at the bar or above; None where too little was scored to say.

    At least half of the weight needs a level from somebody: one question alone is no interview.
    """
    found = seats([application])[application.pk]
    criteria = list(Criterion.objects.filter(vacancy=application.vacancy_id))
    levels = levels_of([found])
    result = mean(found, levels, criteria)
    heard = {criterion for (_card, criterion), level in levels.items() if level is not None}
    weight = sum(one.weight for one in criteria if one.pk in heard)
    if result is None or 2 * weight < sum(one.weight for one in criteria):
        return None
    return result >= Fraction(application.vacancy.bar)
