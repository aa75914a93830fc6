"""Why a file is not kept."""

from typing import Any

from django.utils.translation import gettext_lazy as _

BROKEN = _("This file is broken. Please open it, save it again and retry.")
BOMB = _("This file unpacks to far more than a document would. It was not opened.")
OTHER = _("This is no PDF, Word, OpenDocument or text file. Please save it as one of these.")
PDF_ACTIVE = _(
    "Something in this file could act by itself, or another file is inside it. Please save it as a plain PDF."
)
PDF_UNREADABLE = _(
    "This PDF has a password or is packed in an unusual way, so it can't be looked at. Please save it again."
)
PASSWORD = _("This file has a password, so it can't be looked at. Please save it without one.")
ACTIVE = _("There is a macro, a link that loads by itself, or another file inside. Please save it without, or as PDF.")
#: Every reason by its name, as the process that looks says it.
REASONS = {
    "broken": BROKEN,
    "bomb": BOMB,
    "other": OTHER,
    "pdf active": PDF_ACTIVE,
    "pdf unreadable": PDF_UNREADABLE,
    "password": PASSWORD,
    "active": ACTIVE,
}


class FileRefused(Exception):
    """A file is not kept. `message` says why and what would help, in plain words."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message
