"""What hiring tells. Mail to a candidate is as neutral as any other; the private link in it opens a neutral page."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hiring.models import Application, Vacancy
from hiring.workflows.applying import token_of
from peersupport.reminders.kinds import Address, Kind, register
from peersupport.reminders.models import Message
from supporters.models import Supporter


class ToCandidate(Kind):
    """By mail, with the private link; somebody without an address is rung by whoever runs the vacancy."""

    essential = True

    def _application(self, message: Message) -> Application | None:
        return Application.objects.filter(pk=message.object_id).first()

    def still_holds(self, message: Message) -> bool:
        return self._application(message) is not None

    def address_without_account(self, message: Message) -> Address | None:
        found = self._application(message)
        if found is None or not found.email:
            return None
        link = settings.SITE_URL + reverse("application", args=[token_of(found)])
        return Address(found.email, found.language, link)


class OfVacancy(Kind):
    """To somebody who has to do with a vacancy."""

    group = "hiring"

    def still_holds(self, message: Message) -> bool:
        return Vacancy.objects.filter(pk=message.object_id).exists()

    def url(self, message: Message) -> str:
        vacancy = Vacancy.objects.filter(pk=message.object_id).first()
        runs = vacancy is not None and vacancy.run_by_id == message.recipient_id
        return reverse("vacancy" if runs else "panel", args=[message.object_id])


class Welcome(Kind):
    key = "start.welcome"
    line = _("Welcome. Your supervisor, your first check-in and your training wait for you.")
    essential = True

    def url(self, message: Message) -> str:
        return reverse("supervision")

    def still_holds(self, message: Message) -> bool:
        return Supporter.objects.filter(pk=message.object_id).exists()


def _of_vacancy(key: str, line: Any, *, essential: bool = False) -> Kind:
    return type("OfVacancy", (OfVacancy,), {"key": key, "line": line, "essential": essential})()


def _to_candidate(key: str, line: Any) -> Kind:
    return type("ToCandidate", (ToCandidate,), {"key": key, "line": line})()


class Together(OfVacancy):
    key = "start.together"
    line = _("Somebody else starts with you. You can get to know each other at a gathering.")
    essential = True

    def url(self, message: Message) -> str:
        return reverse("gatherings")


def register_all() -> None:
    """Register hiring's kinds."""
    register(
        _to_candidate("application.received", _("Your application is here.")),
        _to_candidate("application.news", _("There is news about your application.")),
        _of_vacancy("panel.asked", _("You are asked to sit on a panel."), essential=True),
        _of_vacancy("panel.begin", _("Applications are closed. Your panel can begin.")),
        _of_vacancy("offer.answered", _("There is an answer to an offer.")),
        Welcome(),
        Together(),
    )
