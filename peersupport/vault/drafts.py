"""What somebody is writing, kept for them alone: saved while they type, and when their notes were locked meanwhile.

A form that was made while the vault was open carries a token that names the author's key. When the vault has
closed since, what was typed is sealed to that very key: somebody who swapped the key in the database gets nothing.
"""

import json
from typing import Any
from uuid import UUID

from django.core import signing

from peersupport.vault import crypto, pins
from peersupport.vault.crypto import Refused
from peersupport.vault.models import Draft
from peersupport.vault.texts import Content
from peersupport.vault.unlocking import Unlocked

_SALT = "vault draft"
GOOD_FOR_SECONDS = 24 * 3600


def token(about: str, by: Unlocked) -> str:
    """Return the token for a form about something (`note:<id>` …), good for a day."""
    return signing.dumps([about, str(by.keys.user), by.keys.public.fingerprint.hex()], salt=_SALT)


def save(about: str, content: Content, *, by: Unlocked) -> None:
    """Keep what is being written, in place of what was kept before."""
    _keep(about, content, by.keys.public)


def save_locked(about: str, content: Content, *, user: Any, signed: str) -> None:
    """Keep what somebody sent whose vault, or whole session, has closed (then `user` is nobody).

    Raises Refused unless the token is theirs, from the last day, about the same thing, and of the key they have.
    """
    try:
        named, owner, fingerprint = signing.loads(signed, salt=_SALT, max_age=GOOD_FOR_SECONDS)
    except (signing.BadSignature, ValueError):
        raise Refused from None
    if user.is_authenticated and str(user.pk) != owner:
        raise Refused
    public = pins.public_of(UUID(owner))
    if public is None or (named, fingerprint) != (about, public.fingerprint.hex()):
        raise Refused
    _keep(about, content, public)


def _keep(about: str, content: Content, public: crypto.Public) -> None:
    blob = crypto.box(json.dumps([about, content.parts]).encode(), public)
    Draft.objects.update_or_create(
        user_id=public.user, about=about, defaults={"blob": blob, "key_version": public.version}
    )


def find(about: str, *, by: Unlocked) -> Content | None:
    """Return what was being written, or None."""
    draft = Draft.objects.filter(user=by.keys.user, about=about).first()
    if draft is None:
        return None
    try:
        named, parts = json.loads(crypto.open_own_box(bytes(draft.blob), by.keys))
    except (Refused, ValueError, TypeError):
        return None
    whole = isinstance(parts, dict) and all(isinstance(one, str) for pair in parts.items() for one in pair)
    return Content(parts) if named == about and whole and "token" not in parts else None


def drop_about(thing: UUID) -> None:
    """Something is gone: so is what anybody was writing about it."""
    Draft.objects.filter(about__contains=str(thing)).delete()


def drop(about: str, *, user_id: UUID) -> None:
    """It was sent, or given up."""
    Draft.objects.filter(user=user_id, about=about).delete()
