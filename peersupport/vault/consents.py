"""Consents that are signed: whoever writes to the tables can't agree in somebody's place."""

from collections.abc import Iterable
from uuid import UUID

from peersupport.vault import crypto, ledger, pins
from peersupport.vault.crypto import Field, Public, Refused
from peersupport.vault.models import KeyPair, KeyState
from peersupport.vault.pins import PinnedKeys
from peersupport.vault.unlocking import Unlocked


def sign(*what: Field, by: Unlocked) -> bytes:
    """Return the user's signature under what they agree to."""
    return crypto.sign_consent(by.keys, *what)


def signed(
    signature: bytes, *what: Field, signer: UUID, version: int, consent: UUID, relationship: UUID, by: Unlocked
) -> bool:
    """Tell whether `signer` agreed to exactly this, by keys the user trusts, and it was not seen to end.

    An end is seen in the user's own pins, or in the ledger outside the database: a row that is put back changes nothing.

    Who else a relationship is between, once it was seen, is not for the tables to say. Raises KeyChanged.
    """
    try:
        seen = PinnedKeys(by)
        people = seen.people_of(relationship)
        if ledger.names(consent) or seen.has_ended(consent) or (people is not None and signer not in people):
            return False
        crypto.verify_consent(seen.trust(pins.public_at(signer, version)), signature, *what)
        seen.save()
    except Refused:
        return False
    return True


def end(consents: Iterable[UUID], *, by: Unlocked) -> None:
    """Note under the user's own key that consents have ended. A row that says otherwise later changes nothing."""
    try:
        seen = PinnedKeys(by)
        for consent in consents:
            seen.end(consent)
        seen.save()
    except Refused:
        return


def between(relationship: UUID, people: Iterable[UUID], *, by: Unlocked) -> None:
    """Note between whom something is. Raises Refused when it was between others before."""
    seen = PinnedKeys(by)
    seen.people(relationship, set(people))
    seen.save()


def public_at(user_id: UUID, version: int) -> Public | None:
    """Return the keys somebody had in that version, or None."""
    pair = KeyPair.objects.filter(user=user_id, version=version).first()
    return pair.public if pair else None


def trusted(user_id: UUID, *, by: Unlocked) -> Public | None:
    """Return the keys somebody has now, noted as theirs from now on; None when they have none.

    Raises KeyChanged for other keys than those seen before, Refused when one's own pins do not open.
    """
    public = pins.public_of(user_id)
    if public is None:
        return None
    seen = PinnedKeys(by)
    seen.trust(public)
    seen.save()
    return public


def current_keys(users: Iterable[UUID]) -> dict[UUID, Public]:
    """Return the keys these users have now."""
    pairs = KeyPair.objects.filter(user__in=list(users), state=KeyState.CURRENT)
    return {pair.user_id: pair.public for pair in pairs}


def with_keys(users: Iterable[UUID]) -> set[UUID]:
    """Return who of these has keys, so that something can be sealed for them."""
    return set(current_keys(users))
