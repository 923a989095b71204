"""What was asked of the terminal: one row per request, for the people who watch a run."""

from collections import deque
from dataclasses import asdict, dataclass

from tools.simulator import signing
from tools.simulator.ledger import Arrival
from tools.simulator.messages import Request

# Enough for a day of lunches; a simulator that runs for weeks must not fill the memory.
ROWS_KEPT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One request: `at` in unix seconds, `status` as answered by the terminal, None when it was not heard.

    Only the stamp of the `Authorization` header is kept.
    """

    at: float
    method: str
    path: str
    stamp: str | None
    status: int | None
    fault: str
    arrived: Arrival

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

    def note(self, request: Request, *, at: float, status: int | None, fault: str, arrived: Arrival) -> Row:
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
        )
        self._rows.append(row)
        return row
