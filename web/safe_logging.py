"""A log format that cannot carry a value of a record."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType


class SafeFormatter(logging.Formatter):
    """Write time, level, logger and message; of an exception its type and the places it passed, never its words.

    Messages of exceptions may quote rows (PostgreSQL does), and a request's path may hold what somebody typed: Django's
    request log is therefore cut down to the status code.
    """

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        """Format one record."""
        if record.name.startswith(("django.request", "django.security", "django.server")):
            status = getattr(record, "status_code", None)
            safe = logging.makeLogRecord(
                {**record.__dict__, "msg": f"answered {status}" if status else "refused", "args": None}
            )
            return super().format(safe)
        return super().format(record)

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Name the exception's type and the places it passed."""
        kind, _, trace = ei
        if kind is None:
            return ""
        places = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace)]
        return "\n".join([f"{kind.__module__}.{kind.__qualname__}", *(f"  at {place}" for place in places[-12:])])
