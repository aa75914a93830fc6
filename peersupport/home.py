"""The first page: for a stranger what this is, for everyone else what needs them today."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from matching import board
from matching.models import SupportRequest
from matching.parties import WANTS_ACCOUNT, acting
from matching.views.supporting import overview
from peersupport.accounts.models import Role, User
from peersupport.organization import texts
from peersupport.organization.context import for_request
from peersupport.organization.models import ConcernContact
from peersupport.ui.translated import in_language
from supporters.models import Supporter


@method_decorator(login_not_required, name="dispatch")
class Home(TemplateView):
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
        today: dict[str, Any] = {
            "keep": WANTS_ACCOUNT in self.request.session,
            "concerns": open_concerns(user),
            "hour": _greeting(),
            "hands": None,
            "supporting": None,
            "missing": [],
        }
        if user.holds(Role.COORDINATOR):
            today["hands"] = board.needs_a_hand(
                limits_missing=not texts.limits_are_filled_in(for_request(self.request))
            )
        if user.holds(Role.SUPPORTER):
            supporter = Supporter.objects.filter(user=user).only("state").first()
            today["supporting"] = overview(supporter) if supporter else None
        if user.holds(Role.ADMINISTRATOR):
            today["missing"] = missing_settings(for_request(self.request))
        mine = SupportRequest.objects.filter(person=user).exclude(state="closed")
        today["support"] = mine.only("state").order_by("-created_at").first()
        return today


def open_concerns(user: User) -> int | None:
    """Return how many concerns wait for this contact; None for everybody who is no contact. One query."""
    contact = ConcernContact.objects.filter(user=user).annotate(
        waiting=Count("concerns", filter=~Q(concerns__state="closed"))
    )
    return contact.values_list("waiting", flat=True).first()


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
