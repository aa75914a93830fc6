"""What is told about an error: where it happened, never what was in it.

Database drivers put row contents into exception messages, and Django's error pages show what was typed
and the variables of each frame. People's words must not reach a log by that way.
"""

import logging
import time
import traceback
from types import TracebackType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class DiscreetFormatter(logging.Formatter):
    """Keep type, place, URL name and request id; drop the exception's own words."""

    converter = time.gmtime

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        request = getattr(record, "request", None)
        # Another handler may have written the exception's words into the record already.
        clean: dict[str, Any] = {"exc_text": None}
        if isinstance(request, HttpRequest) or record.name == "django.request":
            clean |= {"msg": _request_line(record, request), "args": ()}
        elif record.name.startswith("celery") and record.exc_info:  # Celery puts the exception's words into its line
            clean |= {"msg": f"a task failed: {getattr(record, 'data', {}).get('name', '-')}", "args": ()}
        return super().format(logging.makeLogRecord(record.__dict__ | clean)).replace("\r", "\\r")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (the name is logging's)
        """One line for each entry: what a message holds can't pretend to be another one."""
        return super().formatMessage(record).replace("\n", "\\n")

    def formatException(self, info: Any) -> str:  # noqa: N802 (the name is logging's)
        return describe(info[0], info[2])


def _request_line(record: logging.LogRecord, request: Any) -> str:
    match = getattr(request, "resolver_match", None)
    place = match.view_name if match else "no page"
    return f"{getattr(record, 'status_code', '')} {place} request={getattr(request, 'request_id', '-')}"


def describe(kind: type[BaseException] | None, trace: TracebackType | None) -> str:
    """Return the exception's type and the file, line and function of each frame."""
    frames = [f"  {f.filename}:{f.lineno} in {f.name}" for f in traceback.extract_tb(trace)]
    return "\n".join([f"{kind.__module__}.{kind.__qualname__}" if kind else "?", *frames])


class NothingShown(SafeExceptionReporterFilter):
    """Django's exception reports without POST values and without frame variables."""

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, str]:
        return {} if request is None else dict.fromkeys(request.POST, self.cleansed_substitute)

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> list[tuple[str, str]]:
        return []
