"""The log: events in the past tense, with keys, under the name ``tillproof``.

A library must not decide where a program's lines go, and structlog without a configuration prints to stdout, where a
POS may print slips. So: where the program has configured structlog, the events go there; else they go to the standard
library's logger ``tillproof``, which shows warnings on stderr until somebody wants more.
"""

from __future__ import annotations

import logging
from typing import Any

import structlog

_STANDARD = structlog.wrap_logger(
    logging.getLogger("tillproof"),
    processors=[structlog.stdlib.filter_by_level, structlog.processors.KeyValueRenderer(key_order=["event"])],
    wrapper_class=structlog.stdlib.BoundLogger,
)


def log() -> Any:  # noqa: ANN401 - structlog's own type of a logger that is not bound yet
    """The logger to write the next event to."""
    return structlog.get_logger("tillproof") if structlog.is_configured() else _STANDARD
