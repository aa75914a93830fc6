"""An organization of some size, with its supporters, requests, matches and messages, and three who sign in."""

import random
import uuid
from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.utils import timezone

from matching.models import DisclosureQuestion, Invitation, Match, SupportRequest
from peersupport.accounts.models import Role, RoleGrant, User
from peersupport.notifications.models import Message
from peersupport.organization.models import EmergencyNumber, Organization
from supporters.models import Option, Supporter
from tests.benchmarks.crowd import settle_panel
from tests.benchmarks.data import add_request, add_supporters, settle
from tests.benchmarks.signing_in import session_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
CHOOSING, INVITED, MATCHED = 100, 40, 120


@dataclass(frozen=True)
class Village:
    """Session keys by role, and the ids that addresses of pages need."""

    sessions: dict[str, str]
    ids: dict[str, uuid.UUID]


def settle_village(supporters: int) -> Village:
    """Fill the database in use and return who can sign in."""
    add_supporters(supporters, seed=supporters)
    Organization.objects.filter(pk=1).update(legal_duties={"en": "A child in danger."})
    EmergencyNumber.objects.create(country="Here", label="Emergency", number="112")
    users = {role: _user(role) for role in ("coordinator", "supporter", "person", "panel_member")}
    mine = Supporter.objects.with_room().order_by("pk")[0]
    Supporter.objects.filter(pk=mine.pk).update(user=users["supporter"])
    request = add_request(users["person"], musts=False)
    _requests(mine, users["coordinator"])
    hiring = settle_panel(users["panel_member"], users["coordinator"], candidates=max(60, min(supporters, 3000)))
    for user in users.values():
        _messages(user)
    settle()
    # Roles of trust have a second factor, as in real use.
    Authenticator.objects.bulk_create(Authenticator(user=user, type="totp", data={}) for user in users.values())
    sessions = {role: session_of(user, backend=BACKEND) for role, user in users.items()}
    return Village(sessions, {"request": request.pk, "supporter": mine.pk} | hiring)


def _user(role: str) -> User:
    user = User.objects.create_user(f"{role}@example.org", name=f"A {role}", language="en")
    if role in {Role.COORDINATOR, Role.SUPPORTER, Role.PANEL_MEMBER}:
        RoleGrant.objects.create(user=user, role=role)
    return user


def _requests(mine: Supporter, coordinator: User) -> None:
    """Requests in every stage; `mine` has two matches, an invitation and a question of their own."""
    chance, now = random.Random(7), timezone.now()
    states = ["choosing"] * CHOOSING + ["invited"] * INVITED + ["matched"] * MATCHED
    requests = [
        SupportRequest(
            state=state,
            call_me=f"Somebody {number}",
            submitted_at=now,
            help_wanted=chance.random() < 0.5,
            looked_after_by=coordinator if chance.random() < 0.5 else None,
        )
        for number, state in enumerate(states)
    ]
    SupportRequest.objects.bulk_create(requests)
    others = iter(Supporter.objects.with_room().exclude(pk=mine.pk).order_by("pk")[: INVITED + MATCHED])
    invited, matched = requests[CHOOSING : CHOOSING + INVITED], requests[CHOOSING + INVITED :]
    Invitation.objects.bulk_create(
        Invitation(
            request=one,
            supporter=mine if one is invited[0] else next(others),
            state="open",
            sent_at=now,
            answer_by=now + timedelta(hours=48),
        )
        for one in invited
    )
    Match.objects.bulk_create(
        Match(request=one, supporter=mine if number < 2 else next(others), place=number + 1 if number < 2 else 1)
        for number, one in enumerate(matched)
    )
    DisclosureQuestion.objects.create(request=requests[0], supporter=mine, option=Option.objects.all()[0])


def _messages(user: User) -> None:
    now = timezone.now()
    Message.objects.bulk_create(
        Message(
            kind="somebody.shares",
            object_id=uuid.uuid4(),
            recipient=user,
            recipient_key=user.pseudonym,
            due=now,
            next_try_at=now,
            state="shown",
            read_at=None if number < 3 else now,
        )
        for number in range(30)
    )
