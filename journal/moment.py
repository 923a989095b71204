"""When a fact was written, as text."""

from __future__ import annotations

from datetime import UTC, datetime

from journal.errors import JournalError


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and a closing ``Z``: one width, so that texts sort as times do.

    Raises:
        JournalError: the moment does not say in which zone it is.
    """
    if moment.tzinfo is None:
        raise JournalError("the clock of a journal must be aware of its zone: use datetime.now(UTC)")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
