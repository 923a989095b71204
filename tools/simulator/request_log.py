"""What was asked of the terminal: one row per request, for the people who watch a run."""

from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from tools.simulator import signing
from tools.simulator.ledger import Arrival
from tools.simulator.messages import Request

# Enough for a day of lunches; a simulator that runs for weeks must not fill the memory.
ROWS_KEPT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One request: `status` as answered by the terminal, None when it was not heard.

    It was in flight from `at` until `until`, unix seconds: the moment before its reply was whole at the
    client, or the line closed. A client that hangs up on the server is noticed when its reply is due.
    Only the stamp of the `Authorization` header is kept.
    """

    at: float
    method: str
    path: str
    stamp: str | None
    status: int | None
    fault: str
    arrived: Arrival
    until: float

    def as_json(self) -> dict[str, object]:
        """Return the row as the admin port shows it."""
        return asdict(self)


class RequestLog:
    """The newest rows, oldest first."""

    def __init__(self) -> None:
        self._rows: deque[Row] = deque(maxlen=ROWS_KEPT)

    @property
    def rows(self) -> list[Row]:
        """The rows kept."""
        return list(self._rows)

    def note(
        self, request: Request, *, at: float, until: float, status: int | None, fault: str, arrived: Arrival
    ) -> Row:
        """Add a row, and return it."""
        parts = signing.split_header(request.header("Authorization") or "")
        row = Row(
            at=at,
            method=request.method,
            path=request.path,
            stamp=parts[0] if parts else None,
            status=status,
            fault=fault,
            arrived=arrived,
            until=until,
        )
        self._rows.append(row)
        return row

    def prolong(self, row: Row, *, until: float) -> None:
        """Let a row last longer: its reply takes time on the line."""
        for n in range(len(self._rows) - 1, -1, -1):
            if self._rows[n] is row:
                self._rows[n] = replace(row, until=until)
                return


def most_in_flight(rows: Iterable[Row]) -> int:
    """Return how many requests were in flight at once at most; one that ends as the next begins is not with it.

    Late requests do not count: nobody waits for them.
    """
    waited_for = [row for row in rows if row.arrived is not Arrival.LATE]
    # A request that took no time counts where it stands inside another.
    steps = sorted((moment, turn) for row in waited_for for moment, turn in _steps(row))
    most = now = 0
    for _, turn in steps:
        now += 1 if turn == _BEGINS else -1 if turn == _ENDS else 0
        most = max(most, now + (turn == _INSTANT))
    return most


# The order at one moment: what ends goes first, then what takes no time, then what begins.
_ENDS, _INSTANT, _BEGINS = range(3)


def _steps(row: Row) -> list[tuple[float, int]]:
    if row.until > row.at:
        return [(row.at, _BEGINS), (row.until, _ENDS)]
    return [(row.at, _INSTANT)]
