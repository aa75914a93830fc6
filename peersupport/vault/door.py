"""The vault's one door: what the rest of the house may call. Nothing else in here is imported from outside.

What we promise, word for word, is in `PROMISE`. It is not end-to-end encryption; never call it that.
"""

from peersupport.vault import boxes, consents, drafts, ledger, pepper
from peersupport.vault.consents import between, current_keys, public_at, sign, signed, trusted, with_keys
from peersupport.vault.crypto import Comparison, Public, Refused, comparison
from peersupport.vault.keyring import SwappedKeys
from peersupport.vault.keys import (
    VaultState,
    adopt_password,
    begin_anew,
    change_password,
    check_group,
    do_without_sheet,
    end_changed_password,
    keys_changed,
    make_sheet,
    open_here,
    open_with_sheet,
    sheet_is_settled,
    somebody_may_know,
    state,
    with_changed_passwords,
    with_password,
)
from peersupport.vault.models import SealedText
from peersupport.vault.pepper import PepperMissing
from peersupport.vault.pins import KeyChanged, confirm, public_of
from peersupport.vault.promise import PROMISE
from peersupport.vault.sheet import WrongSheet
from peersupport.vault.texts import (
    Belongs,
    CannotOpen,
    Content,
    NoKeys,
    catch_up,
    destroy,
    naming,
    read,
    read_all,
    readable_by,
    seal_anew,
    share,
    share_all,
    shared_with_older_keys,
    take_back,
    write,
)
from peersupport.vault.unlocking import Unlocked, lock, password_at_hand, unlocked

__all__ = [
    "PROMISE",
    "Belongs",
    "CannotOpen",
    "Comparison",
    "Content",
    "KeyChanged",
    "NoKeys",
    "PepperMissing",
    "Public",
    "Refused",
    "SealedText",
    "SwappedKeys",
    "Unlocked",
    "VaultState",
    "WrongSheet",
    "adopt_password",
    "begin_anew",
    "between",
    "boxes",
    "catch_up",
    "change_password",
    "check_group",
    "comparison",
    "confirm",
    "consents",
    "current_keys",
    "destroy",
    "do_without_sheet",
    "drafts",
    "end_changed_password",
    "keys_changed",
    "ledger",
    "lock",
    "make_sheet",
    "naming",
    "open_here",
    "open_with_sheet",
    "password_at_hand",
    "pepper",
    "public_at",
    "public_of",
    "read",
    "read_all",
    "readable_by",
    "seal_anew",
    "share",
    "share_all",
    "shared_with_older_keys",
    "sheet_is_settled",
    "sign",
    "signed",
    "somebody_may_know",
    "state",
    "take_back",
    "trusted",
    "unlocked",
    "with_changed_passwords",
    "with_keys",
    "with_password",
    "write",
]
