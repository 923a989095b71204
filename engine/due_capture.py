"""The next capture: whether a terminal's day should be closed now, before the terminal demands it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

DEMANDED_AFTER = timedelta(hours=24)
"""The terminal demands a capture when its session is older, counted from the first operation (V)."""

FAR_ENOUGH = timedelta(hours=48)
"""A session that is older is due, and by how much more nobody needs to know."""

_BEFORE = timedelta(hours=1)
"""How long before that a capture counts as due: a lunch is no time for a terminal to refuse payments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCapture:
    """Whether a terminal's day should be closed now; ``since`` is when its open session began, ISO 8601 in UTC.

    A session of more than two days began then at the latest.
    """

    due: bool
    since: str | None
    reason: str


def due(began: str | None, now: datetime) -> DueCapture:
    """Whether the session that began then comes near the age at which the terminal demands a capture.

    ``began`` is exact up to ``FAR_ENOUGH``; an older session began then at the latest. None is one without operations.
    """
    if began is None:
        return DueCapture(due=False, since=None, reason="nothing was done since the last capture")
    age = now - datetime.fromisoformat(began)
    hours = f"{age.total_seconds() / 3600:.1f}" if age < FAR_ENOUGH else "more than 48"
    reason = f"the session began {hours} hours ago, and the terminal demands a capture after 24"
    return DueCapture(due=age >= DEMANDED_AFTER - _BEFORE, since=began, reason=reason)
