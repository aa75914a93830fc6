"""The first page: for a stranger what this is, for everyone else what needs them today."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from matching import board
from matching.models import DisclosureQuestion, QuestionState, SupportRequest
from matching.parties import acting
from matching.views.supporting import overview
from peersupport.accounts.models import Role, User
from peersupport.notifications.models import Heartbeat
from peersupport.notifications.system_types import SILENT_AFTER
from peersupport.organization import texts
from peersupport.organization.context import for_request
from peersupport.organization.models import Concern, ConcernContact
from peersupport.web.counts import count_each
from peersupport.web.translated import in_language
from supporters.models import Supporter
from supporters.supervision.today import overview as overview_of_supervision
from supporters.supervision.today import owed


@method_decorator(login_not_required, name="dispatch")
class HomeView(TemplateView):
    """Says what needs you today, for each role you hold."""

    def get_template_names(self) -> list[str]:
        return ["home/signed_in.html" if self.request.user.is_authenticated else "home/stranger.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(form=None, **kwargs)
        user = self.request.user
        if isinstance(user, User) and user.is_authenticated:
            return context | self._today(user)
        organization = for_request(self.request)
        return context | {"about": in_language(organization.about), "link_open": acting(self.request) is not None}

    def _today(self, user: User) -> dict[str, Any]:
        heard_after = timezone.now() - SILENT_AFTER
        counted: dict[str, QuerySet[Any]] = {
            "contact": ConcernContact.objects.filter(user=user),
            "concerns": Concern.objects.filter(contact__user=user).exclude(state="closed"),
        }
        if user.holds(Role.ADMINISTRATOR, Role.COORDINATOR):
            counted["beat"] = Heartbeat.objects.filter(name="beat", at__gt=heard_after)
        if user.holds(Role.SUPPORTER, Role.SUPERVISOR):
            counted["owed"] = owed(user)
        if user.holds(Role.SUPPORTER):
            counted["questions"] = DisclosureQuestion.objects.filter(supporter__user=user, state=QuestionState.ASKED)
        waiting = count_each(**counted)
        today: dict[str, Any] = {
            "concerns": waiting["concerns"] if waiting["contact"] else None,
            "hour": _greeting(),
            "hands": None,
            "supporting": None,
            "supervision": None,
            "missing": [],
            "silent": waiting.get("beat") == 0,
        }
        if user.holds(Role.COORDINATOR):
            today["hands"] = board.needs_a_hand(
                limits_missing=not texts.limits_are_filled_in(for_request(self.request))
            )
        if user.holds(Role.SUPPORTER):
            supporter = Supporter.objects.filter(user=user).only("state").first()
            today["supporting"] = overview(supporter, questions=waiting["questions"]) if supporter else None
        if user.holds(Role.SUPPORTER, Role.SUPERVISOR):
            today["supervision"] = overview_of_supervision(user, owed=waiting["owed"])
        if user.holds(Role.ADMINISTRATOR):
            today["missing"] = missing_settings(for_request(self.request))
        open_requests = SupportRequest.objects.filter(person=user).exclude(state="closed")
        today["support"] = open_requests.only("state").order_by("-created_at").first()
        return today


def missing_settings(organization: Any) -> list[Any]:
    """Return what an administrator still has to fill in before support can start."""
    missing = []
    if not texts.limits_are_filled_in(organization):
        missing.append(_("The legal duties and an emergency number: no agreement can open before."))
    if not ConcernContact.objects.filter(active=True).exists():
        missing.append(_("A contact for concerns, outside the line of management."))
    return missing


def _greeting() -> Any:
    hour = timezone.localtime().hour
    if hour < 12:
        return _("Good morning")
    return _("Good afternoon") if hour < 18 else _("Good evening")
