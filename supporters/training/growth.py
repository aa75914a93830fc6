"""A supporter's own growth: how they see their competences, what they want to learn; and the steps of a career."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import Role, User
from peersupport.audit.recording import record
from peersupport.vault import door as vault
from peersupport.workflow.state_machine import NotAllowed, NotPossible, lock
from supporters.models import Supporter
from supporters.supervision import workflows as supervision
from supporters.supervision.models import CheckIn, CheckInEntry
from supporters.training.models import CareerStep, CareerStepReached, Competence, Goal, Level, SelfView

GOALS_AT_MOST = 100


def belongs(user: User) -> vault.Belongs:
    """Return what a self-view of this user has to be."""
    return vault.Belongs("self_view", user.pseudonym, frozenset([user.pk]))


@transaction.atomic
def look_at_myself(content: vault.Content, *, by: vault.Unlocked) -> SelfView:
    """Keep how one sees oneself now, sealed for oneself alone. Raises NotAllowed, NotPossible, CannotOpen."""
    if not by.user.holds(Role.SUPPORTER):
        raise NotAllowed("self_view")
    if not vault.sheet_is_settled(by):
        raise NotPossible(_("First make a recovery sheet, or say that you do without."))
    text = vault.write("self_view", by.user.pseudonym, content, readers=[], by=by)
    found = SelfView.objects.create(author_id=by.user.pk, text=text)
    record("self_view.write", found, by=by.user, role="self", subjects=[by.user.pseudonym])
    return found


@transaction.atomic
def erase(view: SelfView, *, by: User) -> None:
    """Destroy one's own. Raises NotAllowed for anybody else's."""
    fresh: SelfView = lock(view)
    if fresh.author_id != by.pk:
        raise NotAllowed("self_view.erase")
    record("self_view.erase", fresh, by=by, role="self", subjects=[by.pseudonym])
    vault.destroy(vault.SealedText.objects.filter(pk=fresh.text_id))


def in_words(parts: dict[str, str]) -> str:
    """Return a self-view as lines to read."""
    lines = [
        f"{competence.label}: {Level(int(parts[competence])).label}"
        for competence in Competence
        if parts.get(competence)
    ]
    return "\n".join([*lines, *([parts["words"]] if parts.get("words") else [])])


@transaction.atomic
def bring(view: SelfView, check_in: CheckIn, *, by: vault.Unlocked) -> CheckInEntry:
    """Put what one sees of oneself into a check-in, as something to talk about: a copy, sealed to the two there.

    Raises NotAllowed for anybody else's, and whatever writing into a check-in raises.
    """
    fresh: SelfView = lock(view)
    if fresh.author_id != by.user.pk:
        raise NotAllowed("self_view.bring")
    (content,) = vault.read_all([fresh.text], by=by, role="self", noted=False, belongs=belongs(by.user))
    if not isinstance(content, vault.Content):
        raise vault.CannotOpen
    words = _now("How I see myself:") + "\n" + in_words(content.parts)
    return supervision.write(check_in, "agenda", vault.Content({"agenda": words}), by=by)


@transaction.atomic
def set_goal(goal: Goal | None, *, by: User, words: str, competence: str, by_when: date | None) -> Goal:
    """Add a line to one's own plan, or change it. Raises NotAllowed, NotPossible."""
    if not by.holds(Role.SUPPORTER) or (goal and goal.author_id != by.pk):
        raise NotAllowed("goal")
    if goal is None and Goal.objects.filter(author=by).count() >= GOALS_AT_MOST:
        raise NotPossible(_("Your plan is long enough. Remove what is done first."))
    found = goal or Goal(author=by)
    found.words, found.competence, found.by_when = words, competence, by_when
    found.save()
    record("goal.set", found, by=by, role="self", subjects=[by.pseudonym])
    return found


@transaction.atomic
def goal_done(goal: Goal, *, by: User, is_done: bool) -> None:
    """It is done, or not after all. Raises NotAllowed."""
    fresh: Goal = lock(goal)
    if fresh.author_id != by.pk:
        raise NotAllowed("goal")
    fresh.done_at = timezone.now() if is_done else None
    fresh.save()
    record("goal.done", fresh, by=by, role="self", subjects=[by.pseudonym])


@transaction.atomic
def remove_goal(goal: Goal, *, by: User) -> None:
    """Take a line out of one's own plan. Raises NotAllowed."""
    fresh: Goal = lock(goal)
    if fresh.author_id != by.pk:
        raise NotAllowed("goal")
    record("goal.remove", fresh, by=by, role="self", subjects=[by.pseudonym])
    fresh.delete()


@transaction.atomic
def save_step(found: CareerStep | None, data: dict[str, Any], *, by: User) -> CareerStep:
    """Add or change a step of the career. Raises NotAllowed for anybody but an administrator."""
    if not by.holds(Role.ADMINISTRATOR):
        raise NotAllowed("training.step")
    step = found or CareerStep()
    for name in ("names", "abouts", "order", "active"):
        setattr(step, name, data[name])
    step.save()
    record("training.step", step, by=by, role=Role.ADMINISTRATOR, subjects=[None])
    return step


@transaction.atomic
def reached(supporter: Supporter, step: CareerStep, *, by: User, is_so: bool) -> None:
    """A coordinator notes that somebody reached a step, or takes it back. Raises NotAllowed."""
    if not by.holds(Role.COORDINATOR):
        raise NotAllowed("training.reached")
    held: Supporter = lock(supporter)
    if is_so:
        CareerStepReached.objects.get_or_create(supporter=held, step=step)
    else:
        CareerStepReached.objects.filter(supporter=held, step=step).delete()
    record("training.reached", held, by=by, role="coordinator", subjects=[held.user.pseudonym if held.user else None])


def ladder(supporter: Supporter) -> list[CareerStep]:
    """Return the steps in order, each with `is_reached`."""
    there = set(CareerStepReached.objects.filter(supporter=supporter).values_list("step", flat=True))
    steps = [step for step in CareerStep.objects.all() if step.active or step.pk in there]
    for step in steps:
        step.is_reached = step.pk in there  # type: ignore[attr-defined]
    return steps
