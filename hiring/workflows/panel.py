"""Who sits on a panel: at least one peer, by their own statement; invited for this vacancy only (G17)."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hiring.models import Application, Booking, PanelInvitation, PanelMember, Recusal, Vacancy, VacancyState
from hiring.workflows import scoring, talks
from hiring.workflows.vacancies import end_rights, note, peers
from peersupport.accounts import workflows as accounts
from peersupport.accounts.models import Role, RoleGrant, RoleInvitation, User
from peersupport.audit.recording import record
from peersupport.notifications import outbox
from peersupport.web.plain import plain_address
from peersupport.workflow.state_machine import NotAllowed, NotPossible, lock

_RUNS_IT = _("Whoever runs a vacancy does not score. Hand it over to sit on its panel.")
AT_WORK = (VacancyState.DRAFT, VacancyState.OPEN, VacancyState.CLOSED)


def _runs(vacancy: Vacancy, by: User) -> None:
    if vacancy.run_by_id != by.pk or not by.holds(Role.COORDINATOR):
        raise NotAllowed("panel")


@transaction.atomic
def add(vacancy: Vacancy, user: User, *, by: User) -> PanelMember:
    """Add somebody with an account to the panel. Raises NotAllowed, NotPossible."""
    held: Vacancy = lock(vacancy)
    _runs(held, by)
    if held.state not in AT_WORK:
        raise NotPossible
    return _seat(held, user, by)


@transaction.atomic
def invite(vacancy: Vacancy, email: str, *, by: User, language: str) -> tuple[RoleInvitation, str]:
    """Invite somebody onto the panel; their yes gives them the seat, for this vacancy alone.

    Return the invitation and the token of its link, which is shown once; no token where somebody else has invited them
    already: that link gives this seat too. Raises NotAllowed, NotPossible.
    """
    held: Vacancy = lock(vacancy)
    _runs(held, by)
    if held.state not in AT_WORK:
        raise NotPossible
    address = plain_address(email)
    if accounts.has_address(by, address):
        raise NotPossible(_RUNS_IT)
    waiting = RoleInvitation.objects.filter(email=address, role=Role.PANEL_MEMBER, accepted_at=None)
    invitation = waiting.filter(expires_at__gt=timezone.now()).first()
    if invitation:
        token = accounts.renew(invitation, by=by) if invitation.invited_by_id == by.pk else ""
    else:
        invitation, token = accounts.invite(Role.PANEL_MEMBER, address, by=by, language=language)
    PanelInvitation.objects.get_or_create(vacancy=held, invitation=invitation)
    record("panel.ask", held, by=by, role="coordinator", subjects=[None])
    note(held, "panel.ask", by=by)
    return invitation, token


@transaction.atomic
def do_not_ask(asked: PanelInvitation, *, by: User) -> None:
    """Take an open invitation to a panel back; its link gives no seat any more. Raises NotAllowed."""
    _runs(asked.vacancy, by)
    held: PanelInvitation = lock(asked)
    record("panel.do_not_ask", asked.vacancy, by=by, role="coordinator", subjects=[None])
    invitation = held.invitation
    held.delete()
    if not PanelInvitation.objects.filter(invitation=invitation).exists() and invitation.accepted_at is None:
        accounts.take_invitation_back(invitation, by=by)


def begin(invitation: RoleInvitation, user: User) -> None:
    """Give the seats to whoever accepted, where the vacancy is still at work. Runs inside the acceptance's transaction."""
    several = list(
        PanelInvitation.objects.filter(invitation=invitation).select_related("vacancy__run_by").order_by("vacancy")
    )
    for asked in several:
        held: Vacancy = lock(asked.vacancy)
        if held.state in AT_WORK and not PanelMember.objects.at_work().filter(vacancy=held, user=user).exists():
            try:
                with transaction.atomic():
                    _seat(held, user, held.run_by)
            except NotPossible:  # they run it, or talk with somebody else at a time that is proposed
                note(held, "panel.no_seat", by=None)
        asked.delete()
    if several:
        end_rights(user, besides=None)


def _seat(held: Vacancy, user: User, by: User | None) -> PanelMember:
    if user.pk == held.run_by_id:
        raise NotPossible(_RUNS_IT)
    member = PanelMember.objects.filter(vacancy=held, user=user).first() or PanelMember(vacancy=held, user=user)
    if member.pk and member.left_at is None and not member._state.adding:
        raise NotPossible(_("They are on the panel already."))
    member.left_at = None
    member.save()
    recuse_from_own(member)
    talks.take_for(member)
    RoleGrant.objects.get_or_create(user=user, role=Role.PANEL_MEMBER, defaults={"granted_by": by})
    record("panel.add", member, by=by, role="coordinator", subjects=[user.pseudonym])
    note(held, "panel.add", by=by)
    outbox.write("panel.asked", held, to=user)
    return member


@transaction.atomic
def state_peer(member: PanelMember, is_peer: bool, *, by: User) -> PanelMember:
    """Say of oneself whether one is a peer. Raises NotAllowed for anybody else, NotPossible for the last peer."""
    lock(member.vacancy)
    held: PanelMember = lock(member)
    if held.user_id != by.pk or held.left_at:
        raise NotAllowed("panel.peer")
    sent = Q(submitted_at__isnull=False) | Q(reopened__isnull=False)
    if held.is_peer != is_peer and held.scorecards.filter(sent).exists():
        raise NotPossible(_("You have sent scores by what you said. It stays so for this vacancy."))
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
    record("panel.chair", member, by=by, role="coordinator", subjects=[member.user.pseudonym if member.user else None])
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
    _off(held)
    scoring.settle_all(vacancy)
    if held.user:
        end_rights(held.user, besides=vacancy)
    record("panel.leave", held, by=by, role="coordinator", subjects=[held.user.pseudonym if held.user else None])
    note(vacancy, "panel.leave", by=by)


def _off(member: PanelMember) -> None:
    """A seat is left: it is no longer waited for, and no longer in two places."""
    member.left_at, member.chairs = timezone.now(), False
    member.save()
    scoring.put_back(member)
    Booking.objects.filter(slot__vacancy=member.vacancy_id, what=f"user {member.user_id}").delete()


def _not_the_last_peer(member: PanelMember) -> None:
    others = [one for one in peers(member.vacancy) if one.pk != member.pk]
    if member.is_peer and not others and member.vacancy.state in {VacancyState.OPEN, VacancyState.CLOSED}:
        raise NotPossible(_("The last peer can't leave the panel. Find another peer first."))


def recuse_from_own(member: PanelMember) -> None:
    """Take a member out of every application written from one of their own verified addresses."""
    own = EmailAddress.objects.filter(user=member.user_id, verified=True).values_list("email", flat=True)
    asked = Q(pk=None)
    for address in own:
        asked |= Q(email__iexact=address)
    for application in Application.objects.sent().filter(asked, vacancy=member.vacancy_id):
        Recusal.objects.get_or_create(member=member, application=application)


@transaction.atomic
def is_known(application: Application, member: PanelMember, *, by: Any) -> None:
    """The candidate says that they know a member of the panel, who then neither sees nor scores them.

    Whoever has sent scores already keeps them until whoever runs the vacancy, who is told in its history, has decided.
    Raises NotAllowed, NotPossible.
    """
    vacancy: Vacancy = lock(member.vacancy)
    asked: Application = lock(application)
    held: PanelMember = lock(member)
    if getattr(by, "application", None) != asked.pk or asked.vacancy_id != held.vacancy_id or held.left_at:
        raise NotAllowed("panel.known")
    sent = Q(submitted_at__isnull=False) | Q(reopened__isnull=False)
    note(vacancy, "panel.known", by=None, number=asked.number)
    record("panel.known", held, by=by, role="candidate", subjects=[asked.pk])
    if held.scorecards.filter(sent, application=asked).exists():
        return
    held.scorecards.filter(application=asked).delete()
    Recusal.objects.get_or_create(member=held, application=asked)
    scoring.settle(asked)


@transaction.atomic
def can_not_score(member: PanelMember, application: Application, *, by: User) -> None:
    """“I can't score this person”: no reason is kept, drafts of scores go, and the member no longer sees them.

    Raises NotAllowed, and NotPossible after their scores were sent.
    """
    lock(member.vacancy)
    asked: Application = lock(application)
    held: PanelMember = lock(member)
    if held.user_id != by.pk or held.left_at or asked.vacancy_id != held.vacancy_id:
        raise NotAllowed("can_not_score")
    sent = Q(submitted_at__isnull=False) | Q(reopened__isnull=False)
    if held.scorecards.filter(sent, application=asked).exists():
        raise NotPossible(_("Your scores are sent already."))
    held.scorecards.filter(application=application).delete()
    try:
        with transaction.atomic():
            Recusal.objects.create(member=held, application=application)
    except IntegrityError:
        return
    scoring.settle(asked)
    record("panel.can_not_score", held, by=by, role="self", subjects=[by.pseudonym])


def member_of(vacancy: Vacancy, user: User) -> PanelMember | None:
    """Return the seat of somebody on a panel at work, or None."""
    if vacancy.state not in {*AT_WORK}:
        return None
    found: PanelMember | None = PanelMember.objects.at_work().filter(vacancy=vacancy, user=user).first()
    return found


def can_see(member: PanelMember, application: Application) -> bool:
    """Tell whether a member sees a candidate: not one they said they can't score."""
    return not Recusal.objects.filter(member=member, application=application).exists()


@transaction.atomic
def end_all_of(user: User) -> None:
    """Somebody is no panel member any more. What they sent counts on; without a peer's score nothing is shown."""
    for member in PanelMember.objects.filter(user=user, left_at=None).select_related("vacancy").order_by("vacancy"):
        vacancy = lock(member.vacancy)
        _off(lock(member))
        scoring.settle_all(vacancy)


@transaction.atomic
def forget(user: User) -> None:
    """An account is deleted: its seats are left, and stay without a name, so that no decision turns by it."""
    end_all_of(user)
    Booking.objects.filter(what=f"user {user.pk}").delete()
    PanelMember.objects.filter(user=user).update(user=None)
