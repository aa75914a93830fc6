"""Who sits on a panel: at least one peer, by their own statement; from outside for this vacancy only (G17)."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hiring.models import Application, CanNotScore, Occupied, PanelMember, Vacancy, VacancyState
from hiring.workflows.vacancies import note, peers
from peersupport.accounts.models import Role, RoleGrant, User
from peersupport.audit.lifecycle import NotAllowed, NotPossible, lock
from peersupport.audit.recording import record
from peersupport.reminders import outbox

AT_WORK = (VacancyState.DRAFT, VacancyState.OPEN, VacancyState.CLOSED)


def _runs(vacancy: Vacancy, by: User) -> None:
    if vacancy.run_by_id != by.pk:
        raise NotAllowed("panel")


@transaction.atomic
def add(vacancy: Vacancy, user: User, *, by: User) -> PanelMember:
    """Add somebody with an account to the panel. Raises NotAllowed, NotPossible."""
    held: Vacancy = lock(vacancy)
    _runs(held, by)
    if held.state not in AT_WORK:
        raise NotPossible
    member = PanelMember.objects.filter(vacancy=held, user=user).first() or PanelMember(vacancy=held, user=user)
    if member.pk and member.left_at is None and not member._state.adding:
        raise NotPossible(_("They are on the panel already."))
    member.left_at = None
    member.save()
    RoleGrant.objects.get_or_create(user=user, role=Role.PANEL_MEMBER, defaults={"granted_by": by})
    record("panel.add", member, by=by, role="coordinator", subjects=[user.pseudonym])
    note(held, "panel.add", by=by)
    outbox.write("panel.asked", held, to=user)
    return member


@transaction.atomic
def state_peer(member: PanelMember, is_peer: bool, *, by: User) -> PanelMember:
    """Say of oneself whether one is a peer. Raises NotAllowed for anybody else, NotPossible for the last peer."""
    held: PanelMember = lock(member)
    if held.user_id != by.pk or held.left_at:
        raise NotAllowed("panel.peer")
    if held.is_peer and not is_peer:
        _not_the_last_peer(held)
    held.is_peer = is_peer
    held.save()
    record("panel.peer", held, by=by, role="self", subjects=[by.pseudonym])
    return held


@transaction.atomic
def chair(member: PanelMember, *, by: User) -> None:
    """Choose who chairs; it need not be staff. Raises NotAllowed."""
    held: Vacancy = lock(member.vacancy)
    _runs(held, by)
    PanelMember.objects.filter(vacancy=held, chairs=True).update(chairs=False)
    PanelMember.objects.filter(pk=member.pk, left_at=None).update(chairs=True)
    record("panel.chair", member, by=by, role="coordinator", subjects=[member.user.pseudonym])
    note(held, "panel.chair", by=by)


@transaction.atomic
def leave(member: PanelMember, *, by: User) -> None:
    """Leave, or be taken off. What was sent counts on. Raises NotAllowed, NotPossible for the last peer of an open vacancy."""
    vacancy: Vacancy = lock(member.vacancy)
    held: PanelMember = lock(member)
    if by.pk not in {held.user_id, vacancy.run_by_id}:
        raise NotAllowed("panel.leave")
    if held.left_at:
        raise NotPossible
    _not_the_last_peer(held)
    held.left_at, held.chairs = timezone.now(), False
    held.save()
    Occupied.objects.filter(slot__vacancy=vacancy, what=f"user {held.user_id}").delete()
    record("panel.leave", held, by=by, role="coordinator", subjects=[held.user.pseudonym])
    note(vacancy, "panel.leave", by=by)


def _not_the_last_peer(member: PanelMember) -> None:
    others = [one for one in peers(member.vacancy) if one.pk != member.pk]
    if member.is_peer and not others and member.vacancy.state in {VacancyState.OPEN, VacancyState.CLOSED}:
        raise NotPossible(_("The last peer can't leave the panel. Find another peer first."))


@transaction.atomic
def can_not_score(member: PanelMember, application: Application, *, by: User) -> None:
    """“I can't score this person”: no reason is kept, drafts of scores go, and the member no longer sees them.

    Raises NotAllowed, and NotPossible after their scores were sent.
    """
    held: PanelMember = lock(member)
    if held.user_id != by.pk or held.left_at or application.vacancy_id != held.vacancy_id:
        raise NotAllowed("can_not_score")
    if held.scorecards.filter(application=application, submitted_at__isnull=False).exists():
        raise NotPossible(_("Your scores are sent already."))
    held.scorecards.filter(application=application).delete()
    try:
        with transaction.atomic():
            CanNotScore.objects.create(member=held, application=application)
    except IntegrityError:
        return
    record("panel.can_not_score", held, by=by, role="self", subjects=[by.pseudonym])


def member_of(vacancy: Vacancy, user: User) -> PanelMember | None:
    """Return the seat of somebody on a panel at work, or None."""
    if vacancy.state not in {*AT_WORK}:
        return None
    found: PanelMember | None = PanelMember.objects.at_work().filter(vacancy=vacancy, user=user).first()
    return found


def end_all_of(user: User) -> None:
    """Somebody is no panel member any more. The last peer stays listed as having left: no score is shown without a peer's."""
    PanelMember.objects.filter(user=user, left_at=None).update(left_at=timezone.now(), chairs=False)
