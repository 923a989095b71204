"""The lines of the log on stderr."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

_Render = Callable[[str, Mapping[str, object]], str]


class LogLines(logging.Handler):
    """Renders with structlog, which is imported for the first line: most commands log nothing."""

    _render: _Render | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Print one line, if there is anybody to read it."""
        self._render = self._render or _renderer()
        told = record.msg if isinstance(record.msg, Mapping) else {"event": record.getMessage()}
        # Looked up at each line: it may have been replaced since, or closed; and a process may have none.
        if sys.stderr is not None:
            with suppress(OSError, ValueError):
                sys.stderr.write(self._render(record.levelname.lower(), told) + "\n")
                sys.stderr.flush()


def _renderer() -> _Render:
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
