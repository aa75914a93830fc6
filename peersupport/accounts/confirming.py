"""Asking again who it is, before something that gives lasting access: the password, and the second factor where there is one.

A browser that was left open for two minutes must not be enough. The list below is the only place that says where.
"""

import time

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from peersupport.accounts.models import Role, User
from peersupport.accounts.workflows import MAY_INVITE

#: So long a confirmation holds.
SECONDS = 5 * 60
#: Pages that ask for the password (and the second factor) first.
PASSWORD_FIRST = frozenset(
    {
        "notes-sheet",
        "account_email",
        "copy",
        "usersessions_list",
        "my-calendar",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_remove_webauthn",
        "mfa_edit_webauthn",
    }
)
#: The same, of those with one of these roles: anybody else is told that the page is not theirs.
OF_ROLES = {
    "team": {Role.ADMINISTRATOR},
    "invite-staff": {Role.ADMINISTRATOR},
    "name-contact": {Role.ADMINISTRATOR},
    "invite-supporter": MAY_INVITE[Role.SUPPORTER],
    "invite-imported": MAY_INVITE[Role.SUPPORTER],
    "add-member": MAY_INVITE[Role.PANEL_MEMBER],
}
#: Pages whose own form asks for the password; the second factor, where there is one, comes first.
FACTOR_FIRST = frozenset({"notes-known", "delete-account", "account_change_password", "notes-recover", "notes-anew"})


def what_is_missing(request: HttpRequest, page: str) -> str:
    """Return the name of the page where somebody shows that it is them, or nothing when they have just done so."""
    user = request.user
    if not isinstance(user, User) or page not in PASSWORD_FIRST | FACTOR_FIRST | OF_ROLES.keys():
        return ""
    if page in OF_ROLES and not user.holds(*OF_ROLES[page]):
        return ""
    recent = _recent_methods(request, user)
    if page not in FACTOR_FIRST and user.has_usable_password() and "password" not in recent:
        return "account_reauthenticate"
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    if not kinds or "mfa" in recent:
        return ""
    return "mfa_reauthenticate" if Authenticator.Type.TOTP in kinds else "mfa_reauthenticate_webauthn"


def _recent_methods(request: HttpRequest, user: User) -> set[str]:
    since = time.time() - SECONDS
    records = get_authentication_records(request, user)
    return {record["method"] for record in records if record.get("reauthenticated") and record["at"] > since}
