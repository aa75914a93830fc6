"""Verbs of the organization: change settings, raise and answer a concern."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.audit.recording import record
from peersupport.organization import texts
from peersupport.organization.models import (
    Concern,
    ConcernContact,
    ConcernReply,
    ConcernState,
    Organization,
    TextKind,
)
from peersupport.workflow.state_machine import NotAllowed, NotPossible, StateMachine, transition


def _part(by: Any, concern: Concern) -> str | None:
    if by is None:
        return "anyone"
    return "handler" if concern.contact.user_id == by.pk else None


def _subjects(concern: Concern) -> list[Any]:
    return [concern.raised_by.pseudonym if concern.raised_by else None]


CONCERNS = StateMachine(
    "concern",
    [
        transition("read", [ConcernState.NEW], ConcernState.READ, "handler"),
        transition("reply", [ConcernState.NEW, ConcernState.READ], None, "handler", "anyone"),
        transition("close", [ConcernState.NEW, ConcernState.READ], ConcernState.CLOSED, "handler"),
    ],
    actor_role=_part,
    subjects=_subjects,
)


OnConcern = Callable[[str, Concern], None]
_on_concern: list[OnConcern] = []


def on_concern(action: OnConcern) -> None:
    """Register who is told that a concern was raised ("raised") or answered ("answered")."""
    _on_concern.append(action)


def _tell(what: str, concern: Concern) -> None:
    for action in _on_concern:
        action(what, concern)


def need_administrator(by: Any) -> None:
    """Raise NotAllowed unless `by` is an administrator."""
    if not by.holds("administrator"):
        raise NotAllowed("administrators")


@transaction.atomic
def change_settings(changes: dict[str, Any], *, by: Any) -> None:
    """Change the organization's settings; changed legal duties make a new version of the agreement."""
    need_administrator(by)
    organization = Organization.objects.select_for_update().get(pk=1)
    duties_before = organization.legal_duties
    for name, value in changes.items():
        setattr(organization, name, value)
    organization.full_clean()
    organization.save()
    record("settings.change", organization, by=by, role="administrator", subjects=[None])
    if organization.legal_duties != duties_before:
        renew_agreement(by=by)


def renew_agreement(*, by: Any) -> None:
    """Publish the agreement anew with the duties and numbers of today, if they are filled in."""
    if texts.limits_are_filled_in(Organization.objects.get(pk=1)):
        texts.publish(TextKind.AGREEMENT, texts.editable_bodies(TextKind.AGREEMENT), by=by)


@transaction.atomic
def publish_text(kind: str, bodies: dict[str, str], *, by: Any) -> None:
    """Publish a text; an agreement keeps its marks for duties and numbers. Raises NotPossible, NotAllowed."""
    need_administrator(by)
    if kind == TextKind.AGREEMENT:
        Organization.objects.filter(pk=1).update(agreement_words=bodies)
    texts.publish(kind, bodies, by=by)


@transaction.atomic
def save_row(form: Any, *, by: Any) -> None:
    """Save an emergency number or an outside body; numbers are part of the agreement."""
    need_administrator(by)
    row = form.save()
    record("settings.change", row, by=by, role="administrator", subjects=[None])
    renew_agreement(by=by)


@transaction.atomic
def remove_row(row: Any, *, by: Any) -> None:
    """Remove an emergency number or an outside body."""
    need_administrator(by)
    record("settings.change", row, by=by, role="administrator", subjects=[None])
    row.delete()
    renew_agreement(by=by)


@transaction.atomic
def name_contact(email: str, introduction: str, *, by: Any) -> ConcernContact:
    """Name somebody with an account as contact for concerns. Raises NotPossible without such an account."""
    need_administrator(by)
    user = get_user_model().objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise NotPossible(_("There is no account with this address."))
    contact, _made = ConcernContact.objects.update_or_create(
        user=user, defaults={"introduction": introduction, "active": True}
    )
    record("settings.change", contact, by=by, role="administrator", subjects=[None])
    return contact


@transaction.atomic
def rest_contact(contact: ConcernContact, *, by: Any) -> None:
    """Let a contact take no new concerns; what they have stays with them."""
    need_administrator(by)
    ConcernContact.objects.filter(pk=contact.pk).update(active=False)
    record("settings.change", contact, by=by, role="administrator", subjects=[None])


@transaction.atomic
def raise_concern(contact: ConcernContact, words: str, *, code_hash: str, by: Any, how_to_reach: str = "") -> Concern:
    """Tell a contact that something is wrong; `by` is None for whoever does not want to be named."""
    concern = Concern.objects.create(
        contact=contact, words=words, code_hash=code_hash, raised_by=by, how_to_reach=how_to_reach
    )
    record("concern.raise", concern, by=by, role="self", subjects=_subjects(concern))
    _tell("raised", concern)
    return concern


def mark_read(concern: Concern, *, by: Any) -> None:
    """Note that the contact has read it, once."""
    if CONCERNS.available(concern, "read", by=by):
        with CONCERNS.transition("read", concern, by=by):
            pass


def reply(concern: Concern, words: str, *, by: Any) -> None:
    """Answer, as the contact, or (`by` None) as whoever raised it through their private link."""
    with CONCERNS.transition("reply", concern, by=by) as fresh:
        ConcernReply.objects.create(concern=fresh, words=words, from_contact=by is not None)
        _tell("answered" if by is not None else "raised", fresh)


def close(concern: Concern, *, by: Any) -> None:
    """Close a concern. Raises NotAllowed, NotPossible."""
    with CONCERNS.transition("close", concern, by=by) as fresh:
        fresh.closed_at = timezone.now()
