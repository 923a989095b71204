"""The log: events in the past tense, with keys, under the name ``tillproof``.

A library must not decide where a program's lines go, and structlog without a configuration prints to stdout, where a
POS may print slips. So: where the program has configured structlog, the events go there; else they go to the standard
library's logger ``tillproof``, which shows warnings on stderr until somebody wants more.

Who has not imported structlog has not configured it. So it is not imported here: it brings a library for colours along,
and a till that starts, or a monitor that looks, would wait for both.
"""

from __future__ import annotations

import sys
from typing import Any


class Event(dict[str, object]):
    """An event and its keys; in text ``event='operation.lost' reason='…'``. A handler finds them apart in ``msg``."""

    def __str__(self) -> str:
        return " ".join(f"{key}={value!r}" for key, value in self.items())


class StandardLog:
    """The standard library's logger, taking events with keys."""

    def info(self, event: str, **keys: object) -> None:
        """What happened as it should."""
        self._log("INFO", Event(event=event, **keys))

    def warning(self, event: str, **keys: object) -> None:
        """What somebody should know of."""
        self._log("WARNING", Event(event=event, **keys))

    def error(self, event: str, **keys: object) -> None:
        """What somebody must do something about."""
        self._log("ERROR", Event(event=event, **keys))

    def _log(self, level: str, event: Event) -> None:
        import logging  # noqa: PLC0415 - see above

        # Two frames further out stands whoever had something to tell.
        logging.getLogger("tillproof").log(getattr(logging, level), event, stacklevel=3)


_STANDARD = StandardLog()


def log() -> Any:  # noqa: ANN401 - structlog's own type of a logger that is not bound yet
    """The logger to write the next event to."""
    structlog = sys.modules.get("structlog")
    # While another thread is importing it, it has no such function yet.
    is_configured = getattr(structlog, "is_configured", None)
    return structlog.get_logger("tillproof") if structlog and is_configured and is_configured() else _STANDARD
