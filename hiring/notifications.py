"""What hiring tells. Mail to a candidate is as neutral as any other; the private link in it opens a neutral page."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hiring.models import Application, Recusal, Slot, Vacancy
from hiring.workflows.applying import token_of
from hiring.workflows.scoring import missing_members, over
from peersupport.notifications.models import Message
from peersupport.notifications.registry import Address, Due, NotificationType, register
from peersupport.notifications.scan_state import since
from peersupport.web.when import utc_of
from supporters.models import Supporter


class ToCandidate(NotificationType):
    """By mail, with the private link; somebody without an address is rung by whoever runs the vacancy."""

    essential = True

    def _application(self, message: Message) -> Application | None:
        return Application.objects.filter(pk=message.object_id).first()

    def is_still_relevant(self, message: Message) -> bool:
        return self._application(message) is not None

    def address_without_account(self, message: Message) -> Address | None:
        found = self._application(message)
        if found is None or not found.email:
            return None
        link = settings.SITE_URL + reverse("application", args=[token_of(found)])
        return Address(found.email, found.language, link)


class VacancyNotification(NotificationType):
    """To somebody who has to do with a vacancy."""

    group = "hiring"

    def is_still_relevant(self, message: Message) -> bool:
        return Vacancy.objects.filter(pk=message.object_id).exists()

    def url(self, message: Message) -> str:
        vacancy = Vacancy.objects.filter(pk=message.object_id).first()
        runs = vacancy is not None and vacancy.run_by_id == message.recipient_id
        return reverse("vacancy" if runs else "panel", args=[message.object_id])


class Welcome(NotificationType):
    key = "start.welcome"
    line = _("Welcome. Your supervisor, your first check-in and your training wait for you.")
    essential = True

    def url(self, message: Message) -> str:
        return reverse("supervision")

    def is_still_relevant(self, message: Message) -> bool:
        return Supporter.objects.filter(pk=message.object_id).exists()


class TalkTomorrow(VacancyNotification):
    """The day before a panel talks with somebody, to its members."""

    key = "talk.day"
    line = _("Your panel talks with somebody tomorrow.")
    AHEAD = timedelta(days=1)

    def is_still_relevant(self, message: Message) -> bool:
        mine = Slot.objects.filter(
            vacancy=message.object_id, vacancy__panel__user=message.recipient, vacancy__panel__left_at=None
        )
        return _talks_soon(mine.filter(application__state="invited"))

    def _in_window(self, now: datetime) -> QuerySet[Slot]:
        return _talks_between(since(self.key, now) + self.AHEAD, now + self.AHEAD)

    def find_due(self, now: datetime) -> Iterable[Due]:
        for slot in self._in_window(now).select_related("vacancy").order_by("starts_at", "pk"):
            can_not = Recusal.objects.filter(application=slot.application_id).values("member")
            for member in slot.vacancy.panel.at_work().exclude(pk__in=can_not).select_related("user"):
                yield Due(slot.vacancy, member.user, member.user.pseudonym, slot.starts_at - self.AHEAD)


class ScoresDue(VacancyNotification):
    """Three days before the panel's last day, to members who have not sent all their scores: each alone, by the system."""

    key = "score.due"
    line = _("Your panel waits for scores.")
    AHEAD = timedelta(days=3)

    def _in_window(self, now: datetime) -> QuerySet[Vacancy]:
        days = now.date() - timedelta(days=1), (now + self.AHEAD).date() + timedelta(days=1)
        return Vacancy.objects.filter(state="closed", score_by__range=days)

    def find_due(self, now: datetime) -> Iterable[Due]:
        for vacancy in self._in_window(now).order_by("score_by", "pk"):
            due = utc_of(datetime.combine(vacancy.score_by, time(9)), vacancy.time_zone) - self.AHEAD
            if due <= now and not over(vacancy):
                for member in missing_members(vacancy):
                    yield Due(vacancy, member.user, member.user.pseudonym, due)

    def is_still_relevant(self, message: Message) -> bool:
        vacancy = Vacancy.objects.filter(pk=message.object_id, state="closed").first()
        return vacancy is not None and message.recipient in {member.user for member in missing_members(vacancy)}


class CandidateTalkTomorrow(ToCandidate):
    """The day before, to the candidate, by mail with the private link."""

    key = "application.day"
    line = _("We talk tomorrow.")
    AHEAD = timedelta(days=1)

    def is_still_relevant(self, message: Message) -> bool:
        return _talks_soon(Slot.objects.filter(application=message.object_id, application__state="invited"))

    def _in_window(self, now: datetime) -> QuerySet[Slot]:
        return _talks_between(since(self.key, now) + self.AHEAD, now + self.AHEAD)

    def find_due(self, now: datetime) -> Iterable[Due]:
        for slot in self._in_window(now).select_related("application").order_by("starts_at", "pk"):
            yield Due(slot.application, None, slot.application.pk, slot.starts_at - self.AHEAD)


def _talks_between(start: datetime, end: datetime) -> QuerySet[Slot]:
    return Slot.objects.filter(application__isnull=False, starts_at__gt=start, starts_at__lte=end)


def _talks_soon(slots: QuerySet[Slot]) -> bool:
    now = timezone.now()
    return slots.filter(starts_at__gt=now, starts_at__lt=now + timedelta(days=2)).exists()


def _of_vacancy(key: str, line: Any, *, essential: bool = False) -> NotificationType:
    return type("OfVacancy", (VacancyNotification,), {"key": key, "line": line, "essential": essential})()


def _to_candidate(key: str, line: Any) -> NotificationType:
    return type("ToCandidate", (ToCandidate,), {"key": key, "line": line})()


class Together(VacancyNotification):
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
