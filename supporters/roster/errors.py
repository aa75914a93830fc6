"""What can be wrong with a spreadsheet or one of its cells, said in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class RosterError(ValueError):
    """A problem with a message for the person who imports; translated when it is shown (`str(error)`)."""

    def __init__(self, message: StrOrPromise) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class UnreadableTable(RosterError):
    """The file as a whole cannot be read as a table; nothing of it was taken."""


class BadValue(RosterError):
    """One cell holds something its column cannot mean; the rest of the file is unaffected."""
