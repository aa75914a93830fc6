"""What a user does with their keys: open them here, keep a sheet, change the password, lose it, start anew."""

import hmac
import random
from enum import StrEnum
from typing import Any

from django.contrib.auth.hashers import check_password
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from peersupport.audit.recording import record
from peersupport.vault import crypto, keyring, ledger, pins, sheet, unlocking
from peersupport.vault.crypto import Keys, Refused
from peersupport.vault.models import Draft, Grant, KeyPair, KeyState, SealedText, SheetState, Wrap, WrapKind
from peersupport.vault.pepper import PepperMissing
from peersupport.vault.unlocking import Unlocked
from peersupport.workflow.state_machine import NotPossible

_SALT = "vault sheet"


class VaultState(StrEnum):
    """How things stand with a user's vault in this browser."""

    NONE = "none"
    LOCKED = "locked"
    SHEET_WANTED = "sheet wanted"
    OPEN = "open"


def state(request: HttpRequest) -> VaultState:
    """Return how things stand: no keys yet, locked, open without a sheet that was checked, or open."""
    found = unlocking.unlocked(request)
    if found is None:
        return VaultState.LOCKED if keyring.current(request.user.pk) else VaultState.NONE  # type: ignore[arg-type]
    return VaultState.OPEN if sheet_is_settled(found) else VaultState.SHEET_WANTED


def open_here(request: HttpRequest, password: str) -> Unlocked:
    """Open the vault of whoever is signed in with a password: this one's, or the one before a reset.

    The password may be an old one that still opens the wrap; then the wrap is made anew only by `adopt`.
    Raises Refused, PepperMissing, TooBusy.
    """
    user: Any = request.user
    pair = keyring.current(user.pk)
    keys = keyring.open_with_password(pair, password) if pair else _enrolled(user, password)
    return _put(request, keys)


def with_password(user: Any, password: str) -> Unlocked:
    """Open somebody's vault outside a browser, with their password, making their keys the first time (the demo does).

    Raises Refused, PepperMissing, TooBusy.
    """
    pair = keyring.current(user.pk)
    keys = keyring.open_with_password(pair, password) if pair else _enrolled(user, password)
    return Unlocked(user, keys, pair or KeyPair.objects.get(user=user, state=KeyState.CURRENT))


def _enrolled(user: Any, password: str) -> Keys:
    if not _is_theirs(user, password):
        raise Refused
    return keyring.enrol(user, password)


def _is_theirs(user: Any, password: str) -> bool:
    """Tell whether this is the user's password, without making its hash anew: that would end their sessions."""
    return check_password(password, user.password)


def _put(request: HttpRequest, keys: Keys) -> Unlocked:
    unlocking.put(request, request.user, keys)
    found = unlocking.unlocked(request)
    if found is None:
        raise Refused
    return found


def open_with_sheet(request: HttpRequest, typed: str, *, password: str) -> Unlocked:
    """Open the vault with the recovery sheet, and seal it under the password used now. Raises WrongSheet, Refused."""
    user: Any = request.user
    pair = keyring.current(user.pk)
    if pair is None or not _is_theirs(user, password):
        raise Refused
    keys = keyring.open_with_sheet(pair, typed)
    with transaction.atomic():
        _retire(pair)
        keyring.wrap_with_password(pair, keys, password)
        record("vault.recover", pair, by=user, role="self", subjects=[user.pseudonym])
    return _put(request, keys)


def adopt_password(request: HttpRequest, old: str, *, password: str) -> Unlocked:
    """After a reset: open with the old password, and seal under the one used now. Raises Refused."""
    user: Any = request.user
    pair = keyring.current(user.pk)
    if pair is None or not _is_theirs(user, password):
        raise Refused
    keys = keyring.open_with_password(pair, old)
    with transaction.atomic():
        _retire(pair)
        keyring.wrap_with_password(pair, keys, password)
    return _put(request, keys)


@transaction.atomic
def change_password(user: Any, *, old: str, new: str) -> None:
    """Seal the seed under a new password; the caller saves the password itself in the same transaction.

    When the old password does not open it (it was reset before, or there is no pepper), the wrap stays as it is: the
    old password and the sheet still open it.
    """
    pair = keyring.current(user.pk)
    if pair is None:
        return
    try:
        keys = keyring.open_with_password(pair, old)
        _retire(pair)
        keyring.wrap_with_password(pair, keys, new)
    except (Refused, PepperMissing):
        return


def _retire(*pairs: KeyPair) -> None:
    """Let the ledger name the password wraps of these keys: a restore must not bring a changed password back unseen."""
    wraps = Wrap.objects.filter(key_pair__in=pairs, kind=WrapKind.PASSWORD)
    ledger.note(*(ledger.mark_of(bytes(wrap.blob)) for wrap in wraps))


def with_changed_passwords() -> list[Any]:
    """Return the users whose notes open, after a restore, with a password they have changed since the backup."""
    wraps = Wrap.objects.filter(kind=WrapKind.PASSWORD, key_pair__state=KeyState.CURRENT).select_related(
        "key_pair__user"
    )
    return [wrap.key_pair.user for wrap in wraps if ledger.names(ledger.mark_of(bytes(wrap.blob)))]


def end_changed_password(user: Any) -> None:
    """Destroy the wrap under a password that was changed since the backup: the recovery sheet alone opens the notes."""
    Wrap.objects.filter(key_pair__user=user, kind=WrapKind.PASSWORD).delete()


@transaction.atomic
def begin_anew(request: HttpRequest, password: str) -> Unlocked:
    """New keys in place of lost ones: older notes stay shut until the other reader shares them again.

    Raises Refused for a wrong password.
    """
    user: Any = request.user
    if not _is_theirs(user, password):
        raise Refused
    keys = keyring.enrol(user, password, anew=True)
    record("vault.begin_anew", keyring.current(user.pk), by=user, role="self", subjects=[user.pseudonym])
    return _put(request, keys)


@transaction.atomic
def somebody_may_know(by: Unlocked, password: str, *, new: str) -> Keys:
    """Somebody may know the password: a new seed, every key of a text sealed again, every older wrap destroyed.

    The caller saves the new password in the same transaction and ends all sessions. Raises Refused for a wrong one.
    """
    if not _is_theirs(by.user, password):
        raise Refused
    seen = pins.PinnedKeys(by)
    keys = keyring.enrol(by.user, new, anew=True, kept=seen)
    pair = keyring.current(by.user.pk)
    if pair is None:
        raise Refused
    moved = Unlocked(by.user, keys, pair)
    texts = {text.pk: text for text in SealedText.objects.filter(grants__reader=by.keys.user)}
    for grant in Grant.objects.filter(reader=by.keys.user, text__in=texts):
        _move(grant, texts[grant.text_id], by, moved)
    for draft in Draft.objects.filter(user=by.user):
        _move_draft(draft, by, moved)
    _retire(*KeyPair.objects.filter(user=by.user).exclude(pk=pair.pk))
    Wrap.objects.filter(key_pair__user=by.user).exclude(key_pair=pair).delete()
    record("vault.rotate", pair, by=by.user, role="self", subjects=[by.user.pseudonym])
    return keys


def _move_draft(draft: Draft, old: Unlocked, new: Unlocked) -> None:
    try:
        draft.blob = crypto.box(crypto.open_own_box(bytes(draft.blob), old.keys), new.keys.public)
    except Refused:
        return  # it did not open before either
    draft.key_version = new.keys.version
    draft.save()


def _move(grant: Grant, text: SealedText, old: Unlocked, new: Unlocked) -> None:
    granter = pins.public_at(grant.granted_by_id, grant.granter_version)
    try:
        key = crypto.take(bytes(grant.wrap), bytes(grant.signature), text.header, old.keys, granter)
    except Refused:
        return  # it did not open before either
    wrap, signature = crypto.grant(key, text.header, new.keys.public, new.keys)
    grant.wrap, grant.signature, grant.reader_version = wrap, signature, new.keys.version
    grant.granted_by_id, grant.granter_version = new.keys.user, new.keys.version
    grant.save()


# The recovery sheet


def sheet_is_settled(by: Unlocked) -> bool:
    """Tell whether the user keeps a sheet that was checked, or said that they do without: only then is anything written."""
    return by.pair.sheet in {SheetState.CHECKED, SheetState.WITHOUT}


def make_sheet(by: Unlocked) -> tuple[str, str, int]:
    """Make a new code; return it, a token to check one group with, and the number of that group (from 1)."""
    code = keyring.new_sheet(by.pair, by.keys)
    number = random.SystemRandom().randrange(sheet.GROUPS)
    proof = crypto.digest("peer group", sheet.groups_of(code)[number], key=by.keys.own("group")).hex()
    return code, signing.dumps([str(by.user.pk), number, proof, _sheet_mark(by)], salt=_SALT), number + 1


def _sheet_mark(by: Unlocked) -> str:
    """What tells this sheet from one made before or after."""
    wrap = Wrap.objects.filter(key_pair=by.pair, kind=WrapKind.SHEET).first()
    return crypto.digest("peer sheet mark", bytes(wrap.blob), size=16).hex() if wrap else ""


def check_group(by: Unlocked, token: str, typed: str) -> None:
    """The user typed one group back: the sheet is kept. Raises Refused for another group, NotPossible after a day."""
    try:
        owner, number, proof, mark = signing.loads(token, salt=_SALT, max_age=24 * 3600)
    except (signing.BadSignature, ValueError):
        raise NotPossible from None
    groups = sheet.groups_of(typed)
    wanted = groups[number] if len(groups) == sheet.GROUPS else (groups[0] if len(groups) == 1 else "")
    given = crypto.digest("peer group", wanted, key=by.keys.own("group")).hex()
    if mark != _sheet_mark(by):
        raise NotPossible(_("A newer sheet was made meanwhile. Please check that one."))
    if owner != str(by.user.pk) or not hmac.compare_digest(given, proof):
        raise Refused
    _settle(by, SheetState.CHECKED)


def do_without_sheet(by: Unlocked) -> None:
    """The user says plainly that they do without: a lost password is then the end of their notes."""
    Wrap.objects.filter(key_pair=by.pair, kind=WrapKind.SHEET).delete()
    _settle(by, SheetState.WITHOUT)


def _settle(by: Unlocked, to: str) -> None:
    with transaction.atomic():
        KeyPair.objects.filter(pk=by.pair.pk).update(sheet=to)
        by.pair.sheet = to
        record("vault.sheet", by.pair, by=by.user, role="self", subjects=[by.user.pseudonym])


def keys_changed(user_id: Any) -> bool:
    """Tell whether somebody has had other keys before."""
    return KeyPair.objects.filter(user=user_id, state=KeyState.REPLACED).exists()
