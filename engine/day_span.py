"""A day as people mean it: from midnight to midnight on the wall of the shop, which is 23 or 25 hours twice a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Self

from engine.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySpan:
    """The day, and its two midnights as facts tell time: ISO 8601 in UTC, which sorts as time goes."""

    day: date
    begin: str
    end: str

    @classmethod
    def of(cls, day: date, zone: tzinfo | None = None) -> Self:
        """The day in this zone, or in the machine's own.

        Raises:
            BadInput: it is too far from today to have a midnight.
        """
        try:
            return cls(day=day, begin=_midnight(day, zone), end=_midnight(day + timedelta(days=1), zone))
        except (OverflowError, ValueError, OSError) as error:
            raise BadInput(f"date: {day} is no day that a clock can tell; give one of these years") from error

    def holds(self, at: str) -> bool:
        """Whether this moment is in the day."""
        return self.begin <= at < self.end


def _midnight(day: date, zone: tzinfo | None) -> str:
    # Without a zone, astimezone asks the machine, which knows its own rules of summer time.
    return _iso(datetime(day.year, day.month, day.day, tzinfo=zone))


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
