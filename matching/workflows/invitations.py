"""The life of an invitation: chosen by the person, asked in turn, answered by the supporter alone."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.models import (
    DeclineReason,
    Invitation,
    InvitationState,
    Match,
    NotAgain,
    SupportRequest,
)
from matching.parties import Party, part_in_pair, part_in_request, subjects_of_pair
from matching.suggestions import Search
from matching.workflows import questions, requests
from peersupport.accounts.models import User
from peersupport.notifications import outbox
from peersupport.organization.context import current
from peersupport.workflow.state_machine import NotAllowed, NotPossible, StateMachine, lock, transition
from supporters.models import Supporter
from supporters.room import set_room
from supporters.staffing import leave
from supporters.staffing.models import Leave

I = InvitationState  # noqa: E741
WAITING = [I.QUEUED, I.OPEN]
CHOICES = 3

LIFECYCLE = StateMachine(
    "invitation",
    [
        transition("send", [I.QUEUED], I.OPEN, "system", "person", "coordinator"),
        transition("accept", [I.OPEN], I.ACCEPTED, "supporter"),
        transition("decline", [I.OPEN], I.DECLINED, "supporter"),
        transition("expire", [I.OPEN], I.EXPIRED, "system"),
        transition("take_back", [I.QUEUED, I.OPEN], I.WITHDRAWN, "person", "lasting", "coordinator", "system"),
    ],
    actor_role=lambda by, invitation: part_in_pair(by, invitation),
    subjects=subjects_of_pair,
)


def choose(request: SupportRequest, supporters: Sequence[Supporter], *, by: Party, how: str = "") -> Invitation:
    """Ask the first of one to three supporters; the others are asked in turn.

    Raises NotPossible when somebody can't be asked any more (full, on leave, a forged choice).
    """
    if not 1 <= len(set(supporters)) == len(supporters) <= CHOICES:
        raise NotPossible(_("Choose one to three different supporters."))
    with transaction.atomic():
        with requests.LIFECYCLE.transition("invite", request, by=by) as fresh:
            requests.need_yes(fresh, "choose", by=by, how=how)
            asked = Search(fresh).may_be_asked([supporter.pk for supporter in supporters])
            missing = [supporter for supporter in supporters if supporter.pk not in asked]
            if missing:
                raise NotPossible(_("%(name)s can't be asked right now. Please choose again.") % {"name": missing[0]})
            first, *_rest = Invitation.objects.bulk_create(
                Invitation(request=fresh, supporter=supporter, turn=turn)
                for turn, supporter in enumerate(supporters, start=1)
            )
        return send(first, by=by)


def send(invitation: Invitation, *, by: Party | None) -> Invitation:
    """Ask the supporter now: the time to answer begins."""
    now = timezone.now()
    hours = current().hours_to_answer
    with LIFECYCLE.transition("send", invitation, by=by) as fresh:
        fresh.sent_at, fresh.answer_by = now, now + timedelta(hours=hours)
        outbox.write("invitation.received", fresh, to=fresh.supporter.user)
    return fresh  # type: ignore[no-any-return]


def accept(invitation: Invitation, *, by: User) -> Match:
    """Say yes: lock, count, take the place. The person is told, and both plan a first meeting.

    Raises NotPossible when there is no room, or the invitation is no longer open.
    """
    if invitation.stands_in_for_id:
        return _accept_to_stand_in(invitation, by=by)
    request, supporter = invitation.request, invitation.supporter
    try:
        with LIFECYCLE.transition("accept", invitation, by=by, first=[request, supporter]) as fresh:
            fresh.answered_at = timezone.now()
            place = _free_place(lock(supporter))
            with requests.LIFECYCLE.transition("match", request, by=None) as matched:
                pass
            match = Match.objects.create(request=matched, supporter=fresh.supporter, place=place)
            _take_back_queue(matched)
            questions.close_all(matched)
            _refresh_room(supporter)
            outbox.write("invitation.answered", fresh, to=matched.person, key=matched.person_key)
    except IntegrityError:
        raise NotPossible(_("There is no room any more, or there is a match already. Please look again.")) from None
    return match


def ask_to_stand_in(match: Match, supporter: Supporter, *, by: Party, how: str = "") -> Invitation:
    """The person asks somebody who shares every must to stand in while their own supporter is on leave.

    Raises NotAllowed, NotPossible: no leave, somebody asked or standing in already, or who can't be asked.
    """
    with transaction.atomic():
        request = lock(match.request)
        if part_in_request(by, request) not in {"person", "coordinator"}:
            raise NotAllowed("stand in")
        held = lock(match)
        if held.state == "ended" or held.stands_in_for_id or away(held.supporter) is None:
            raise NotPossible(_("Your supporter is not away. Nobody has to stand in."))
        if stand_in_of(held) or held.stand_in_invitations.filter(state=I.OPEN).exists():
            raise NotPossible(_("Somebody stands in already, or has been asked."))
        requests.need_yes(request, "stand_in", by=by, how=how)
        if not who_can_stand_in(request, held).filter(pk=supporter.pk).exists():
            raise NotPossible(_("%(name)s can't be asked right now. Please choose again.") % {"name": supporter})
        found = Invitation.objects.create(request=request, supporter=supporter, stands_in_for=held)
        return send(found, by=by)


def away(supporter: Supporter) -> Leave | None:
    """Return the leave for which a stand-in may be chosen: agreed, or running."""
    found = leave.live_of(supporter)
    return found if found and found.state != "asked" else None


def stand_in_of(match: Match) -> Match | None:
    """Return the live match of whoever stands in."""
    found: Match | None = match.stand_ins.live().select_related("supporter__user", "agreement", "request").first()
    return found


def who_can_stand_in(request: SupportRequest, match: Match) -> QuerySet[Supporter]:
    """Return who shares every must of the person and has room, but for their own supporter."""
    return Search(request).within_reach().exclude(pk=match.supporter_id)


def _accept_to_stand_in(invitation: Invitation, *, by: User) -> Match:
    """Say yes to standing in: a match beside the one of the supporter who is away. Raises NotPossible."""
    request, supporter = invitation.request, invitation.supporter
    try:
        with LIFECYCLE.transition("accept", invitation, by=by, first=[request, supporter]) as fresh:
            fresh.answered_at = timezone.now()
            absent = lock(fresh.stands_in_for)
            if absent.state == "ended" or away(absent.supporter) is None:
                raise NotPossible(_("Their supporter is back. Thank you for answering."))
            match = Match.objects.create(
                request=request, supporter=fresh.supporter, place=_free_place(lock(supporter)), stands_in_for=absent
            )
            _refresh_room(supporter)
            outbox.write("invitation.answered", fresh, to=request.person, key=request.person_key)
    except IntegrityError:
        raise NotPossible(_("There is no room any more, or there is a match already. Please look again.")) from None
    return match


def take_back_question(match: Match, *, by: Party, how: str = "") -> None:
    """The person asks nobody to stand in after all. Raises NotAllowed; NotPossible for a coordinator without their yes."""
    with transaction.atomic():
        request = lock(match.request)
        if part_in_request(by, request) not in {"person", "coordinator"}:
            raise NotAllowed("stand in")
        requests.need_yes(request, "take_back", by=by, how=how)
        take_back_stand_in(match, by=by)


def take_back_stand_in(match: Match, *, by: Party | None = None) -> None:
    """Nobody has to stand in any more: whoever was asked is told."""
    for invitation in match.stand_in_invitations.filter(state=I.OPEN).select_related("supporter__user", "request"):
        with suppress(NotPossible):  # they may have answered in this moment
            with LIFECYCLE.transition("take_back", invitation, by=by) as fresh:
                pass
            outbox.write("invitation.taken_back", fresh, to=fresh.supporter.user)


def _free_place(supporter: Supporter) -> int:
    """Return the lowest free place. The caller holds the supporter's lock. Raises NotPossible when full."""
    taken = set(Match.objects.live().filter(supporter=supporter).values_list("place", flat=True))
    free = [place for place in range(1, supporter.maximum + 1) if place not in taken]
    if not free or supporter.state != "active" or len(taken) >= supporter.maximum:
        raise NotPossible(_("You have no room now. You can change how many people you support at most."))
    return free[0]


def _refresh_room(supporter: Supporter) -> None:
    held = lock(supporter)
    set_room(held)
    held.save(update_fields=["room_since", "seen_anew_at"])


def decline(
    invitation: Invitation, *, by: User, reason: str = "", pass_on_to: Supporter | None = None, not_again: bool = False
) -> Invitation:
    """Say no, with a private reason or none, and perhaps point to another supporter. The next choice is asked."""
    if reason not in DeclineReason.values:
        raise NotPossible(_("Choose one of the reasons, or none."))
    with transaction.atomic():
        with LIFECYCLE.transition("decline", invitation, by=by, first=[invitation.request]) as fresh:
            fresh.answered_at, fresh.decline_reason = timezone.now(), reason
            fresh.passed_on_to = pass_on_to if pass_on_to and pass_on_to.pk != fresh.supporter_id else None
            if not_again:
                never_again(fresh.request, fresh.supporter, by_supporter=True)
        _ask_next(fresh, by=None)
    return fresh  # type: ignore[no-any-return]


def expire(invitation: Invitation) -> Invitation:
    """The time to answer is over, or there is no room any more: the next choice is asked, the person is told."""
    with transaction.atomic():
        with LIFECYCLE.transition("expire", invitation, by=None, first=[invitation.request]) as fresh:
            pass
        _ask_next(fresh, by=None)
    return fresh  # type: ignore[no-any-return]


def take_back(request: SupportRequest, *, by: Party, how: str = "") -> None:
    """The person takes the question back: nobody is asked any more, and they can choose again."""
    with transaction.atomic(), requests.LIFECYCLE.transition("nobody_asked", request, by=by) as fresh:
        requests.need_yes(fresh, "take_back", by=by, how=how)
        withdraw_waiting(fresh, by=by)


def withdraw_waiting(request: SupportRequest, *, by: Party | None) -> None:
    """Take back every open or queued invitation of a request whose lock is held; the supporter asked is told."""
    for invitation in request.invitations.filter(state__in=WAITING).select_related("supporter__user", "request"):
        was_open = invitation.state == I.OPEN
        with LIFECYCLE.transition("take_back", invitation, by=by) as fresh:
            pass
        if was_open:
            outbox.write("invitation.taken_back", fresh, to=fresh.supporter.user)


def _ask_next(answered: Invitation, *, by: Party | None) -> None:
    """Ask the next choice that can still be asked; otherwise tell the person that they can choose again."""
    request = lock(answered.request)
    outbox.write("invitation.answered", answered, to=request.person, key=request.person_key)
    if answered.stands_in_for_id:
        return
    for queued in request.invitations.filter(state=I.QUEUED).order_by("turn").select_related("supporter"):
        if Search(request).may_be_asked([queued.supporter_id]):
            send(queued, by=None)
            return
        with LIFECYCLE.transition("take_back", queued, by=None):
            pass
    with requests.LIFECYCLE.transition("nobody_asked", request, by=None):
        pass


def _take_back_queue(request: SupportRequest) -> None:
    for queued in request.invitations.filter(state=I.QUEUED):
        with LIFECYCLE.transition("take_back", queued, by=None):
            pass


def never_again(request: SupportRequest, supporter: Supporter, *, by_supporter: bool) -> None:
    """Keep these two apart from now on, silently."""
    NotAgain.objects.get_or_create(person_key=request.person_key, supporter=supporter, by_supporter=by_supporter)
