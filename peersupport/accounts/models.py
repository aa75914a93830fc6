"""Users, their roles, the consents they gave, and invitations to take on a role."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from peersupport.web.plain import plain_address


class Role(models.TextChoices):
    """Parts somebody may hold in the organization. Seeking support is no role: anyone may."""

    ADMINISTRATOR = "administrator", _("Administrator")
    COORDINATOR = "coordinator", _("Coordinator")
    SUPERVISOR = "supervisor", _("Supervisor")
    SUPPORTER = "supporter", _("Peer supporter")
    PANEL_MEMBER = "panel_member", _("Panel member")


#: Roles that see data of others: they need a second factor in a real installation.
TRUSTED = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.SUPERVISOR, Role.PANEL_MEMBER})


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a user; the address is kept in one form. Raises ValueError without an address."""
        if not email:
            raise ValueError("a user needs an email address")
        user = self.model(email=plain_address(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=plain_address(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in with an email address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pseudonym = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("email address"), unique=True)
    name = models.CharField(_("how we may call you"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    mail_wanted = models.BooleanField(_("send me an email when something waits for me"), default=True)
    wording_helper = models.BooleanField(_("show the writing helper beside my own words too"), default=False)
    quiet_from = models.TimeField(_("no email from"), null=True, blank=True)
    quiet_until = models.TimeField(_("no email until"), null=True, blank=True)
    # One email a day at this time instead of one for each; and which groups of messages are read in the inbox alone.
    digest_at = models.TimeField(_("one email a day, at"), null=True, blank=True)
    mail_off = models.JSONField(default=list, blank=True)
    # Their own statement; nothing anyone shared is shown to whoever has not made it.
    works_for_service = models.BooleanField(_("works for a service"), null=True)
    # When an address was last added or changed, and whether nobody else reads the one before (asked then).
    address_changed_at = models.DateTimeField(null=True)
    old_address_private = models.BooleanField(null=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()
    # Nobody works through Django's own admin: every task has a page of the product.
    is_staff = False

    def __str__(self) -> str:
        return self.name or str(_("Somebody without a name yet"))

    def clean(self) -> None:
        self.email = plain_address(self.email)

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles this user holds."""
        return frozenset(self.role_grants.values_list("role", flat=True))

    def holds(self, *roles: str) -> bool:
        """Tell whether the user holds one of the roles."""
        return not self.roles.isdisjoint(roles)


class RoleGrant(models.Model):
    """One role of one user, and who gave it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)
    # Noted by an administrator: whoever works for a host service reads nobody's notes, whatever they say themselves.
    for_service = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="role_held_once")]

    def __str__(self) -> str:
        return self.get_role_display()


def supervisors_notes_may_go_to() -> "models.QuerySet[User]":
    """Return the supervisors to whom a note may be shared: never anyone who works for a host service."""
    return User.objects.filter(
        is_active=True,
        works_for_service=False,
        role_grants__in=RoleGrant.objects.filter(role=Role.SUPERVISOR, for_service=False),
    )


class RoleInvitation(models.Model):
    """An invitation to take on a role, by a one-time link."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    role = models.CharField(max_length=20, choices=Role.choices)
    email = models.EmailField(_("email address"), blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["email", "role"],
                condition=models.Q(accepted_at__isnull=True) & ~models.Q(email=""),
                name="role_invitation_open_once",
                violation_error_message=_("This person has an open invitation already."),
            )
        ]

    def __str__(self) -> str:
        return self.get_role_display()


class ConsentKind(models.TextChoices):
    """Each sensitive kind of data has a consent of its own."""

    REQUEST = "request", _("Keep what I say about myself and my wishes, to find a supporter")
    CHARACTERISTICS = "characteristics", _("Keep what I tell about myself as a supporter, to match people with me")


class Consent(models.Model):
    """A consent: explicit, recorded with the notice that was read, withdrawable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=20, choices=ConsentKind.choices)
    notice_number = models.PositiveIntegerField()
    given_at = models.DateTimeField(auto_now_add=True)
    how = models.CharField(max_length=20, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind"], condition=models.Q(withdrawn_at__isnull=True), name="consent_given_once"
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
