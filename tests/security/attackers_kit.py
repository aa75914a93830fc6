"""What somebody with the database, the sessions, the settings, the pepper and the files would try, written for them.

Prints how many sealed texts it opened, and of how many. With cookies as arguments it tries those as well.
"""

import hashlib
import itertools
import os
import sys
from pathlib import Path


def main(cookies: list[str]) -> None:
    import django

    django.setup()
    from peersupport.vault import crypto
    from peersupport.vault.models import SealedText

    seeds = {seed for guess in _keys(cookies) for seed in _seeds(guess)}
    opened = 0
    for text in SealedText.objects.all():
        opened += any(_opens(text, crypto.Keys(user, version, seed)) for user, version, seed in seeds)
    print(opened, SealedText.objects.count())


def _keys(cookies: list[str]) -> list[bytes]:
    """Every 32 bytes that lie about, and what could be made of them."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.contrib.sessions.models import Session

    from peersupport.vault import crypto, pepper
    from peersupport.vault.models import Draft, Grant, KeyPair, Pins, SealedText, Wrap

    loose = [value for value in pepper.versions().values()]
    loose += [settings.SECRET_KEY.encode(), b"\0" * 32]
    for session in Session.objects.all():
        loose += [session.session_key.encode(), str(session.get_decoded()).encode()]
        for slot in ("vault", "vault_pending"):
            loose += [bytes.fromhex(session.get_decoded().get(slot, {}).get("vsid", ""))]
    for user in get_user_model().objects.all():
        loose += [user.pk.bytes, user.pseudonym.bytes, user.email.encode(), user.password.encode()]
    for model, names in (
        (KeyPair, ["encryption_public", "signing_public"]),
        (Wrap, ["blob"]),
        (Pins, ["blob"]),
        (Grant, ["wrap", "signature"]),
        (SealedText, ["nonce", "signature"]),
        (Draft, ["blob"]),
    ):
        loose += [bytes(value) for row in model.objects.values_list(*names) for value in row]
    for path in Path(os.environ["PEER_VAR"]).iterdir():
        if path.is_file() and path.stat().st_size < 4096:
            loose += [path.read_bytes(), path.read_bytes().strip()]
    loose += [bytes.fromhex(cookie) for cookie in cookies]
    short = [one[:32].ljust(32, b"\0") for one in loose if one]
    made = [hashlib.sha256(one).digest() for one in loose] + [crypto.digest("peer session", key=one) for one in short]
    made += [crypto.digest("peer password", key=a + b) for a, b in itertools.product(short[:6], short[:6])]
    return list({*short, *made})


def _seeds(key: bytes) -> list[tuple[object, int, bytes]]:
    """Try a key on every seed that lies about sealed: in sessions and in wraps."""
    from uuid import UUID

    from django.contrib.sessions.models import Session

    from peersupport.vault import keyring, unlocking
    from peersupport.vault.models import KeyPair, Wrap

    found: list[tuple[object, int, bytes]] = [(pair.user_id, pair.version, key) for pair in KeyPair.objects.all()]
    for session in Session.objects.all():
        for name in ("vault", "vault_pending"):
            slot = session.get_decoded().get(name)
            if slot:
                about = unlocking._about(slot["user"], slot["version"], slot["vsid"])
                _add(found, UUID(slot["user"]), slot["version"], key, bytes.fromhex(slot["blob"]), about)
    for wrap in Wrap.objects.select_related("key_pair"):
        pair, blob = wrap.key_pair, bytes(wrap.blob)
        head = blob[1 : 1 + keyring._HEAD.size]
        _add(found, pair.user_id, pair.version, key, blob[1 + len(head) :], keyring._about(pair, wrap.kind, head))
        _add(found, pair.user_id, pair.version, key, blob, keyring._about(pair, wrap.kind))
    return found


def _add(found, user, version, key, blob, about):  # type: ignore[no-untyped-def]
    from peersupport.vault import crypto

    try:
        found.append((user, version, crypto.unlock(key, blob, about)))
    except crypto.Refused:
        return


def _opens(text, keys):  # type: ignore[no-untyped-def]
    from peersupport.vault import crypto, pins
    from peersupport.vault.models import Grant

    try:
        grant = Grant.objects.get(text=text, reader=keys.user)
        granter = pins.public_at(grant.granted_by_id, grant.granter_version)
        key = crypto.take(bytes(grant.wrap), bytes(grant.signature), text.header, keys, granter)
        crypto.open_text(text.sealed, key, text.header, pins.public_at(text.author_id, text.author_version))
        return True
    except (crypto.Refused, Grant.DoesNotExist):
        return False


if __name__ == "__main__":
    main(sys.argv[1:])
