"""Who is signed in: allauth's own rules, with the query that every page asks written once."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import UUIDField

from peersupport.accounts.models import User
from peersupport.ui.written import Given, Objects

#: As sessions and `login()` name it.
BACKEND = "peersupport.accounts.backends.SignIn"


class SignIn(AuthenticationBackend):
    """Sign-in by email address and password."""

    def get_user(self, user_id: Any) -> User | None:
        user = _USER.first(user=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


_USER: Objects[User] = Objects(lambda: User.objects.filter(pk=Given("user", UUIDField())))
