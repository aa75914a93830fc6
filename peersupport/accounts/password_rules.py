"""Passwords that are long, and guessed soon all the same: common ones put together, rows of keys, names of this place."""

import re
from functools import cached_property
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from peersupport.organization.context import current
from peersupport.web.plain import plain_password

MESSAGE = _("This password is easy to guess. Several words that do not belong together work well.")
#: Rows as they lie on keyboards and in alphabets, read in both directions.
_ROWS = (
    "0123456789" * 3,
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azertyuiop",
    "qwertzuiop",
)
_OF_THIS_PLACE = ("peersupport", "peer", "support", "supporter", "sidebyside", "coordinator", "recovery", "welcome")
#: So many common pieces make a password that a list of guesses has.
FEW = 2
SHORTEST_ROW, SHORTEST_WORD = 4, 4


class GuessedSoonValidator:
    """Refuse a password that is one or two common ones, a row of keys, or one piece again and again, with digits around."""

    @cached_property
    def _common(self) -> set[str]:
        return {word for word in CommonPasswordValidator().passwords if len(word) >= SHORTEST_WORD} | set(
            _OF_THIS_PLACE
        )

    @cached_property
    def _longest(self) -> int:
        return max(*map(len, self._common), *map(len, _ROWS))

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a password that would be guessed soon."""
        plain = plain_password(password).casefold()
        bare = re.sub(r"[\W_]", "", plain)
        names = {re.sub(r"[\W_]", "", current().name.casefold())} - {""}
        if self._repeats(bare) or self._made_of_few(re.sub(r"\d", "", bare), names) or self._made_of_few(bare, names):
            raise ValidationError(MESSAGE, code="password_guessed_soon")

    def get_help_text(self) -> Any:
        return _("Several words that do not belong together work well.")

    def _repeats(self, text: str) -> bool:
        """Tell whether a piece of up to six signs makes the whole, again and again."""
        return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, min(6, len(text) // 2) + 1))

    def _made_of_few(self, text: str, names: set[str]) -> bool:
        """Tell whether the text is at most FEW common words, names or rows, one after the other."""
        if not text:
            return True
        if len(text) > FEW * max(self._longest, *map(len, names), 0):  # however it is cut, it has more pieces
            return False
        fewest = {0: 0}
        for end in range(1, len(text) + 1):
            pieces = (fewest[start] + 1 for start in fewest if start < end and self._is_common(text[start:end], names))
            if best := min(pieces, default=0):
                fewest[end] = best
        return 0 < fewest.get(len(text), 0) <= FEW

    def _is_common(self, piece: str, names: set[str]) -> bool:
        if piece in self._common or piece in names:
            return True
        return len(piece) >= SHORTEST_ROW and any(piece in row or piece in row[::-1] for row in _ROWS)
