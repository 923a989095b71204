"""What really happened at the terminal: the truth that audits compare with."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum, unique

from tools.simulator.kinds import Kind, Mode, Outcome


@unique
class Arrival(StrEnum):
    """How the request of an operation came to the terminal."""

    DIRECT = "direct"
    LATE = "late"
    DUPLICATE = "duplicate"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What a capture bundles in one currency, or of one scheme in it: counts, and sums in minor units."""

    currency: str
    payments: int
    payments_minor: int
    refunds: int
    refunds_minor: int
    reversals: int
    reversals_minor: int
    scheme: str | None = None

    @property
    def net_minor(self) -> int:
        """What the merchant is owed."""
        return self.payments_minor - self.refunds_minor - self.reversals_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One operation that the terminal started and that has ended; refused requests have none.

    `id` is the till's own id out of `customData`, or else `operation_id`, under which an asynchronous
    operation was started. Amounts are minor units: `amount_minor` as asked for
    (of a reversal, that of its target), `total_minor` with the tip. Times are unix seconds.
    """

    ordinal: int
    kind: Kind
    id: str | None
    custom_data: Mapping[str, object] | None
    amount_minor: int | None
    total_minor: int | None
    currency: str | None
    cashier_id: str | None
    receipt_number: str | None
    reverses: str | None
    outcome: str
    started_at: float
    finished_at: float
    arrived: Arrival
    receipt_width: int
    totals: tuple[Total, ...] = ()
    operation_id: str | None = None
    mode: Mode = Mode.SYNC
    scheme: str | None = None
    schemes: tuple[Total, ...] = ()

    @property
    def approved(self) -> bool:
        """Whether money moved, or would at the next capture."""
        return self.outcome == Outcome.APPROVED

    def as_json(self) -> dict[str, object]:
        """Return the entry as the admin port shows it."""
        return asdict(self)
