"""Log lines go to stderr, here and nowhere else; the library only says what happened."""

from __future__ import annotations

import logging
import os
import sys

from tools.cli.ask import Ask
from tools.cli.errors import CommandError

LOG_VARIABLE = "TILLPROOF_LOG"
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure_logs(ask: Ask) -> None:
    """Send the log to stderr: in columns to a person, as ``key=value`` lines to anything else."""
    import structlog  # noqa: PLC0415 - only commands that open something log anything

    person = sys.stderr is not None and sys.stderr.isatty()
    renderer = (
        structlog.dev.ConsoleRenderer(colors="NO_COLOR" not in os.environ)
        if person
        else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_level(ask)),
        # Looked up at each line: stderr may have been replaced since, and a closed one must not be written to.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _level(ask: Ask) -> int:
    if ask.quiet:
        return logging.ERROR
    if ask.verbose:
        return logging.INFO if ask.verbose == 1 else logging.DEBUG
    wanted = os.environ.get(LOG_VARIABLE, "warning").lower()
    if wanted not in _LEVELS:
        raise CommandError(f"{LOG_VARIABLE}: {wanted!r} is no level; give one of {', '.join(_LEVELS)}")
    return _LEVELS[wanted]
