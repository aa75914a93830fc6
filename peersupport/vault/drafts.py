"""What somebody is writing, kept for them alone: saved while they type, and when their notes were locked meanwhile.

A form that was made while the vault was open carries a token that names the author's key. When the vault has
closed since, what was typed is sealed to that very key: somebody who swapped the key in the database gets nothing.
"""

import json
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import transaction

from peersupport.vault import crypto, pins
from peersupport.vault.crypto import Refused
from peersupport.vault.models import Draft
from peersupport.vault.texts import Content
from peersupport.vault.unlocking import Unlocked

_SALT = "vault draft"
GOOD_FOR_SECONDS = 24 * 3600


@dataclass(frozen=True)
class _Form:
    """What the token of a form says: whose it is, by which key, and which drafts stood in it when it was opened."""

    about: str
    owner: str
    fingerprint: str
    form: str
    stood_in_it: list[str]


def token(about: str, by: Unlocked) -> str:
    """Return the token for a form about something (`note:<id>` …), good for a day. Each opened form has its own."""
    kept = [str(pk) for pk in Draft.objects.filter(user=by.keys.user, about=about).values_list("pk", flat=True)]
    public = by.keys.public
    return signing.dumps([about, str(public.user), public.fingerprint.hex(), secrets.token_hex(8), kept], salt=_SALT)


def _read(signed: str, about: str) -> _Form:
    try:
        found = _Form(*signing.loads(signed, salt=_SALT, max_age=GOOD_FOR_SECONDS))
    except (signing.BadSignature, ValueError, TypeError):
        raise Refused from None
    if found.about != about:
        raise Refused
    return found


def is_of_another(signed: str, about: str, *, user_id: UUID) -> bool:
    """Tell whether a form was opened by somebody else than the user who is signed in now."""
    try:
        return _read(signed, about).owner != str(user_id)
    except Refused:
        return False


def save(about: str, content: Content, *, by: Unlocked, signed: str = "") -> None:
    """Keep what is being written in a form. What stood in it before is replaced, what another form kept is not."""
    try:
        form = _read(signed, about)
    except Refused:
        form = _Form(about, str(by.keys.user), "", "", [])
    _keep(content, by.keys.public, form)


def save_locked(about: str, content: Content, *, user: Any, signed: str) -> None:
    """Keep what somebody sent whose vault, or whole session, has closed (then `user` is nobody).

    Raises Refused unless the token is theirs, from the last day, about the same thing, and of the key they have.
    """
    form = _read(signed, about)
    if user.is_authenticated and str(user.pk) != form.owner:
        raise Refused
    public = pins.public_of(UUID(form.owner))
    if public is None or form.fingerprint != public.fingerprint.hex():
        raise Refused
    _keep(content, public, form)


def _keep(content: Content, public: crypto.Public, form: _Form) -> None:
    blob = crypto.box(json.dumps([form.about, content.parts]).encode(), public)
    with transaction.atomic():
        Draft.objects.filter(user=public.user, about=form.about, pk__in=form.stood_in_it).delete()
        Draft.objects.update_or_create(
            user_id=public.user,
            about=form.about,
            form=form.form,
            defaults={"blob": blob, "key_version": public.version},
        )


def find(about: str, *, by: Unlocked) -> Content | None:
    """Return what was being written, or None. What was typed in two forms at once stands one below the other."""
    found: dict[str, str] = {}
    for draft in Draft.objects.filter(user=by.keys.user, about=about).order_by("made_at"):
        for name, words in _opened(draft, by).items():
            before = found.get(name, "")
            if words not in before:
                found[name] = words if before in words else f"{before}\n\n{words}"
    return Content(found) if found else None


def _opened(draft: Draft, by: Unlocked) -> dict[str, str]:
    try:
        named, parts = json.loads(crypto.open_own_box(bytes(draft.blob), by.keys))
    except (Refused, ValueError, TypeError):
        return {}
    whole = isinstance(parts, dict) and all(isinstance(one, str) for pair in parts.items() for one in pair)
    return parts if named == draft.about and whole and "token" not in parts else {}


def drop_about(thing: UUID) -> None:
    """Something is gone: so is what anybody was writing about it."""
    Draft.objects.filter(about__contains=str(thing)).delete()


def drop(about: str, *, user_id: UUID, signed: str) -> None:
    """A form was sent: what stood in it, or was kept of it, goes. What another form kept stays."""
    try:
        form = _read(signed, about)
    except Refused:
        return
    mine = Draft.objects.filter(user=user_id, about=about)
    (mine.filter(form=form.form) | mine.filter(pk__in=form.stood_in_it)).delete()
