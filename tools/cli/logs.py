"""How much is logged, and that it goes to stderr, here and nowhere else; the library only says what happened."""

from __future__ import annotations

import os

from tools.cli.ask import Ask
from tools.cli.errors import CommandError

LOG_VARIABLE = "TILLPROOF_LOG"
_LEVELS = ("debug", "info", "warning", "error")


def level_of(ask: Ask) -> str:
    """The least that is logged.

    Raises:
        CommandError: the environment names a level that does not exist.
    """
    if ask.quiet:
        return "error"
    if ask.verbose:
        return "info" if ask.verbose == 1 else "debug"
    wanted = os.environ.get(LOG_VARIABLE, "warning").lower()
    if wanted not in _LEVELS:
        raise CommandError(f"{LOG_VARIABLE}: {wanted!r} is no level; give one of {', '.join(_LEVELS)}")
    return wanted


def configure_logs(ask: Ask) -> None:
    """Send the log to stderr: in columns to a person, as ``key=value`` lines to anything else."""
    level = level_of(ask)
    import logging  # noqa: PLC0415 - who only looks something up logs nothing

    from tools.cli.log_lines import LogLines  # noqa: PLC0415 - brings the same

    logger = logging.getLogger("tillproof")
    logger.setLevel(level.upper())
    logger.handlers[:] = [LogLines()]
