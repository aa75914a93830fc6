"""Verbs of supporters: confirm a profile, tell or keep a characteristic, set limits, take leave."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.accounts import consents
from peersupport.accounts.models import ConsentKind, Role, RoleGrant, RoleInvitation, User
from peersupport.accounts.workflows import invite
from peersupport.audit.recording import record
from peersupport.workflow.state_machine import NotPossible, StateMachine, lock, transition
from supporters.models import Boundary, Characteristic, Dimension, Option, Status, Supporter, Visibility
from supporters.room import set_room, taken


def _part(by: Any, supporter: Supporter) -> str | None:
    if by is None:
        return "system"
    if isinstance(by, User) and supporter.user_id == by.pk:
        return "supporter"
    return "coordinator" if isinstance(by, User) and by.holds(Role.COORDINATOR) else None


def subjects(supporter: Supporter) -> list[Any]:
    """Return whose data a profile is."""
    return [supporter.user.pseudonym] if supporter.user else [None]


LIFECYCLE = StateMachine(
    "supporter",
    [
        transition("confirm", [Status.INVITED, Status.TRAINING], Status.ACTIVE, "supporter"),
        transition("go_on_leave", [Status.ACTIVE], Status.ON_LEAVE, "supporter", "system"),
        transition("come_back", [Status.ON_LEAVE], Status.ACTIVE, "supporter", "system"),
        transition("end", [Status.TRAINING, Status.ACTIVE, Status.ON_LEAVE], Status.ENDED, "supporter"),
        transition("set_aside", [Status.TRAINING, Status.ACTIVE, Status.ON_LEAVE], Status.ENDED, "coordinator"),
        transition("start_again", [Status.ENDED], Status.TRAINING, "supporter"),
        transition("edit", [Status.TRAINING, Status.ACTIVE, Status.ON_LEAVE], None, "supporter"),
    ],
    actor_role=_part,
    subjects=subjects,
)

OnChange = Callable[[Supporter], None]
_on_change: list[OnChange] = []
_on_ended: list[OnChange] = []
_before_set_aside: list[OnChange] = []


def on_ended(action: OnChange) -> None:
    """Register what is over when somebody is no supporter any more (inside the transaction)."""
    _on_ended.append(action)


def before_set_aside(action: OnChange) -> None:
    """Register what ends before a supporter is set aside (inside the transaction)."""
    _before_set_aside.append(action)


def on_change(action: OnChange) -> None:
    """Register what the floor above does when a supporter changes (runs after the transaction)."""
    _on_change.append(action)


def _step(verb: str, supporter: Supporter, by: User | None, **changes: Any) -> Supporter:
    with LIFECYCLE.transition(verb, supporter, by=by) as fresh:
        for name, value in changes.items():
            setattr(fresh, name, value)
        if target := LIFECYCLE.table[verb].target:
            LIFECYCLE.enter(fresh, target)
        set_room(fresh)
    _after_commit(fresh)
    return fresh  # type: ignore[no-any-return]


def _after_commit(supporter: Supporter) -> None:
    """Tell the floors above when this transaction is through: they lock other things, in another order."""
    for action in _on_change:
        transaction.on_commit(partial(action, supporter))


def refresh(supporter: Supporter) -> Supporter:
    """Look again whether there is room: something it depends on has changed."""
    with transaction.atomic():
        held: Supporter = lock(supporter)
        before = held.room_since
        set_room(held)
        if held.room_since != before:
            held.save()
            _after_commit(held)
    return held


def edit(supporter: Supporter, *, by: User, **changes: Any) -> Supporter:
    """Change fields of one's own profile. Raises NotAllowed, NotPossible."""
    with transaction.atomic():
        return _step("edit", supporter, by, **changes)


def confirm(supporter: Supporter, *, by: User) -> Supporter:
    """Say: this is me, people may find me. Raises NotPossible while the name, a place or a time is missing."""
    with transaction.atomic():
        held = lock(supporter)
        if not held.name.strip() or not held.places or not held.times:
            raise NotPossible(_("Fill in your name, where and when first: people can find you then."))
        if not consents.given(ConsentKind.CHARACTERISTICS, by.pseudonym):
            raise NotPossible(_("Say first whether we may keep what you tell about yourself."))
        return _step("confirm", held, by, confirmed_at=timezone.now())


def change_status(supporter: Supporter, verb: str, *, by: User | None) -> Supporter:
    """Take leave, come back, end or start again; no reason is asked.

    Raises NotAllowed, and NotPossible for ending while there are people supported.
    """
    with transaction.atomic():
        if verb == "start_again" and not (by and by.holds(Role.SUPPORTER)):
            raise NotPossible(_("A coordinator has to invite you again first."))
        if verb == "end" and taken(lock(supporter)):
            raise NotPossible(
                _("End support with each person first. They are told kindly and can choose somebody else.")
            )
        changed = _step(verb, supporter, by)
        if verb == "end":
            for action in _on_ended:
                action(changed)
        return changed


def set_aside(supporter: Supporter, *, by: User) -> Supporter:
    """A coordinator ends somebody's part as a supporter: nobody new finds them, support ends kindly, the role goes.

    Raises NotAllowed, NotPossible.
    """
    with transaction.atomic():
        for action in _before_set_aside:
            action(supporter)
        changed = _step("set_aside", supporter, by)
        for action in _on_ended:
            action(changed)
        if changed.user:
            RoleGrant.objects.filter(user=changed.user, role=Role.SUPPORTER).delete()
        return changed


@transaction.atomic
def tell(supporter: Supporter, dimension: Dimension, told: Mapping[Option, str], *, by: User) -> None:
    """Replace what the supporter tells within one dimension: option to visibility.

    Raises NotPossible without consent, for an option of another dimension, or for two answers where one fits.
    """
    if told and not consents.given(ConsentKind.CHARACTERISTICS, by.pseudonym):
        raise NotPossible(_("Say first whether we may keep what you tell about yourself."))
    if any(option.dimension_id != dimension.pk for option in told):
        raise NotPossible
    if dimension.one_answer and len(told) > 1:
        raise NotPossible(_("Choose one answer at most for “%(name)s”.") % {"name": dimension})
    with LIFECYCLE.transition("edit", supporter, by=by) as fresh:
        before = dict(fresh.characteristics.filter(option__dimension=dimension).values_list("option_id", "visibility"))
        fresh.characteristics.filter(option__in=list(before)).delete()
        seen = {option: _visibility(option, visibility) for option, visibility in told.items()}
        Characteristic.objects.bulk_create(
            Characteristic(supporter=fresh, option=option, visibility=visibility) for option, visibility in seen.items()
        )
        if any(seen[option] == Visibility.SHOW != before.get(option.pk) for option in seen):
            fresh.seen_anew_at = timezone.now()
    _after_commit(fresh)


def _visibility(option: Option, seen: str) -> str:
    """Languages and areas are practical and always shown."""
    return Visibility.SHOW if option.dimension.kind in {"language", "area"} else seen


@transaction.atomic
def show_from_now_on(supporter: Supporter, option: Option) -> None:
    """Make one characteristic visible to everyone, as its owner just decided."""
    supporter.characteristics.filter(option=option).update(visibility=Visibility.SHOW)
    Supporter.objects.filter(pk=supporter.pk).update(seen_anew_at=timezone.now())


@transaction.atomic
def set_boundaries(supporter: Supporter, options: Iterable[Option], *, by: User) -> None:
    """Replace the supporter's limits. Raises NotPossible for anything that is who somebody is (G11)."""
    wanted = list(options)
    if any(option.dimension.kind != "topic" for option in wanted):
        raise NotPossible(_("A limit is a topic, never who somebody is."))
    with LIFECYCLE.transition("edit", supporter, by=by) as fresh:
        fresh.boundaries.all().delete()
        Boundary.objects.bulk_create(Boundary(supporter=fresh, option=option) for option in wanted)


@transaction.atomic
def invite_supporter(email: str, *, by: User, language: str = "") -> tuple[RoleInvitation, str]:
    """Invite somebody to become a supporter; their profile waits for them."""
    invitation, token = invite(Role.SUPPORTER, email, by=by, language=language)
    Supporter.objects.create(invitation=invitation)
    return invitation, token


@transaction.atomic
def invite_imported(supporter: Supporter, email: str, *, by: User, language: str = "") -> tuple[RoleInvitation, str]:
    """Invite the person a row of the roster stands for. Raises NotAllowed, NotPossible."""
    supporter = lock(supporter)
    if supporter.user_id or supporter.state != Status.INVITED:
        raise NotPossible(_("This supporter has an account already."))
    if supporter.invitation:
        supporter.invitation.delete()
    invitation, token = invite(Role.SUPPORTER, email, by=by, language=language)
    supporter.invitation = invitation
    supporter.save()
    return invitation, token


def begin(invitation: RoleInvitation, user: User) -> None:
    """Give the profile to the user who accepted. Runs inside the acceptance's transaction."""
    existing = Supporter.objects.select_for_update().filter(user=user).first()
    if existing:
        if existing.state == Status.ENDED:
            existing.state = Status.TRAINING
            existing.save()
        Supporter.objects.filter(invitation=invitation).exclude(pk=existing.pk).delete()
        return
    supporter = Supporter.objects.select_for_update().filter(invitation=invitation).first() or Supporter()
    supporter.user, supporter.state = user, Status.TRAINING
    supporter.name = supporter.name or user.name
    supporter.save()
    record("supporter.begin", supporter, by=user, role="self", subjects=[user.pseudonym])


@transaction.atomic
def forget_characteristics(user: User) -> None:
    """Erase what somebody told about themselves, and stop suggesting them."""
    for supporter in Supporter.objects.select_for_update().filter(user=user):
        supporter.characteristics.all().delete()
        supporter.boundaries.all().delete()
        supporter.confirmed_at = supporter.room_since = None
        supporter.story = ""
        if supporter.state == Status.ACTIVE:
            supporter.state = Status.TRAINING
        supporter.save()
        _after_commit(supporter)
