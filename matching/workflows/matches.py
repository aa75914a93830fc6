"""The life of a match: getting to know each other, agreed by both, paused, ended. No reason is asked anywhere."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.models import LIVE, Match, MatchState, SupportRequest
from matching.parties import Party, part_in_pair, subjects_of_pair
from matching.workflows import invitations, requests
from peersupport.notifications import outbox
from peersupport.organization import texts
from peersupport.organization.context import current
from peersupport.organization.models import TextKind, TextVersion
from peersupport.workflow.state_machine import NotPossible, StateMachine, lock, transition
from supporters.models import Supporter
from supporters.room import set_room
from supporters.staffing.models import Leave

M = MatchState
EITHER = ("person", "supporter", "coordinator")
EITHER_AT_ONCE = (*EITHER, "lasting")

LIFECYCLE = StateMachine(
    "match",
    [
        transition("plan_meeting", [M.MEETING], None, *EITHER),
        transition("agree", [M.MEETING], [M.MEETING, M.ACTIVE], *EITHER),
        transition("pause", [M.ACTIVE, M.PAUSED], M.PAUSED, *EITHER_AT_ONCE),
        transition("resume", [M.PAUSED], [M.PAUSED, M.ACTIVE], *EITHER_AT_ONCE),
        transition("end", LIVE, M.ENDED, *EITHER_AT_ONCE),
        transition("erase", LIVE, M.ENDED, "system"),
        transition("change", LIVE, M.ENDED, "person", "lasting", "coordinator"),
        transition("stand_in_over", LIVE, M.ENDED, "system"),
    ],
    actor_role=lambda by, match: part_in_pair(by, match),
    subjects=subjects_of_pair,
)


def _is_supporter(match: Match, by: Party) -> bool:
    return part_in_pair(by, match) == "supporter"


def _tell_other(kind: str, match: Match, by: Party) -> None:
    if _is_supporter(match, by):
        outbox.write(kind, match, to=match.request.person, key=match.request.person_key)
    elif match.supporter.user:
        outbox.write(kind, match, to=match.supporter.user)


def plan_meeting(match: Match, *, by: Party, at: datetime | None, where: str) -> Match:
    """Note when and where the two meet first; both see it and either can change it."""
    with LIFECYCLE.transition("plan_meeting", match, by=by) as fresh:
        fresh.first_meeting_at, fresh.first_meeting_where = at, where
        _tell_other("match.meeting", fresh, by)
    return fresh  # type: ignore[no-any-return]


def agreement_in_force() -> TextVersion | None:
    """Return the agreement to agree to, or None while the organization has not filled in the limits (G12)."""
    return texts.latest(TextKind.AGREEMENT) if texts.limits_are_filled_in(current()) else None


def agree(match: Match, *, by: Party, version: TextVersion, how: str = "") -> Match:
    """Say yes to the version just read. Support begins when both said yes to the same version.

    Raises NotPossible without limits of privacy, or when a newer version was published meanwhile.
    """
    in_force = agreement_in_force()
    if in_force is None:
        raise NotPossible(_("The organization has not filled in the limits of privacy yet. Nothing can start before."))
    if in_force.pk != version.pk:
        raise NotPossible(_("The agreement was changed meanwhile. Please read the new one first."))
    with LIFECYCLE.transition("agree", match, by=by, first=[match.request]) as fresh:
        requests.need_yes(fresh.request, "agree", by=by, how=how)
        _say_yes(fresh, version, by)
        if fresh.person_yes_at and fresh.supporter_yes_at:
            LIFECYCLE.enter(fresh, M.ACTIVE)
            fresh.active_since = timezone.now()
        _tell_other("match.agreed", fresh, by)
    return fresh  # type: ignore[no-any-return]


def _say_yes(match: Match, version: TextVersion, by: Party) -> None:
    if match.agreement_id != version.pk:
        match.agreement, match.person_yes_at, match.supporter_yes_at = version, None, None
    if _is_supporter(match, by):
        match.supporter_yes_at = timezone.now()
    else:
        match.person_yes_at = timezone.now()


def pause(match: Match, *, by: Party, how: str = "") -> Match:
    """Pause at once; the other is told kindly. Each side lifts its own pause."""
    with LIFECYCLE.transition("pause", match, by=by, first=[match.request]) as fresh:
        requests.need_yes(fresh.request, "pause", by=by, how=how)
        _set_pause(fresh, by, True)
        _tell_other("match.paused", fresh, by)
    return fresh  # type: ignore[no-any-return]


def resume(match: Match, *, by: Party, how: str = "") -> Match:
    """Lift one's own pause; support goes on when nobody pauses any more."""
    with LIFECYCLE.transition("resume", match, by=by, first=[match.request]) as fresh:
        requests.need_yes(fresh.request, "resume", by=by, how=how)
        if not paused_by(fresh, by):
            raise NotPossible(_("The other one has paused. It goes on when they are ready."))
        _set_pause(fresh, by, False)
        if not fresh.person_paused and not fresh.supporter_paused:
            LIFECYCLE.enter(fresh, M.ACTIVE)
        _tell_other("match.resumed", fresh, by)
    return fresh  # type: ignore[no-any-return]


def paused_by(match: Match, by: Party) -> bool:
    """Tell whether the pause is this side's own."""
    return match.supporter_paused if _is_supporter(match, by) else match.person_paused


def _set_pause(match: Match, by: Party, value: bool) -> None:
    if _is_supporter(match, by):
        match.supporter_paused = value
    else:
        match.person_paused = value


def end(match: Match, *, by: Party, not_again: bool = False, how: str = "") -> Match:
    """End at once. When the supporter ends it, the person can choose again; when the person does, it is closed."""
    return _finish("end", match, by=by, not_again=not_again, how=how)


def change(match: Match, *, by: Party, not_again: bool = False, how: str = "") -> Match:
    """End, and choose another supporter: the wishes are open again, without this supporter."""
    return _finish("change", match, by=by, not_again=not_again, how=how)


def _finish(verb: str, match: Match, *, by: Party, not_again: bool, how: str) -> Match:
    request, supporter = match.request, match.supporter
    if verb == "change" and match.stands_in_for_id:
        raise NotPossible(_("End it with the stand-in, and choose somebody else."))
    with LIFECYCLE.transition(verb, match, by=by, first=[request, supporter]) as fresh:
        by_supporter = _is_supporter(fresh, by)
        requests.need_yes(request, verb, by=by, how=how)
        LIFECYCLE.enter(fresh, M.ENDED)
        fresh.ended_at = timezone.now()
        fresh.person_paused = fresh.supporter_paused = False
        fresh.save()
        if not_again:
            invitations.never_again(request, supporter, by_supporter=by_supporter)
        if fresh.stands_in_for_id is None:
            end_stand_ins(fresh)
            _after_end(fresh, closes=verb == "end" and not by_supporter)
        _free_the_place(supporter)
        _tell_other("match.stand_in_over" if fresh.stands_in_for_id else "match.ended", fresh, by)
    return fresh  # type: ignore[no-any-return]


def _free_the_place(supporter: Supporter) -> None:
    held = lock(supporter)
    set_room(held)
    held.save(update_fields=["room_since", "seen_anew_at"])


def _after_end(match: Match, *, closes: bool) -> None:
    with requests.LIFECYCLE.transition("choose_anew", match.request, by=None) as fresh:
        fresh.questions_due = not closes
    if closes:
        close_open(match.request, by=None)


def close(request: SupportRequest, *, by: Party, how: str = "") -> None:
    """Stop altogether: a live match ends, open questions are taken back, the request is closed."""
    with transaction.atomic():
        held = lock(request)
        requests.need_yes(held, "close", by=by, how=how)
        found = Match.objects.live().lasting().filter(request=held)
        match = found.select_related("request", "supporter__user").first()
        if match:
            end(match, by=by, how=how)
        else:
            close_open(held, by=by)


def close_open(request: SupportRequest, *, by: Party | None) -> None:
    """Close a request without a live match."""
    invitations.withdraw_waiting(request, by=by)
    verb = "close" if by is not None else "close_after_end"
    with requests.LIFECYCLE.transition(verb, request, by=by) as fresh:
        fresh.closed_at, fresh.tell_me, fresh.questions_due = timezone.now(), False, False
        if fresh.submitted_at is None:
            fresh.submitted_at = fresh.closed_at
        requests.forget_questions(fresh)


def end_for_erasure(match: Match) -> None:
    """The person erases what is theirs: the supporter is told that it ended, and their place is free again."""
    with LIFECYCLE.transition("erase", match, by=None, first=[match.request, match.supporter]) as fresh:
        LIFECYCLE.enter(fresh, M.ENDED)
        fresh.ended_at = timezone.now()
        fresh.person_paused = fresh.supporter_paused = False
        fresh.save()
        end_stand_ins(fresh, tell_person=False)
        _free_the_place(match.supporter)
        if match.supporter.user:
            outbox.write("match.ended", fresh, to=match.supporter.user)


def end_stand_ins(match: Match, *, tell_person: bool = True) -> None:
    """The supporter is back, or the match is over: whoever stood in is thanked, and their place is free again.

    A person who erases what is theirs is told nothing: no row about them is written any more.
    """
    invitations.take_back_stand_in(match)
    for one in match.stand_ins.live().select_related("request__person", "supporter__user"):
        with LIFECYCLE.transition("stand_in_over", one, by=None, first=[one.supporter]) as fresh:
            LIFECYCLE.enter(fresh, M.ENDED)
            fresh.ended_at = timezone.now()
            fresh.person_paused = fresh.supporter_paused = False
            fresh.save()
            _free_the_place(one.supporter)
            if tell_person:
                outbox.write("match.stand_in_over", fresh, to=one.request.person, key=one.request.person_key)
            if one.supporter.user:
                outbox.write("match.stand_in_over", fresh, to=one.supporter.user)


def end_stand_ins_of(supporter: Supporter) -> None:
    """Somebody is back from leave."""
    for match in Match.objects.live().filter(supporter=supporter).select_related("request", "supporter"):
        end_stand_ins(match)


def end_all_of_supporter(supporter: Supporter) -> None:
    """The organization sets a supporter aside: each match ends kindly, and each person can choose again."""
    for match in Match.objects.live().filter(supporter=supporter).select_related("request__person", "supporter__user"):
        with LIFECYCLE.transition("erase", match, by=None, first=[match.request, match.supporter]) as fresh:
            LIFECYCLE.enter(fresh, M.ENDED)
            fresh.ended_at = timezone.now()
            fresh.person_paused = fresh.supporter_paused = False
            fresh.save()
            if fresh.stands_in_for_id is None:
                end_stand_ins(fresh)
                _after_end(fresh, closes=False)
            outbox.write("match.ended", fresh, to=match.request.person, key=match.request.person_key)
    for invitation in supporter.invitations.filter(state="open").select_related("request", "supporter__user"):
        invitations.expire(invitation)


def tell_of_leave(leave: Leave) -> None:
    """A leave is agreed, begins, or its days change: each person is offered to wait, have a stand-in, pause or change."""
    supported = Match.objects.live().filter(supporter=leave.supporter_id)
    for match in supported.select_related("request__person"):
        outbox.write("match.leave", match, to=match.request.person, key=match.request.person_key)
