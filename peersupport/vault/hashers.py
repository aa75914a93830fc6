"""The site's password hash: Argon2id as costly as what seals the notes, so that it is no easier to guess."""

from typing import Any

from django.contrib.auth.hashers import BasePasswordHasher, mask_hash
from django.utils.translation import gettext_noop as _
from nacl import bindings
from nacl.exceptions import CryptoError

from peersupport.vault import crypto
from peersupport.vault.slots import one_place
from peersupport.web.plain import plain_password


class Argon2id(BasePasswordHasher):
    """Argon2id of libsodium (RFC 9106): 64 MiB, three passes, over the NFKC form. The salt is libsodium's own."""

    algorithm = "argon2id"
    library = "nacl"

    def salt(self) -> str:
        return ""

    def encode(self, password: str, salt: str) -> str:
        with one_place():
            made: bytes = bindings.crypto_pwhash_str_alg(
                plain_password(password).encode(),
                crypto.OPERATIONS,
                crypto.MEMORY,
                bindings.crypto_pwhash_ALG_ARGON2ID13,
            )
        return f"{self.algorithm}{made.rstrip(bytes(1)).decode()}"

    def verify(self, password: str, encoded: str) -> bool:
        made = encoded.removeprefix(self.algorithm).encode()
        try:
            with one_place():
                return bool(bindings.crypto_pwhash_str_verify(made, plain_password(password).encode()))
        except CryptoError:
            return False

    def decode(self, encoded: str) -> dict[str, Any]:
        _name, _variety, version, parameters, salt, made = encoded.split("$")
        return {"algorithm": self.algorithm, "version": version, "parameters": parameters, "salt": salt, "hash": made}

    def must_update(self, encoded: str) -> bool:
        wanted = f"m={crypto.MEMORY // 1024},t={crypto.OPERATIONS},p=1"
        return bool(self.decode(encoded)["parameters"] != wanted)

    def safe_summary(self, encoded: str) -> Any:
        decoded = self.decode(encoded)
        return {_("algorithm"): self.algorithm, _("hash"): mask_hash(decoded["hash"])}

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Every hash costs the same."""
