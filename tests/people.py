"""Somebody at a browser who signed in with their password, and what their vault holds."""

from types import SimpleNamespace

from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from peersupport.accounts.models import User
from peersupport.vault import unlocking
from tests.making import PASSWORD


class Signed:
    """A browser of a user; `unlocked()` is what a view would see in its next request."""

    def __init__(self, world, user, *, password=PASSWORD):
        from allauth.account.models import EmailAddress

        self.user = user
        EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": True})
        self.client = world.client()
        self.answer = self.client.post("/accounts/login/", {"login": user.email, "password": password})

    def confirm(self, *, password=PASSWORD):
        """Show again that it is them, as before what gives lasting access."""
        self.client.post("/accounts/reauthenticate/", {"password": password})
        return self

    @property
    def cookie(self):
        return self.client.cookies[unlocking.COOKIE].value if unlocking.COOKIE in self.client.cookies else ""

    @property
    def session(self):
        return SessionStore(self.client.cookies["session"].value)

    def request(self, cookie=None):
        request = RequestFactory().get("/")
        request.session = self.session
        request.user = User.objects.get(pk=self.user.pk)
        request._vault = unlocking.Holder(self.cookie if cookie is None else cookie)
        return request

    def unlocked(self, **how):
        return unlocking.unlocked(self.request(**how))


def nothing(*_args, **_kwargs):
    """Stands for whatever is not looked at."""
    return SimpleNamespace()
