"""Decisions: with reasons, at the bar, with a peer's score, and never more than there are posts (G17, G19)."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hiring.models import Application, ApplicationState, Decision, Offer, Outcome, Override, PanelMember, Vacancy
from hiring.workflows import scoring
from hiring.workflows.applying import LIFECYCLE, Candidate, _part
from hiring.workflows.vacancies import note
from peersupport.accounts import workflows as accounts
from peersupport.accounts.models import User
from peersupport.audit.lifecycle import NotAllowed, NotPossible, lock
from peersupport.audit.recording import record
from peersupport.reminders import outbox
from peersupport.ui.when import utc_of
from supporters import workflows as supporters
from supporters.models import Supporter
from supporters.supervision import workflows as supervision
from supporters.training import workflows as training

S = ApplicationState
RESERVE_DAYS = 365


def _has_a_peers_score(application: Application) -> bool:
    found = scoring.seats([application])[application.pk]
    return any(one.sent and one.member.is_peer for one in found)


def places_left(vacancy: Vacancy) -> int:
    """Return how many posts are not promised yet. The caller holds the vacancy's lock when it counts."""
    promised = Decision.objects.filter(application__vacancy=vacancy, outcome=Outcome.APPOINT)
    return vacancy.posts - promised.exclude(application__state=S.DECLINED).count()


@transaction.atomic
def decide(application: Application, outcome: str, *, by: User, reasons: str, feedback: str) -> Decision:
    """Decide about one candidate. Raises NotAllowed, and NotPossible: scores sealed, no peer's score, below the bar,
    no reasons, no kind words, or no post left.
    """
    vacancy: Vacancy = lock(application.vacancy)
    held: Application = lock(application)
    if _part(by, held) != "coordinator":
        raise NotAllowed("decide")
    if (
        held.state not in {S.SENT, S.INVITED, S.RESERVE}
        or Decision.objects.filter(application=held, outcome=Outcome.APPOINT).exists()
    ):
        raise NotPossible(_("There is a decision already."))
    if not reasons.strip() or not feedback.strip():
        raise NotPossible(_("Write why, and what the candidate is told."))
    if not scoring.all_in(held):
        raise NotPossible(_("Not all scores are in."))
    if not _has_a_peers_score(held):
        raise NotPossible(_("Nobody is decided about without a peer's score."))
    if outcome == Outcome.APPOINT:
        _may_be_appointed(vacancy, held)
    decision, _made = Decision.objects.update_or_create(
        application=held, defaults={"outcome": outcome, "reasons": reasons, "decided_by": by}
    )
    held.feedback = feedback
    held.save(update_fields=["feedback"])
    note(vacancy, f"decide.{outcome}", by=by, number=held.number)
    record("application.decide", held, by=by, role="coordinator", subjects=[held.pk])
    if outcome != Outcome.APPOINT:
        verb = "reserve" if outcome == Outcome.RESERVE else "not_this_time"
        _answer(verb, held, by)
    return decision


def _answer(verb: str, application: Application, by: User) -> None:
    with LIFECYCLE.step(verb, application, by=by) as fresh:
        fresh.told_at = timezone.now()
        fresh.reserve_until = timezone.localdate() + timedelta(days=RESERVE_DAYS) if verb == "reserve" else None
        outbox.write("application.news", fresh, to=None, key=fresh.pk)


def _may_be_appointed(vacancy: Vacancy, application: Application) -> None:
    if places_left(vacancy) < 1:
        raise NotPossible(_("Every post is promised already."))
    override = Override.objects.filter(application=application, confirmed_at__isnull=False).exists()
    if not scoring.above_the_bar(application) and not override:
        raise NotPossible(
            _("This is below the bar that was set before. Only two together can go below it, one of them a peer.")
        )


@transaction.atomic
def ask_to_go_below(application: Application, *, by: User, reason: str) -> Override:
    """A panel member asks to go below the bar; another has to confirm. Raises NotAllowed, NotPossible."""
    held: Application = lock(application)
    member = _member(held, by)
    if not reason.strip():
        raise NotPossible(_("Say why. It stays in the history."))
    if not scoring.all_in(held) or not _has_a_peers_score(held):
        raise NotPossible(_("Nobody is decided about without a peer's score."))
    if Override.objects.filter(application=held).exists():
        raise NotPossible(_("Somebody has asked already."))
    override = Override.objects.create(application=held, reason=reason, first=member)
    record("override.ask", held, by=by, role="self", subjects=[held.pk])
    note(held.vacancy, "override.ask", by=by, number=held.number, reason=reason)
    return override


@transaction.atomic
def go_below_together(override: Override, *, by: User) -> Override:
    """Another member confirms; one of the two is a peer. Raises NotAllowed, NotPossible."""
    held: Override = lock(override)
    member = _member(held.application, by)
    if held.confirmed_at or held.first_id == member.pk:
        raise NotPossible(_("It takes two different people."))
    if not (member.is_peer or (held.first and held.first.is_peer)):
        raise NotPossible(_("One of the two has to be a peer."))
    held.second, held.confirmed_at = member, timezone.now()
    held.save()
    record("override.confirm", held.application, by=by, role="self", subjects=[held.application.pk])
    note(held.application.vacancy, "override.confirm", by=by, number=held.application.number, reason=held.reason)
    return held


def _member(application: Application, by: User) -> PanelMember:
    found = PanelMember.objects.at_work().filter(vacancy=application.vacancy_id, user=by).first()
    if found is None or found.can_not_score.filter(application=application).exists():
        raise NotAllowed("panel")
    return found  # type: ignore[no-any-return]


@transaction.atomic
def offer(
    application: Application, *, by: User, starts_on: date, supervisor: User, every_weeks: int, mode: str,
    first_at: datetime, time_zone: str, answer_by: date,
) -> Offer:  # fmt: skip
    """Offer a post to whom it was decided for; what a yes begins is settled here. Raises NotAllowed, NotPossible."""
    vacancy: Vacancy = lock(application.vacancy)
    decision = Decision.objects.filter(application=application).first()
    if decision is None or decision.outcome != Outcome.APPOINT:
        raise NotPossible(_("Decide first."))
    if supervisor not in supervision.supervisors_for(Supporter()):
        raise NotPossible(_("This person can't supervise yet: they have not said what they bring."))
    if answer_by < timezone.localdate() or utc_of(first_at, time_zone) <= timezone.now():
        raise NotPossible(_("Choose days that are to come."))
    with LIFECYCLE.step("offer", application, by=by) as fresh:
        found, _made = Offer.objects.update_or_create(
            application=fresh,
            defaults={"starts_on": starts_on, "supervisor": supervisor, "every_weeks": every_weeks, "mode": mode,
                      "first_at": first_at.replace(tzinfo=utc_of(first_at, time_zone).tzinfo), "time_zone": time_zone,
                      "answer_by": answer_by, "made_by": by},
        )  # fmt: skip
        fresh.told_at = timezone.now()
        note(vacancy, "offer", by=by, number=fresh.number)
        outbox.write("application.news", fresh, to=None, key=fresh.pk)
    return found


@transaction.atomic
def start(application: Application, *, by: Candidate, name: str, email: str, password: str, language: str) -> User:
    """Say yes: account, profile in training, required training, supervisor and first check-in, all or nothing.

    Raises NotAllowed, NotPossible.
    """
    made = Offer.objects.select_related("supervisor", "made_by").get(application=application)
    with LIFECYCLE.step("accept", application, by=by, first=[application.vacancy]) as fresh:
        invitation, _token = supporters.invite_supporter(email, by=made.made_by, language=language)
        user = accounts.join(invitation, name=name, email=email, password=password, language=language)
        supporter = Supporter.objects.get(user=user)
        training.training_first(supporter, True, by=made.made_by)
        found = supervision.begin(supporter, made.supervisor, every_weeks=made.every_weeks, mode=made.mode, minutes=60,
                                  by=made.made_by)  # fmt: skip
        supervision.plan(found, by=made.supervisor, wall_time=made.first_at.replace(tzinfo=None), time_zone=made.time_zone,
                         minutes=60, mode=made.mode)  # fmt: skip
        made.answered_at = timezone.now()
        made.save(update_fields=["answered_at"])
        Vacancy.objects.filter(pk=fresh.vacancy_id).update(counted_hired=F("counted_hired") + 1)
        note(fresh.vacancy, "start", by=None, number=fresh.number)
        outbox.write("start.welcome", supporter, to=user)
        _introduce(fresh, user)
    return user


def _introduce(application: Application, user: User) -> None:
    """Whoever starts beside somebody else is told of each other: nobody starts alone (G20)."""
    others = User.objects.filter(email__in=application.vacancy.applications.filter(state=S.STARTED).values("email"))
    for other in others.exclude(pk=user.pk):
        outbox.write("start.together", application.vacancy, to=other)
        outbox.write("start.together", application.vacancy, to=user)


def decline(application: Application, *, by: Candidate) -> None:
    """Say no to the offer; the post is free again, and whoever runs it is told."""
    with LIFECYCLE.step("decline", application, by=by, first=[application.vacancy]) as fresh:
        Offer.objects.filter(application=fresh).update(answered_at=timezone.now())
        note(fresh.vacancy, "declined", by=None, number=fresh.number)
        outbox.write("offer.answered", fresh.vacancy, to=fresh.vacancy.run_by)


def lapse(day: date) -> int:
    """Offers nobody answered in time are over; return how many."""
    late = list(Application.objects.filter(state=S.OFFERED, offer__answer_by__lt=day)[:100])
    for application in late:
        with LIFECYCLE.step("lapse", application, by=None) as fresh:
            note(fresh.vacancy, "offer.lapsed", by=None, number=fresh.number)
            outbox.write("application.news", fresh, to=None, key=fresh.pk)
            outbox.write("offer.answered", fresh.vacancy, to=fresh.vacancy.run_by)
    return len(late)


def names_of_supervisors() -> list[Any]:
    """Return who could supervise somebody who starts."""
    return supervision.supervisors_for(Supporter())
