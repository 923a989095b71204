"""Log lines go to stderr, here and nowhere else; the library only says what happened."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from tools.cli.ask import Ask
from tools.cli.errors import CommandError

LOG_VARIABLE = "TILLPROOF_LOG"
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure_logs(ask: Ask) -> None:
    """Send the log to stderr: in columns to a person, as ``key=value`` lines to anything else."""
    logger = logging.getLogger("tillproof")
    logger.setLevel(_level(ask))
    logger.handlers[:] = [_Stderr()]


def _level(ask: Ask) -> int:
    if ask.quiet:
        return logging.ERROR
    if ask.verbose:
        return logging.INFO if ask.verbose == 1 else logging.DEBUG
    wanted = os.environ.get(LOG_VARIABLE, "warning").lower()
    if wanted not in _LEVELS:
        raise CommandError(f"{LOG_VARIABLE}: {wanted!r} is no level; give one of {', '.join(_LEVELS)}")
    return _LEVELS[wanted]


class _Stderr(logging.Handler):
    """Renders with structlog, which is imported for the first line: most commands log nothing."""

    _render: Callable[[str, Mapping[str, object]], str] | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Print one line, if there is anybody to read it."""
        self._render = self._render or _renderer()
        told = record.msg if isinstance(record.msg, Mapping) else {"event": record.getMessage()}
        # Looked up at each line: it may have been replaced since, or closed; and a process may have none.
        if sys.stderr is not None:
            with suppress(OSError, ValueError):
                sys.stderr.write(self._render(record.levelname.lower(), told) + "\n")
                sys.stderr.flush()


def _renderer() -> Callable[[str, Mapping[str, object]], str]:
    import structlog  # noqa: PLC0415 - heavy, and only a line that is printed needs it

    person = sys.stderr is not None and sys.stderr.isatty()
    processors = (
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.dev.ConsoleRenderer(colors="NO_COLOR" not in os.environ)
        if person
        else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False),
    )

    def render(level: str, told: Mapping[str, object]) -> str:
        line: Any = dict(told)
        for process in processors:
            line = process(None, level, line)
        return str(line)

    return render
