"""What the menu, calendars and copies of one's data show of leave, talks, gatherings and duty."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import Role, User
from peersupport.accounts.navigation import holds
from peersupport.accounts.own_data import PersonalData
from peersupport.accounts.own_data import register as register_parts
from peersupport.notifications import calendars
from peersupport.web.navigation import MenuEntry, register
from supporters.staffing import reviews, together
from supporters.staffing.models import Appraisal, Attendance, Duty, Gathering, Leave, TalkAsked


def appointments(user: User, since: datetime, until: datetime) -> Iterable[calendars.Appointment]:
    """Return when talks about the work and gatherings of a user are."""
    talks = Appraisal.objects.for_user(user).exclude(state="not_held")
    comings = Gathering.objects.filter(state="planned", coming__user=user)
    for rows in (talks, comings):
        for row in rows.filter(starts_at__gte=since, starts_at__lt=until).order_by("starts_at")[:500]:
            yield calendars.Appointment(row.pk, row.wall_time.replace(tzinfo=None), row.time_zone, row.minutes)


def _show(user: User) -> Any:
    return {
        "leave": list(Leave.objects.filter(supporter__user=user).values("state", "starts_on", "ends_on")),
        "talks": list(Appraisal.objects.for_user(user).values("state", "starts_at", "minutes")),
        "gatherings": list(Gathering.objects.filter(coming__user=user).values("kind", "topic", "starts_at", "where")),
        "duty": list(Duty.objects.filter(user=user).values("starts_at", "ends_at", "phone")),
    }


def _erase(user: User) -> None:
    for one in Gathering.objects.ahead(timezone.now()).filter(host=user):
        together.call_off(one, by=user)
    reviews.call_off_all_of(user)
    Leave.objects.filter(supporter__user=user).delete()
    Appraisal.objects.filter(Q(supporter__user=user) | Q(leader=user)).delete()
    Gathering.objects.filter(host=user).delete()
    for model in (Attendance, Duty, TalkAsked):
        model._default_manager.filter(user=user).delete()


def register_all() -> None:
    """Register all of it."""
    register(
        MenuEntry(_("Talk it over now"), "talk", holds(Role.SUPPORTER, Role.SUPERVISOR), 41),
        MenuEntry(_("Gatherings"), "gatherings", holds(Role.SUPPORTER, Role.SUPERVISOR, Role.COORDINATOR), 44),
        MenuEntry(_("Leave and talks"), "work-board", holds(Role.COORDINATOR), 33),
    )
    calendars.register(appointments)
    register_parts(PersonalData("work", _("Leave, talks about your work, gatherings"), _show, _erase))
