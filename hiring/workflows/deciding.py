"""Decisions: with reasons, at the bar, with a peer's score, and never more than there are posts (G17, G19)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hiring.models import (
    Application,
    ApplicationState,
    Decision,
    DecisionOutcome,
    Offer,
    Override,
    PanelMember,
    Vacancy,
    VacancyState,
)
from hiring.workflows import scoring, talks
from hiring.workflows.applying import LIFECYCLE, Candidate, _part
from hiring.workflows.vacancies import count, note, peers, tell, today
from peersupport.accounts import workflows as accounts
from peersupport.accounts.models import Role, User
from peersupport.audit.recording import record
from peersupport.notifications import outbox
from peersupport.workflow.state_machine import NotAllowed, NotPossible, lock
from supporters import workflows as supporters
from supporters.models import Supporter
from supporters.supervision import workflows as supervision
from supporters.supervision.models import Supervision
from supporters.training import workflows as training

S = ApplicationState
RESERVE_DAYS = 365
#: A decision to appoint is a promise of a post, until somebody starts or it comes to nothing.
PROMISED = [S.SENT, S.INVITED, S.RESERVE, S.OFFERED]


def places_left(vacancy: Vacancy, *, besides: Application | None = None) -> int:
    """Return how many posts are neither filled nor promised. The caller holds the vacancy's lock when it counts."""
    promised = Decision.objects.filter(
        application__vacancy=vacancy, outcome=DecisionOutcome.APPOINT, application__state__in=PROMISED
    )
    started = Vacancy.objects.values_list("counted_hired", flat=True).get(pk=vacancy.pk)
    return int(vacancy.posts - started - promised.exclude(application=besides).count())


def _both(application: Application) -> tuple[Vacancy, Application]:
    """Lock a vacancy and then its application: in that order everywhere."""
    vacancy: Vacancy = lock(application.vacancy)
    held: Application = lock(application)
    held.vacancy = vacancy
    return vacancy, held


@transaction.atomic
def invite(application: Application, *, by: User) -> Application:
    """Invite somebody to talk. Raises NotAllowed, and NotPossible while people still apply, or without a peer on the panel."""
    with LIFECYCLE.transition("invite", application, by=by, first=[application.vacancy]) as fresh:
        if fresh.vacancy.state != VacancyState.CLOSED:
            raise NotPossible(_("Close applications first. Then everybody is read alike."))
        if not peers(fresh.vacancy):
            raise NotPossible(_("Nobody is interviewed without a peer on the panel. Find a peer first."))
        tell(fresh)
        note(fresh.vacancy, "invite", by=by, number=fresh.number)
    return fresh  # type: ignore[no-any-return]


def may_decide(application: Application) -> bool:
    """Tell whether a decision is possible in this state: in time, and as long as no offer was made."""
    vacancy = application.vacancy
    if application.state == S.RESERVE:
        in_time = application.reserve_until is not None and application.reserve_until >= today(vacancy)
        promised = Decision.objects.filter(application=application, outcome=DecisionOutcome.APPOINT).exists()
        return (in_time or promised) and vacancy.state in {VacancyState.CLOSED, VacancyState.DONE}
    return application.state in {S.SENT, S.INVITED} and vacancy.state == VacancyState.CLOSED


@transaction.atomic
def decide(application: Application, outcome: str, *, by: User, reasons: str, feedback: str) -> Decision:
    """Decide about one candidate; until a post is offered, it may be decided anew.

    Raises NotAllowed, and NotPossible: scores sealed, no peer's score, below the bar, no reasons, no kind words, or no
    post left.
    """
    vacancy, held = _both(application)
    if _part(by, held) != "coordinator":
        raise NotAllowed("decide")
    if not may_decide(held):
        raise NotPossible(_("There is a decision already."))
    if outcome not in DecisionOutcome.values:
        raise NotPossible
    if not reasons.strip() or not feedback.strip():
        raise NotPossible(_("Write why, and what the candidate is told."))
    _scored(held)
    if outcome == DecisionOutcome.APPOINT:
        _may_be_appointed(vacancy, held)
    decision, _made = Decision.objects.update_or_create(
        application=held, defaults={"outcome": outcome, "reasons": reasons, "decided_by": by}
    )
    held.feedback = feedback
    held.save(update_fields=["feedback"])
    note(vacancy, f"decide.{outcome}", by=by, number=held.number)
    record("application.decide", held, by=by, role="coordinator", subjects=[held.pk])
    if outcome != DecisionOutcome.APPOINT:
        verb = "reserve" if outcome == DecisionOutcome.RESERVE else "not_this_time"
        _answer(verb, held, by)
    return decision


def _scored(application: Application) -> None:
    """Raise NotPossible before all scores are in, and without a peer's: that can't be gone around."""
    if application.scored_at is None:
        raise NotPossible(_("Not all scores are in."))
    if not scoring.has_a_peers_score(application):
        raise NotPossible(_("Nobody is decided about without a peer's score."))


def _answer(verb: str, application: Application, by: User | None) -> None:
    with LIFECYCLE.transition(verb, application, by=by) as fresh:
        fresh.reserve_until = today(fresh.vacancy) + timedelta(days=RESERVE_DAYS) if verb == "reserve" else None
        talks.give_up(fresh)
        tell(fresh)


def _may_be_appointed(vacancy: Vacancy, application: Application) -> None:
    if places_left(vacancy, besides=application) < 1:
        raise NotPossible(_("Every post is promised already."))
    above = scoring.above_the_bar(application)
    if above is None:
        raise NotPossible(
            _("Too little was scored to hold it against the bar: at least half of the questions by weight.")
        )
    if not above and not Override.objects.filter(application=application, confirmed_at__isnull=False).exists():
        raise NotPossible(
            _("This is below the bar that was set before. Only two together can go below it, one of them a peer.")
        )


@transaction.atomic
def ask_to_go_below(application: Application, *, by: User, reason: str) -> Override:
    """A panel member asks to go below the bar; another has to confirm. Raises NotAllowed, NotPossible."""
    held: Application = lock(application)
    member = _member(held, by)
    scoring.fit_for_good(reason, held)
    _scored(held)
    if scoring.above_the_bar(held) is not False:
        raise NotPossible(_("This is not below the bar."))
    before = Override.objects.filter(application=held).select_related("first").first()
    if before is not None:
        if before.confirmed_at or (before.first is not None and before.first.left_at is None):
            raise NotPossible(_("Somebody has asked already."))
        before.delete()  # who asked has left: two people who are here go below it
    override = Override.objects.create(
        application=held, reason=reason, first=member, first_is_peer=bool(member.is_peer)
    )
    record("override.ask", held, by=by, role="self", subjects=[held.pk])
    note(held.vacancy, "override.ask", by=by, number=held.number, reason=reason)
    return override


@transaction.atomic
def go_below_together(override: Override, *, by: User) -> Override:
    """Another member confirms; one of the two is a peer. Raises NotAllowed, NotPossible."""
    application: Application = lock(override.application)
    held: Override = lock(override)
    member = _member(application, by)
    if held.first is None or held.first.left_at is not None:
        raise NotPossible(_("Whoever asked has left the panel. Ask again yourself, and find a second."))
    if held.confirmed_at or held.first_id == member.pk:
        raise NotPossible(_("It takes two different people."))
    if not (member.is_peer or held.first_is_peer):
        raise NotPossible(_("One of the two has to be a peer."))
    held.second, held.confirmed_at = member, timezone.now()
    held.save()
    record("override.confirm", application, by=by, role="self", subjects=[application.pk])
    note(application.vacancy, "override.confirm", by=by, number=application.number, reason=held.reason)
    return held


def _member(application: Application, by: User) -> PanelMember:
    found = PanelMember.objects.at_work().filter(vacancy=application.vacancy_id, user=by).first()
    if found is None or found.can_not_score.filter(application=application).exists():
        raise NotAllowed("panel")
    return found  # type: ignore[no-any-return]


@transaction.atomic
def offer(
    application: Application,
    *,
    by: User,
    starts_on: date,
    supervisor: User,
    every_weeks: int,
    mode: str,
    first_at: datetime,
    time_zone: str,
    answer_by: date,
) -> Offer:
    """Offer a post to whom it was decided for, or change an open offer; what a yes begins is settled here.

    Raises NotAllowed, NotPossible.
    """
    vacancy, held = _both(application)
    decision = Decision.objects.filter(application=held).first()
    if decision is None or decision.outcome != DecisionOutcome.APPOINT:
        raise NotPossible(_("Decide first."))
    if vacancy.state not in {VacancyState.CLOSED, VacancyState.DONE}:
        raise NotPossible
    if supervisor not in supervision.supervisors_for(Supporter()):
        raise NotPossible(_("This person can't supervise yet: they have not said what they bring."))
    if answer_by < today(vacancy):
        raise NotPossible(_("Choose days that are to come."))
    if first_at.date() <= answer_by:
        raise NotPossible(_("The first check-in comes after the last day to answer."))
    if held.state != S.OFFERED:
        _scored(held)
        _may_be_appointed(vacancy, held)
    with LIFECYCLE.transition("offer", held, by=by) as fresh:
        found, _made = Offer.objects.update_or_create(
            application=fresh,
            defaults={
                "starts_on": starts_on,
                "supervisor": supervisor,
                "every_weeks": every_weeks,
                "mode": mode,
                "first_at": first_at.replace(tzinfo=UTC),
                "time_zone": time_zone,
                "answer_by": answer_by,
                "made_by": by,
                "answered_at": None,
            },
        )
        talks.give_up(fresh)
        tell(fresh)
        note(vacancy, "offer", by=by, number=fresh.number)
    return found


def _who_welcomes(made: Offer) -> User:
    """Return the coordinator in whose name somebody starts. Raises NotPossible when there is none any more."""
    for user in (made.made_by, made.application.vacancy.run_by):
        if user is not None and user.is_active and user.holds(Role.COORDINATOR):
            return user
    found = User.objects.filter(is_active=True, role_grants__role=Role.COORDINATOR).order_by("pk").first()
    if found is None:
        raise NotPossible(_("Something of this offer has changed. Please talk to us; nothing is lost."))
    return found


def start(application: Application, *, by: Candidate, language: str, user: User | None = None, **account: str) -> User:
    """Say yes: account, profile in training, required training, supervisor and first check-in, all or nothing.

    With the account of `user`, or with a new one (`name`, `email`, `password`), whose address is still to be confirmed.
    Raises NotAllowed, NotPossible; whoever runs the vacancy is told when the offer no longer holds.
    """
    try:
        return _start(application, by=by, language=language, user=user, account=account)
    except _Stuck as stuck:
        vacancy = application.vacancy
        if vacancy.run_by:
            with transaction.atomic():
                outbox.write("offer.stuck", vacancy, to=vacancy.run_by)
        raise NotPossible(stuck.message) from None


class _Stuck(NotPossible):
    """An offer can't be kept as it is; somebody has to change it."""


@transaction.atomic
def _start(
    application: Application, *, by: Candidate, language: str, user: User | None, account: dict[str, str]
) -> User:
    with LIFECYCLE.transition("accept", application, by=by, first=[application.vacancy]) as fresh:
        made = Offer.objects.select_related("supervisor", "made_by", "application__vacancy__run_by").get(
            application=fresh
        )
        if made.answer_by < today(fresh.vacancy):
            raise NotPossible(_("The time to answer is over. Please talk to us."))
        if made.supervisor is None or made.supervisor not in supervision.supervisors_for(Supporter()):
            raise _Stuck(_("Your supervisor is not there any more. You hear from us soon; nothing is lost."))
        welcomes = _who_welcomes(made)
        invitation, _token = supporters.invite_supporter("", by=welcomes, language=language)
        if user is None:
            user = accounts.join(invitation, language=language, proven=False, **account)
        else:
            accounts.accept(invitation, by=user)
        supporter = Supporter.objects.get(user=user)
        training.training_first(supporter, True, by=welcomes)
        if not Supervision.objects.filter(supporter=supporter, ended_at=None).exists():
            found = supervision.begin(
                supporter, made.supervisor, every_weeks=made.every_weeks, mode=made.mode, minutes=60, by=welcomes
            )
            supervision.plan(
                found,
                by=made.supervisor,
                wall_time=made.first_at.replace(tzinfo=None),
                time_zone=made.time_zone,
                minutes=60,
                mode=made.mode,
            )
        made.answered_at = timezone.now()
        made.save(update_fields=["answered_at"])
        fresh.started_as = user
        count(fresh.vacancy, fresh.language, started=True)
        note(fresh.vacancy, "start", by=None, number=fresh.number)
        outbox.write("start.welcome", supporter, to=user)
        if fresh.vacancy.run_by:
            outbox.write("offer.answered", fresh.vacancy, to=fresh.vacancy.run_by)
        _introduce(fresh, user)
    return user


def _introduce(application: Application, user: User) -> None:
    """Whoever starts beside somebody else is told of each other: nobody starts alone (G20)."""
    others = (
        application.vacancy.applications.filter(state=S.STARTED).exclude(started_as=None).select_related("started_as")
    )
    for other in {one.started_as for one in others} - {user}:
        outbox.write("start.together", application.vacancy, to=other)
        outbox.write("start.together", application.vacancy, to=user)


def decline(application: Application, *, by: Candidate) -> None:
    """Say no to the offer; the post is free again, and whoever runs it is told."""
    with LIFECYCLE.transition("decline", application, by=by, first=[application.vacancy]) as fresh:
        Offer.objects.filter(application=fresh).update(answered_at=timezone.now())
        note(fresh.vacancy, "declined", by=None, number=fresh.number)
        if fresh.vacancy.run_by:
            outbox.write("offer.answered", fresh.vacancy, to=fresh.vacancy.run_by)


def lapse() -> int:
    """Offers nobody answered in time are over, and places on a reserve list too; return how many."""
    soon = timezone.now().date() + timedelta(days=1)
    offers = Application.objects.filter(state=S.OFFERED, offer__answer_by__lt=soon).select_related("vacancy", "offer")
    reserves = Application.objects.filter(state=S.RESERVE, reserve_until__lt=soon).select_related("vacancy")
    ended = 0
    for application in offers[:100]:
        if application.offer.answer_by < today(application.vacancy):
            ended += _ends("lapse", "offer.lapsed", application)
    for application in reserves.exclude(decision__outcome=DecisionOutcome.APPOINT)[:100]:
        if application.reserve_until and application.reserve_until < today(application.vacancy):
            ended += _ends("reserve_over", "reserve.over", application)
    return ended


def _ends(verb: str, what: str, application: Application) -> bool:
    """Take one step by the system; somebody who acted in the same moment comes first."""
    try:
        with LIFECYCLE.transition(verb, application, by=None, first=[application.vacancy]) as fresh:
            note(fresh.vacancy, what, by=None, number=fresh.number)
            fresh.reserve_until = None
            tell(fresh)
            if verb == "lapse" and fresh.vacancy.run_by:
                outbox.write("offer.answered", fresh.vacancy, to=fresh.vacancy.run_by)
    except NotPossible:
        return False
    return True


def names_of_supervisors() -> list[Any]:
    """Return who could supervise somebody who starts."""
    return supervision.supervisors_for(Supporter())
