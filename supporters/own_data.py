"""What is held of a supporter: to show them, and to erase."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from peersupport.accounts import consents
from peersupport.accounts.models import ConsentKind, Role, User
from peersupport.accounts.own_data import PersonalData, register
from peersupport.accounts.workflows import on_accepted
from supporters import workflows
from supporters.models import Supporter


def _show(user: User) -> Any:
    supporter = Supporter.objects.filter(user=user).first()
    if supporter is None:
        return None
    told = supporter.characteristics.select_related("option__dimension")
    limits = supporter.boundaries.select_related("option")
    return {
        "name": supporter.name,
        "pronouns": supporter.pronouns,
        "title": supporter.title,
        "story": supporter.story,
        "phone": supporter.phone,
        "state": supporter.state,
        "maximum": supporter.maximum,
        "characteristics": [
            {"about": str(item.option.dimension), "what": str(item.option), "visibility": item.visibility}
            for item in told
        ],
        "limits": [str(item.option) for item in limits],
    }


def _erase(user: User) -> None:
    Supporter.objects.filter(user=user).delete()


def _forget(subject: UUID) -> None:
    for user in User.objects.filter(pseudonym=subject):
        workflows.forget_characteristics(user)


def register_all() -> None:
    """Register the profile, what a consent's end means, and what accepting an invitation begins."""
    register(PersonalData("profile", _("Your profile as a supporter"), _show, _erase))
    consents.on_withdrawal(ConsentKind.CHARACTERISTICS, _forget)
    on_accepted(Role.SUPPORTER, workflows.begin)
