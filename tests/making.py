"""Making what tests need, through the same workflows as on the web."""

import itertools
import time
from typing import Any

from django.test import Client

from matching.models import Invitation, Match, SupportRequest
from matching.workflows import invitations, matches, requests
from peersupport.accounts import consents
from peersupport.accounts.models import ConsentKind, Role, RoleGrant, User
from peersupport.organization import workflows as organization_workflows
from peersupport.organization.context import current
from peersupport.organization.models import EmergencyNumber
from supporters import workflows as supporter_workflows
from supporters.catalogue import load_default
from supporters.models import Dimension, Option, Supporter

PASSWORD = "a long password for tests"
_numbers = itertools.count(1)


def confirm(client: Client, user: User) -> None:
    """Note in a session what "is it you?" notes there after the right password."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


class World:
    """A small organization; each method makes one thing and returns it fresh."""

    def __init__(self, *, filled_in: bool = True) -> None:
        current()
        load_default()
        self.administrator = self.user(Role.ADMINISTRATOR)
        self.coordinator = self.user(Role.COORDINATOR)
        if filled_in:
            EmergencyNumber.objects.create(country="Here", label="Emergency", number="112")
            organization_workflows.change_settings(
                {"legal_duties": {"en": "A child in danger."}}, by=self.administrator
            )

    def user(self, *roles: str, **fields: Any) -> User:
        number = next(_numbers)
        user = User(
            email=fields.pop("email", f"user{number}@example.org"), name=fields.pop("name", f"User {number}"), **fields
        )
        user.password = HASHED
        user.save()
        RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role) for role in roles)
        return user

    def client(self, user: User | None = None, *, confirmed: bool = True) -> Client:
        """A browser; with a user, one who is signed in and, with `confirmed`, has just shown again that it is them."""
        client = Client(HTTP_HOST="localhost")
        if user is not None:
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
            if confirmed:
                confirm(client, user)
        return client

    def option(self, dimension: str, key: str) -> Option:
        return Option.objects.select_related("dimension").get(dimension__key=dimension, key=key)

    def supporter(
        self, told: dict[str, str] | None = None, *, maximum: int = 3, confirmed: bool = True, **fields: Any
    ) -> Supporter:
        """Make a supporter; `told` maps "dimension:option" to "show" or "ask"."""
        user = self.user(Role.SUPPORTER)
        supporter = Supporter.objects.create(user=user, name=fields.pop("name", user.name), state="training")
        consents.give(ConsentKind.CHARACTERISTICS, subject=user.pseudonym, by=user)
        supporter_workflows.edit(supporter, by=user, places=63, times=2**21 - 1, maximum=maximum, **fields)
        self.tell(supporter, told or {})
        if confirmed:
            supporter_workflows.confirm(supporter, by=user)
        return Supporter.objects.select_related("user").get(pk=supporter.pk)

    def tell(self, supporter: Supporter, told: dict[str, str]) -> None:
        by_dimension: dict[str, dict[Option, str]] = {}
        for name, seen in told.items():
            dimension, key = name.split(":")
            by_dimension.setdefault(dimension, {})[self.option(dimension, key)] = seen
        for key, options in by_dimension.items():
            supporter_workflows.tell(supporter, Dimension.objects.get(key=key), options, by=supporter.user)

    def request(
        self, wishes: dict[str, str] | None = None, *, by: User | None = None, submit: bool = True, **fields: Any
    ) -> SupportRequest:
        """Make a request of a person with an account; `wishes` maps "dimension:option" to a strength."""
        by = by or self.user()
        request = requests.begin(by=by, language="en")
        return self._fill(request, by, wishes or {}, submit, fields)

    def helped_request(self, wishes: dict[str, str] | None = None, **fields: Any) -> SupportRequest:
        """Make a request without an account, with the coordinator at the person's side."""
        request = requests.begin(by=self.coordinator, language="en", helped=True)
        return self._fill(request, self.coordinator, wishes or {}, True, fields)

    def _fill(
        self, request: SupportRequest, by: User, wishes: dict[str, str], submit: bool, fields: Any
    ) -> SupportRequest:
        requests.edit(request, by=by, **({"call_me": "Someone"} | fields))
        self.wish(request, wishes, by=by)
        if submit:
            requests.submit(request, by=by, how="spoke")
        return self.fresh(request)

    def wish(self, request: SupportRequest, wishes: dict[str, str], *, by: Any = None) -> None:
        by_dimension: dict[str, dict[Option, str]] = {}
        for name, strength in wishes.items():
            dimension, key = name.split(":")
            by_dimension.setdefault(dimension, {})[self.option(dimension, key)] = strength
        for key, options in by_dimension.items():
            dimension = Dimension.objects.get(key=key)
            requests.set_wishes_of_dimension(request, dimension, options, by=by or request.person)

    def invitation(self, request: SupportRequest | None = None, *supporters: Supporter) -> Invitation:
        request = request or self.request()
        chosen = supporters or (self.supporter(),)
        by = request.person or self.coordinator
        return self.fresh(invitations.choose(request, chosen, by=by, how="spoke"))

    def match(
        self, request: SupportRequest | None = None, supporter: Supporter | None = None, *, active: bool = True
    ) -> Match:
        supporter = supporter or self.supporter()
        invitation = self.invitation(request, supporter)
        match = invitations.accept(invitation, by=supporter.user)
        if active:
            version = matches.agreement_in_force()
            matches.agree(match, by=match.request.person or self.coordinator, version=version, how="spoke")
            matches.agree(match, by=supporter.user, version=version)
        return self.fresh(match)

    def fresh(self, thing: Any) -> Any:
        related = {
            "Match": ["request__person", "supporter__user"],
            "Invitation": ["request__person", "supporter__user"],
        }
        names = related.get(type(thing).__name__, [])
        return type(thing).objects.select_related(*names).get(pk=thing.pk)


def _hash() -> str:
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    return PBKDF2PasswordHasher().encode(PASSWORD, "salt" * 6, iterations=1)


HASHED = _hash()
