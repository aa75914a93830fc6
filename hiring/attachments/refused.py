"""Why a file is not kept."""

from typing import Any

from django.utils.translation import gettext_lazy as _

BROKEN = _("This file is broken. Please open it, save it again and retry.")
BOMB = _("This file unpacks to far more than a document would. It was not opened.")
OTHER = _("This is no PDF, Word, OpenDocument or text file. Please save it as one of these.")


class Refused(Exception):
    """A file is not kept. `message` says why and what would help, in plain words."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message
