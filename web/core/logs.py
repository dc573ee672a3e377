"""Structured logs: one form for the lines of every logger, to standard error.

Code logs through the standard library; structlog renders. A line is one JSON object in production and readable in the
demo. What is bound with `structlog.contextvars` (the request's id, the scheduler's round) stands in every line that
the thread writes meanwhile. Tracebacks carry no values of variables, which may be secrets.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from structlog.typing import Processor

#: Our own loggers, which tell in production what was done; all others only what is wrong.
OURS = ("web", "workflow")


class _ToStandardError(logging.Handler):
    """The one handler; a type of its own, so that it is found again."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line at once, to what standard error is now."""
        try:
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()
        except (OSError, TypeError, ValueError):  # a line that cannot be written stops nobody
            self.handleError(record)


def configure(*, readable: bool) -> None:
    """Send every line of this process to standard error; replaces what an earlier call set.

    `readable`: lines for people, warnings and worse; else JSON, and of our own loggers what was done too.
    """
    _remove()
    handler = _ToStandardError()
    handler.setFormatter(_formatter(readable=readable))
    logging.getLogger().addHandler(handler)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.WARNING if readable else logging.INFO)
    logging.captureWarnings(True)


@contextmanager
def written(*, readable: bool) -> Iterator[None]:
    """Logs as `configure` sets them, for as long as the body runs."""
    configure(readable=readable)
    try:
        yield
    finally:
        _remove()
        for name in OURS:
            logging.getLogger(name).setLevel(logging.NOTSET)
        logging.captureWarnings(False)


def _remove() -> None:
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _ToStandardError)]:
        root.removeHandler(handler)


def _formatter(*, readable: bool) -> logging.Formatter:
    renderer: list[Processor] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
    if readable:
        plain = structlog.dev.plain_traceback
        renderer = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ExtraAdder(),
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
    )
