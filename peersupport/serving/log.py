"""What gunicorn writes about itself: never an address, which may hold the token of a private link, and never words."""

import logging
from typing import Any

from gunicorn.glogging import Logger

from peersupport.web.errors import describe


class DiscreetLogger(Logger):  # type: ignore[misc]
    """Gunicorn's own log, with addresses left out and exceptions told by their type and place alone."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.addFilter(_without_words)


def _without_words(record: logging.LogRecord) -> bool:
    if record.exc_info:
        kind, _error, trace = record.exc_info
        record.exc_info, record.exc_text = None, None
        record.msg, record.args = f"{_plain(record)}\n{describe(kind, trace)}", ()
    else:
        record.msg, record.args = _plain(record), ()
    return True


def _plain(record: logging.LogRecord) -> str:
    """Return the message with every argument that is text left out where it could be an address or a header."""
    args = record.args if isinstance(record.args, tuple) else ()
    kept = tuple(arg if isinstance(arg, int | float) else "(left out)" for arg in args)
    try:
        words = str(record.msg) % kept if kept else str(record.msg)
    except (TypeError, ValueError):
        words = str(record.msg)
    return " ".join("(left out)" if "/" in word or "=" in word else word for word in words.split())
