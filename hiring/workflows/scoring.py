"""Scores: each member alone, sealed until all are in, locked then (G17, G19).

Until then nothing tells a score, or who has scored what: not to the chair, coordinators or administrators. A deadline
ends the waiting: members who are missing then count as not scoring, but never the last peer.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hiring.models import (
    Application,
    CanNotScore,
    Criterion,
    Mark,
    PanelMember,
    Reopened,
    Reveal,
    Score,
    Scorecard,
    Vacancy,
    VacancyState,
)
from hiring.workflows.applying import WAITING
from hiring.workflows.vacancies import note
from peersupport.accounts.models import User
from peersupport.audit.lifecycle import NotAllowed, NotPossible, lock
from peersupport.audit.recording import record


@dataclass(frozen=True)
class Answer:
    """What a member says to one question."""

    level: int | None
    mark: str
    evidence: str


def _may_score(member: PanelMember, application: Application, by: User) -> None:
    if member.user_id != by.pk or member.left_at or application.vacancy_id != member.vacancy_id:
        raise NotAllowed("score")
    if CanNotScore.objects.filter(member=member, application=application).exists():
        raise NotAllowed("score")
    if application.vacancy.state != VacancyState.CLOSED:
        raise NotPossible(_("Scoring begins when applications are closed."))
    if application.state not in WAITING:
        raise NotPossible(_("There is a decision already."))


@transaction.atomic
def keep(
    member: PanelMember, application: Application, answers: Mapping[UUID, Answer], potential: str, *, by: User
) -> Scorecard:
    """Keep what was chosen and typed so far. Raises NotAllowed, and NotPossible once it is locked."""
    held: Application = lock(application)
    _may_score(member, held, by)
    card, _made = Scorecard.objects.get_or_create(member=member, application=held)
    if card.submitted_at:
        raise NotPossible(_("Your scores are sent and locked."))
    criteria = set(Criterion.objects.filter(vacancy=held.vacancy_id).values_list("pk", flat=True))
    if not set(answers) <= criteria or any(one.mark not in Mark.values for one in answers.values()):
        raise NotPossible
    card.potential = potential
    card.save()
    Score.objects.bulk_create(
        [Score(scorecard=card, criterion_id=pk, level=one.level, mark=one.mark, evidence=one.evidence)
         for pk, one in answers.items()],
        update_conflicts=True, unique_fields=["scorecard", "criterion"], update_fields=["level", "mark", "evidence"],
    )  # fmt: skip
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
    card.submitted_at = timezone.now()
    card.save()
    record("score.submit", card, by=by, role="self", subjects=[by.pseudonym])
    return card


@transaction.atomic
def reopen(card: Scorecard, *, by: User, reason: str) -> None:
    """Open a locked scorecard again, with a reason that stays; what it said is kept. Scores are sealed again.

    Raises NotAllowed for anybody but whoever runs the vacancy, NotPossible before it is locked or after a decision.
    """
    held: Scorecard = lock(card)
    application = held.application
    if application.vacancy.run_by_id != by.pk:
        raise NotAllowed("score.reopen")
    if held.submitted_at is None or application.state not in WAITING or not all_in(application):
        raise NotPossible
    if not reason.strip():
        raise NotPossible(_("Say why. It stays in the history."))
    before = [{"criterion": str(one.criterion_id), "level": one.level, "mark": one.mark, "evidence": one.evidence}
              for one in held.scores.all()]  # fmt: skip
    Reopened.objects.create(scorecard=held, reason=reason, by=by, before=before)
    held.submitted_at = None
    held.save()
    record("score.reopen", held, by=by, role="coordinator", subjects=[held.member.user.pseudonym])
    note(application.vacancy, "score.reopen", by=by, number=application.number, reason=reason)


def over(vacancy: Vacancy, day: date) -> bool:
    """Tell whether the deadline for scores is over."""
    return vacancy.score_by is not None and vacancy.score_by < day


class Card(NamedTuple):
    """What of a scorecard is needed to tell whether scores may be shown."""

    application: UUID
    member: UUID
    pk: UUID
    is_sent: bool


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


def seats(applications: Iterable[Applied]) -> dict[UUID, list[Seat]]:
    """Return each application's seats, in a number of queries that does not grow."""
    rows = list(applications)
    pks = [one.pk for one in rows]
    members: dict[UUID, list[PanelMember]] = defaultdict(list)
    panel = PanelMember.objects.filter(vacancy__in={one.vacancy_id for one in rows}).select_related("user")
    for member in panel.only("vacancy", "is_peer", "left_at", "user__name"):
        members[member.vacancy_id].append(member)
    sent = ExpressionWrapper(Q(submitted_at__isnull=False), output_field=BooleanField())
    found = Scorecard.objects.filter(application__in=pks).annotate(is_sent=sent)
    cards = {one[:2]: one for one in map(Card._make, found.values_list(*Card._fields))}
    can_not = set(CanNotScore.objects.filter(application__in=pks).values_list("application_id", "member_id"))
    return {
        one.pk: [
            Seat(member, cards.get((one.pk, member.pk)), can_not=(one.pk, member.pk) in can_not) for member in members[one.vacancy_id]
        ]
        for one in rows
    }  # fmt: skip


def is_in(vacancy: Vacancy, found: Sequence[Seat], day: date) -> bool:
    """Tell whether all scores of a candidate are in, so that they may be shown.

    After the deadline those who are missing count as not scoring, with that reason shown; without a peer's score the
    waiting never ends.
    """
    waited_for = [one for one in found if not one.sent and not one.can_not and one.member.left_at is None]
    some_peer = any(one.sent and one.member.is_peer for one in found)
    if not any(one.sent for one in found):
        return False
    return not waited_for or (over(vacancy, day) and some_peer)


def all_in(application: Application) -> bool:
    """Tell whether all scores of one candidate are in."""
    return is_in(application.vacancy, seats([application])[application.pk], timezone.localdate())


def shown_to(vacancy: Vacancy, found: Sequence[Seat], member: PanelMember | None, day: date) -> bool:
    """Tell whether somebody sees the others' scores now: when all are in, or after their own if the vacancy says so."""
    if is_in(vacancy, found, day):
        return True
    own = any(one.sent for one in found if member is not None and one.member.pk == member.pk)
    return vacancy.reveal == Reveal.OWN and own


@dataclass
class Line:
    """One question in the discussion: each member's level or mark, and how far apart they are."""

    criterion: Criterion
    cells: list[Score | None] = field(default_factory=list)

    @property
    def levels(self) -> list[int]:
        return [cell.level for cell in self.cells if cell is not None and cell.level is not None]

    @property
    def spread(self) -> int:
        return max(self.levels) - min(self.levels) if self.levels else 0


def lines(application: Application, found: Sequence[Seat]) -> list[Line]:
    """Return members × questions of one candidate. The caller asked `shown_to` first."""
    sent = [one for one in found if one.sent]
    scores = {
        (one.scorecard_id, one.criterion_id): one
        for one in Score.objects.filter(scorecard__in=[one.card.pk for one in sent if one.card])
    }
    return [
        Line(criterion, [scores.get((one.card.pk, criterion.pk)) for one in sent if one.card])
        for criterion in Criterion.objects.filter(vacancy=application.vacancy_id)
    ]


def mean(found: Sequence[Seat], scores: Mapping[tuple[UUID, UUID], Any], criteria: Sequence[Criterion]) -> float | None:
    """Return the mean of the members' weighted means: only to hold it against the bar, never shown as a total."""
    own = []
    for one in found:
        if not one.sent or one.card is None:
            continue
        weighed = [(scores[one.card.pk, criterion.pk], criterion.weight) for criterion in criteria
                   if scores.get((one.card.pk, criterion.pk)) is not None]  # fmt: skip
        if weighed:
            own.append(sum(level * weight for level, weight in weighed) / sum(weight for _level, weight in weighed))
    return sum(own) / len(own) if own else None


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
    """Tell whether a candidate is at the bar or above; None without any level."""
    found = seats([application])[application.pk]
    criteria = list(Criterion.objects.filter(vacancy=application.vacancy_id))
    result = mean(found, levels_of([found]), criteria)
    return None if result is None else result >= float(application.vacancy.bar)
