"""The code on a notes recovery sheet: 160 bits in eight groups of five letters and digits.

Crockford's base32 (no I, L, O, U; reading mistakes are forgiven). The last sign of each group checks the four
before it and the group's place, so that a slip of the pen can be shown where it is.
"""

import secrets

from peersupport.vault import crypto
from peersupport.vault.crypto import Refused
from peersupport.web.plain import cleaned

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, DATA = 8, 4
_FORGIVEN = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})


class WrongSheet(Refused):
    """The code can't be right. `groups` are the numbers (from 1) of groups with a slip; empty: another length."""

    def __init__(self, groups: list[int]) -> None:
        super().__init__()
        self.groups = groups


def new_code() -> str:
    """Return a new code, eight groups with hyphens between."""
    return "-".join(_group(number, secrets.token_bytes(3)) for number in range(GROUPS))


def _group(number: int, noise: bytes) -> str:
    value = int.from_bytes(noise, "big")
    data = "".join(SIGNS[value >> (5 * place) & 31] for place in range(DATA))
    return data + _check(number, data)


def _check(number: int, data: str) -> str:
    """Luhn's check, modulo 32, begun with the place of the group: one wrong sign is always seen."""
    total, factor = number, 2
    for sign in reversed(data):
        product = factor * SIGNS.index(sign)
        total += product // len(SIGNS) + product % len(SIGNS)
        factor = 3 - factor
    return SIGNS[-total % len(SIGNS)]


def groups_of(typed: str) -> list[str]:
    """Return the groups of what somebody typed, in capitals, reading mistakes mended; spaces do not matter."""
    signs = "".join(one for one in cleaned(typed).upper() if one.isalnum()).translate(_FORGIVEN)
    return [signs[start : start + DATA + 1] for start in range(0, len(signs), DATA + 1)]


def key_of(typed: str) -> bytes:
    """Return the key that a code gives. Raises WrongSheet with the groups that have a slip."""
    groups = groups_of(typed)
    if len(groups) != GROUPS or len(groups[-1]) != DATA + 1:
        raise WrongSheet([])
    wrong = [number + 1 for number, group in enumerate(groups) if not _fits(number, group)]
    if wrong:
        raise WrongSheet(wrong)
    return crypto.digest("peer sheet", "".join(group[:DATA] for group in groups))


def _fits(number: int, group: str) -> bool:
    return set(group) <= set(SIGNS) and group[DATA] == _check(number, group[:DATA])
