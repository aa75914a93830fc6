"""Verbs of accounts: invite to a role, take it on, grant and take back roles, delete an account."""

from collections.abc import Callable
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import TRUSTED, Consent, Role, RoleGrant, RoleInvitation, User
from peersupport.accounts.own_data import erase_everything_of
from peersupport.accounts.signals import access_ended, role_begun
from peersupport.audit.models import ActorRole
from peersupport.audit.recording import record
from peersupport.organization.models import Concern, ConcernState
from peersupport.web.plain import plain_address
from peersupport.web.tokens import hash_of, new_token
from peersupport.workflow.state_machine import NotAllowed, NotPossible, lock

INVITATION_DAYS = 14
OnAccepted = Callable[[RoleInvitation, User], None]
_on_accepted: dict[str, OnAccepted] = {}
#: Who may invite to which role.
MAY_INVITE = {
    Role.SUPPORTER: {Role.COORDINATOR, Role.ADMINISTRATOR},
    Role.COORDINATOR: {Role.ADMINISTRATOR},
    Role.ADMINISTRATOR: {Role.ADMINISTRATOR},
    Role.SUPERVISOR: {Role.ADMINISTRATOR},
    Role.PANEL_MEMBER: {Role.COORDINATOR, Role.ADMINISTRATOR},
}


OnTakenBack = Callable[[User], None]
_on_taken_back: dict[str, list[OnTakenBack]] = {}


def on_taken_back(role: str, action: OnTakenBack) -> None:
    """Register what happens when a role is taken back (what somebody looked after is released)."""
    _on_taken_back.setdefault(role, []).append(action)


def on_accepted(role: str, action: OnAccepted) -> None:
    """Register what taking on a role begins (a supporter gets a profile)."""
    _on_accepted[role] = action


@transaction.atomic
def invite(role: str, email: str, *, by: User | None, language: str = "") -> tuple[RoleInvitation, str]:
    """Invite somebody to a role; return the invitation and the token of its link, which is shown once.

    Raises NotAllowed, and NotPossible when the address has an open invitation to this role.
    """
    if by is not None and not by.holds(*MAY_INVITE[Role(role)]):
        raise NotAllowed(f"invite {role}")
    token, hashed = new_token()
    try:
        with transaction.atomic():
            invitation = RoleInvitation.objects.create(
                role=role,
                email=plain_address(email),
                language=language,
                token_hash=hashed,
                invited_by=by,
                expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
            )
    except IntegrityError:
        raise NotPossible(_("This person has an open invitation already. You can send it anew.")) from None
    record("role.invite", invitation, by=by, role=ActorRole.COORDINATOR, subjects=[None])
    return invitation, token


@transaction.atomic
def renew(invitation: RoleInvitation, *, by: User | None) -> str:
    """Make a new link for an open invitation; the old link stops working. Returns the new token."""
    if by is not None and not by.holds(*MAY_INVITE[Role(invitation.role)]):
        raise NotAllowed("renew")
    invitation = lock(invitation)
    if invitation.accepted_at:
        raise NotPossible(_("This invitation has been accepted already."))
    token, invitation.token_hash = new_token()
    invitation.expires_at = timezone.now() + timedelta(days=INVITATION_DAYS)
    invitation.save()
    record("role.invite_again", invitation, by=by, role=ActorRole.COORDINATOR, subjects=[None])
    return token


@transaction.atomic
def take_invitation_back(invitation: RoleInvitation, *, by: User) -> None:
    """Take an open invitation back; its link stops working. Raises NotAllowed, NotPossible."""
    if not by.holds(*MAY_INVITE[Role(invitation.role)]):
        raise NotAllowed("take invitation back")
    held = lock(invitation)
    if held.accepted_at:
        raise NotPossible(_("This invitation has been accepted already."))
    record("role.take_back", held, by=by, role=ActorRole.ADMINISTRATOR, subjects=[None])
    held.delete()


def invitation_for(token: str) -> RoleInvitation | None:
    """Return the open invitation a token belongs to, or None when it is used, old or unknown."""
    found = RoleInvitation.objects.filter(token_hash=hash_of(token), accepted_at=None)
    return found.filter(expires_at__gt=timezone.now()).first()


def has_address(user: User, address: str) -> bool:
    """Tell whether an address is one of the user's own: confirmed, or the one an invited account was made with."""
    asked = plain_address(address)
    rows = EmailAddress.objects.filter(user=user, email__iexact=asked)
    return rows.filter(verified=True).exists() or (asked == user.email and not rows.exists())


@transaction.atomic
def accept(invitation: RoleInvitation, *, by: User) -> RoleInvitation:
    """Take on the role.

    Raises NotPossible when the invitation was used or has run out, and for an account with another address: whoever
    finds or forwards a link gets no role by it.
    """
    invitation = lock(invitation)
    if invitation.accepted_at or invitation.expires_at < timezone.now():
        raise NotPossible(_("This invitation has been used or has run out. Ask for a new one."))
    if invitation.email and not has_address(by, invitation.email):
        raise NotPossible(
            _(
                "This invitation is for another email address. Sign in with the account of that address, or ask for an "
                "invitation to yours."
            )
        )
    invitation.accepted_at, invitation.accepted_by = timezone.now(), by
    invitation.save()
    _grant(by, invitation.role, invitation.invited_by)
    if action := _on_accepted.get(invitation.role):
        action(invitation, by)
    record("role.accept", invitation, by=by, role=ActorRole.YOURSELF, subjects=[by.pseudonym])
    return invitation


@transaction.atomic
def join(
    invitation: RoleInvitation, *, name: str, email: str, password: str, language: str, proven: bool | None = None
) -> User:
    """Make an account from an invitation and take on its role. Raises NotPossible as `accept` does.

    `proven`: whether the address is known to be theirs; without it, it is if the link was sent to that address.
    """
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, name=name, language=language)
    except IntegrityError:
        raise NotPossible(
            _("There is an account with this address. Sign in first, then open the link again.")
        ) from None
    # Whoever has the link that was sent to this address has shown that it is theirs.
    proven = invitation.email in {"", user.email} if proven is None else proven
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=proven)
    accept(invitation, by=user)
    return user


@transaction.atomic
def take_role_back(user: User, role: str, *, by: User) -> None:
    """End a role. Raises NotAllowed, and NotPossible for the last administrator."""
    if not by.holds(Role.ADMINISTRATOR):
        raise NotAllowed("take role back")
    administrators = RoleGrant.objects.select_for_update().filter(role=Role.ADMINISTRATOR)
    if role == Role.ADMINISTRATOR and len(administrators) == 1:
        raise NotPossible(_("Somebody has to be administrator. Invite another one first."))
    RoleGrant.objects.filter(user=user, role=role).delete()
    user.__dict__.pop("roles", None)
    for action in _on_taken_back.get(role, []):
        action(user)
    record("role.take_back", user, by=by, role=ActorRole.ADMINISTRATOR, subjects=[user.pseudonym])


@transaction.atomic
def note_service(grant: RoleGrant, for_service: bool, *, by: User) -> None:
    """An administrator notes whether a supervisor works for a host service. Then nothing shared is shown to them."""
    if not by.holds(Role.ADMINISTRATOR):
        raise NotAllowed("note service")
    RoleGrant.objects.filter(pk=grant.pk).update(for_service=for_service)
    record("role.for_service", grant.user, by=by, role=ActorRole.ADMINISTRATOR, subjects=[grant.user.pseudonym])


@transaction.atomic
def state_service(works_for_service: bool, *, by: User) -> None:
    """Say of oneself whether one works for a host service."""
    User.objects.filter(pk=by.pk).update(works_for_service=works_for_service)
    record("account.service", by, by=by, role=ActorRole.YOURSELF, subjects=[by.pseudonym])


def _grant(user: User, role: str, granted_by: User | None) -> None:
    _there, begun = RoleGrant.objects.get_or_create(user=user, role=role, defaults={"granted_by": granted_by})
    user.__dict__.pop("roles", None)
    if begun and role in TRUSTED:
        role_begun.send(sender=User, user=user, role=role, granted_by=granted_by)


@transaction.atomic
def delete_account(user: User, *, by: User) -> None:
    """Erase everything of the user's; the audit keeps pseudonymous ids.

    Raises NotAllowed for somebody else's account, NotPossible for the last administrator.
    """
    if user.pk != by.pk:
        raise NotAllowed("delete account")
    others = RoleGrant.objects.filter(role=Role.ADMINISTRATOR).exclude(user=user)
    if user.holds(Role.ADMINISTRATOR) and not others.exists():
        raise NotPossible(_("Somebody has to be administrator. Invite another one first."))
    _leave_no_concern_behind(user)
    for role in user.roles:
        for action in _on_taken_back.get(role, []):
            action(user)
    erase_everything_of(user)
    record("account.delete", user, by=user, role=ActorRole.YOURSELF, subjects=[user.pseudonym])
    Consent.objects.filter(subject=user.pseudonym).delete()
    RoleInvitation.objects.filter(accepted_by=user).delete()
    sign_out_everywhere(user)
    user.delete()


def _leave_no_concern_behind(user: User) -> None:
    """A contact for concerns answers the open ones first; closed ones go with the account."""
    mine = Concern.objects.filter(contact__user=user)
    if mine.exclude(state=ConcernState.CLOSED).exists():
        raise NotPossible(_("Concerns wait for you to answer. Close them first, kindly, or hand them over in person."))
    mine.delete()


@transaction.atomic
def end_sessions_of(user: User, *, by: User) -> None:
    """An administrator signs somebody out on every device: a lost telephone, a browser left open. Raises NotAllowed."""
    if not by.holds(Role.ADMINISTRATOR):
        raise NotAllowed("end sessions")
    sign_out_everywhere(user)
    record("account.ended_sessions", user, by=by, role=ActorRole.ADMINISTRATOR, subjects=[user.pseudonym])


def end_all_access(user: User, *, addresses: list[str] | None = None) -> None:
    """End whatever somebody who knew the password may have kept.

    Sessions, passkeys, recovery codes, unconfirmed addresses and private calendars go, and of several confirmed addresses
    all but `addresses`, which the person has said are theirs alone.
    """
    forget_unconfirmed_addresses(user)
    if addresses:
        confirmed = EmailAddress.objects.filter(user=user, verified=True)
        if user.email not in addresses:
            confirmed.filter(email__in=addresses).order_by("pk")[0].set_as_primary()
        confirmed.exclude(email__in=addresses).delete()
    Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.TOTP).delete()
    sign_out_everywhere(user)
    access_ended.send(sender=User, user=user)


def forget_unconfirmed_addresses(user: User) -> None:
    """Drop addresses that were added and never confirmed: whoever knew the old password may have added them."""
    EmailAddress.objects.filter(user=user, verified=False).exclude(email__iexact=user.email).delete()


def sign_out_everywhere(user: User, *, but: str | None = None) -> None:
    """End every session of the user, on every device; `but` is the key of one that stays."""
    keys = UserSession.objects.filter(user=user).exclude(session_key=but or "").values_list("session_key", flat=True)
    Session.objects.filter(session_key__in=list(keys)).delete()
