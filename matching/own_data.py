"""What matching holds of somebody: to show them, and to erase."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from matching.models import LIVE, Invitation, Match, NotAgain, SupportRequest
from matching.workflows import invitations, matches
from peersupport.accounts import consents
from peersupport.accounts.models import ConsentKind, User
from peersupport.accounts.own_data import PersonalData, register
from peersupport.notifications import outbox
from peersupport.vault.door import ledger


def _show(user: User) -> Any:
    return show_requests(SupportRequest.objects.filter(person=user))


def show_requests(mine: QuerySet[SupportRequest]) -> Any:
    """Return a copy of requests as plain values."""
    mine = mine.prefetch_related("wish_set__option__dimension", "matches", "recorded_yeses", "invitations")
    return [
        {
            "state": request.state,
            "call_me": request.call_me,
            "email": request.email,
            "phone": request.phone,
            "safe_times": request.safe_times,
            "supporter_may_see_words": request.show_words,
            "supporter_may_see_wishes": request.show_wishes,
            "supporter_may_see_contact": request.share_contact,
            "yeses_recorded_by_a_coordinator": list(request.recorded_yeses.values("verb", "how", "at")),
            "asked": list(request.invitations.values("state", "sent_at", "answered_at")),
            "words": request.words,
            "created": request.created_at,
            "wishes": [
                {"what": str(wish.option), "about": str(wish.option.dimension), "strength": wish.strength}
                for wish in request.wish_set.all()
            ],
            "matches": [
                {"state": m.state, "since": m.active_since, "ended": m.ended_at} for m in request.matches.all()
            ],
        }
        for request in mine
    ]


def _show_supporting(user: User) -> Any:
    supported = Match.objects.filter(supporter__user=user)
    return list(supported.values("state", "made_at", "active_since", "ended_at"))


def erase_requests(person_key: UUID) -> None:
    """End what lives, tell the supporters, and erase every request of this person."""
    for request in SupportRequest.objects.filter(person_key=person_key):
        erase_request(request)
    NotAgain.objects.filter(person_key=person_key).delete()


def erase_request(request: SupportRequest) -> None:
    """End what lives of one request, and erase it."""
    for match in Match.objects.live().lasting().filter(request=request).select_related("request", "supporter__user"):
        matches.end_for_erasure(match)
    outbox.forget([request.pk, *request.invitations.values_list("pk", flat=True)])
    invitations.withdraw_waiting(request, by=None)
    request.delete()


def _erase_supporting(user: User) -> None:
    for match in Match.objects.filter(supporter__user=user, state__in=LIVE).select_related(
        "request", "supporter__user"
    ):
        matches.end(match, by=user)
        outbox.point_to(match.request, instead_of=match.pk)
    for invitation in Invitation.objects.filter(supporter__user=user, state="open").select_related("request"):
        invitations.decline(invitation, by=user)
        outbox.point_to(invitation.request, instead_of=invitation.pk)
    Match.objects.filter(supporter__user=user).delete()


def register_all() -> None:
    """Register both sides, and what taking back a consent means."""
    register(
        PersonalData("requests", _("Requests for support"), _show, lambda user: erase_requests(user.pseudonym)),
        PersonalData("supporting", _("People you support"), _show_supporting, _erase_supporting),
    )
    consents.on_withdrawal(ConsentKind.REQUEST, erase_requests)
    ledger.on_replay(SupportRequest, erase_request)
