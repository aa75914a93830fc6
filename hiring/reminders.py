"""What hiring tells. Mail to a candidate is as neutral as any other; the private link in it opens a neutral page."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import DateField, DateTimeField, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hiring.models import Application, CanNotScore, Slot, Vacancy
from hiring.workflows.applying import token_of
from hiring.workflows.scoring import missing_members, over
from peersupport.reminders.kinds import Address, Due, Kind, register
from peersupport.reminders.looking import since
from peersupport.reminders.models import Message
from peersupport.ui.when import utc_of
from peersupport.ui.written import Given
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


class TalkTomorrow(OfVacancy):
    """The day before a panel talks with somebody, to its members."""

    key = "talk.day"
    line = _("Your panel talks with somebody tomorrow.")
    AHEAD = timedelta(days=1)

    def still_holds(self, message: Message) -> bool:
        mine = Slot.objects.filter(
            vacancy=message.object_id, vacancy__panel__user=message.recipient, vacancy__panel__left_at=None
        )
        return _talks_soon(mine.filter(application__state="invited"))

    def worth_looking(self) -> QuerySet[Slot]:
        start, end = Given("talk.day start", DateTimeField()), Given("talk.day end", DateTimeField())
        return Slot.objects.filter(application__isnull=False, starts_at__gt=start, starts_at__lte=end)

    def given(self, now: datetime) -> dict[str, datetime]:
        return {"talk.day start": since(self.key, now) + self.AHEAD, "talk.day end": now + self.AHEAD}

    def find_due(self, now: datetime) -> Iterable[Due]:
        start = since(self.key, now) + self.AHEAD
        found = Slot.objects.filter(application__isnull=False, starts_at__gt=start, starts_at__lte=now + self.AHEAD)
        for slot in found.select_related("vacancy").order_by("starts_at", "pk"):
            can_not = CanNotScore.objects.filter(application=slot.application_id).values("member")
            for member in slot.vacancy.panel.at_work().exclude(pk__in=can_not).select_related("user"):
                yield Due(slot.vacancy, member.user, member.user.pseudonym, slot.starts_at - self.AHEAD)


class ScoresDue(OfVacancy):
    """Three days before the panel's last day, to members who have not sent all their scores: each alone, by the system."""

    key = "score.due"
    line = _("Your panel waits for scores.")
    AHEAD = timedelta(days=3)

    def worth_looking(self) -> QuerySet[Vacancy]:
        first, last = Given("score.due first", DateField()), Given("score.due last", DateField())
        return Vacancy.objects.filter(state="closed", score_by__gte=first, score_by__lte=last)

    def given(self, now: datetime) -> dict[str, Any]:
        return {
            "score.due first": now.date() - timedelta(days=1),
            "score.due last": (now + self.AHEAD).date() + timedelta(days=1),
        }

    def find_due(self, now: datetime) -> Iterable[Due]:
        given = self.given(now)
        found = Vacancy.objects.filter(state="closed", score_by__range=list(given.values())).order_by("score_by", "pk")
        for vacancy in found:
            due = utc_of(datetime.combine(vacancy.score_by, time(9)), vacancy.time_zone) - self.AHEAD
            if due <= now and not over(vacancy):
                for member in missing_members(vacancy):
                    yield Due(vacancy, member.user, member.user.pseudonym, due)

    def still_holds(self, message: Message) -> bool:
        vacancy = Vacancy.objects.filter(pk=message.object_id, state="closed").first()
        return vacancy is not None and message.recipient in {member.user for member in missing_members(vacancy)}


class CandidateTalkTomorrow(ToCandidate):
    """The day before, to the candidate, by mail with the private link."""

    key = "application.day"
    line = _("We talk tomorrow.")
    AHEAD = timedelta(days=1)

    def still_holds(self, message: Message) -> bool:
        return _talks_soon(Slot.objects.filter(application=message.object_id, application__state="invited"))

    def worth_looking(self) -> QuerySet[Slot]:
        start, end = Given("application.day start", DateTimeField()), Given("application.day end", DateTimeField())
        return Slot.objects.filter(application__isnull=False, starts_at__gt=start, starts_at__lte=end)

    def given(self, now: datetime) -> dict[str, datetime]:
        return {"application.day start": since(self.key, now) + self.AHEAD, "application.day end": now + self.AHEAD}

    def find_due(self, now: datetime) -> Iterable[Due]:
        start = since(self.key, now) + self.AHEAD
        found = Slot.objects.filter(application__isnull=False, starts_at__gt=start, starts_at__lte=now + self.AHEAD)
        for slot in found.select_related("application").order_by("starts_at", "pk"):
            yield Due(slot.application, None, slot.application.pk, slot.starts_at - self.AHEAD)


def _talks_soon(slots: QuerySet[Slot]) -> bool:
    now = timezone.now()
    return slots.filter(starts_at__gt=now, starts_at__lt=now + timedelta(days=2)).exists()


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
        _to_candidate("application.link", _("Here is your new private link.")),
        _of_vacancy("panel.asked", _("You are asked to sit on a panel."), essential=True),
        _of_vacancy("panel.begin", _("Applications are closed. Your panel can begin.")),
        _of_vacancy("panel.again", _("A vacancy takes applications again. Your panel begins later.")),
        _of_vacancy("vacancy.yours", _("A vacancy was handed over to you."), essential=True),
        ScoresDue(),
        _of_vacancy("talk.news", _("There is news about a time to talk with a candidate.")),
        _of_vacancy("talk.another", _("A candidate asks for another time to talk.")),
        TalkTomorrow(),
        CandidateTalkTomorrow(),
        _of_vacancy("offer.answered", _("There is an answer to an offer.")),
        _of_vacancy("offer.stuck", _("An offer no longer holds. Please change it.")),
        Welcome(),
        Together(),
    )
