"""Times for people: the machine's own zone, its offset named, and ages in words."""

from __future__ import annotations

from datetime import UTC, datetime

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86400


def local(at: str) -> datetime:
    """A fact's time (UTC, ISO 8601) on the machine's clock."""
    return datetime.fromisoformat(at).astimezone()


def clock(at: datetime) -> str:
    """Time of day, to the millisecond."""
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}"


def day(at: datetime) -> str:
    """The date, with the offset from UTC that holds on it."""
    offset = f"{at:%z}"
    return f"{at:%Y-%m-%d}, times are UTC{offset[:3]}:{offset[3:5]}"


def age_s(at: str) -> int:
    """Whole seconds from a fact's time until now; never negative, whatever the clock did."""
    return max(0, int((datetime.now(UTC) - datetime.fromisoformat(at)).total_seconds()))


def age(seconds: int) -> str:
    """A time span in words."""
    if seconds < _MINUTE_S:
        return f"{seconds} s"
    if seconds < _HOUR_S:
        return f"{seconds // _MINUTE_S} min"
    if seconds < _DAY_S:
        return f"{seconds // _HOUR_S} h {seconds % _HOUR_S // _MINUTE_S:02d} min"
    days = seconds // _DAY_S
    return f"{days} day{'s' if days > 1 else ''}"
