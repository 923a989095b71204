"""What people and power lines do to a terminal from outside."""

from dataclasses import dataclass
from enum import StrEnum, unique

from tools.simulator.guest import Button
from tools.simulator.kinds import Kind, Outcome
from tools.simulator.order import Order
from tools.simulator.table import Table


@unique
class Deed(StrEnum):
    """The word for an act in scripts; the admin port has a path for each."""

    REBOOT = "reboot"
    FOREIGN = "foreign"
    PRESS = "press"
    SKEW = "skew"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reboot:
    """Somebody pulls the plug; `reboot_s` None is as long as `Assumptions.reboot_s` says."""

    reboot_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """Another till does an operation that takes no time."""

    order: Order
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """The guest presses a button."""

    button: Button


@dataclass(frozen=True, slots=True, kw_only=True)
class Skew:
    """The terminal's clock is set: so many seconds ahead of the true time."""

    s: float


Act = Reboot | Foreign | Press | Skew


def act_from(deed: Deed, table: Table) -> Act:
    """Read an act's own keys."""
    match deed:
        case Deed.REBOOT:
            return Reboot(reboot_s=table.number("reboot_s", 0.0) if table.has("reboot_s") else None)
        case Deed.FOREIGN:
            return _foreign(table)
        case Deed.PRESS:
            return Press(button=table.member("button", Button, ""))
        case Deed.SKEW:
            return Skew(s=table.number("s", 0.0, least=None))


def _foreign(table: Table) -> Foreign:
    kind = table.member("kind", Kind, Kind.PAYMENT)
    amount_minor = table.whole("amount_minor", 10_000, least=1)
    currency = table.text("currency", "NOK")
    order = Order(
        kind=kind,
        amount_minor=amount_minor if kind.needs_guest else None,
        currency=currency if kind.needs_guest else None,
        custom_data={"till": "another"},
        reverses=table.text("receipt_number", "") or None,
        operation_id=table.text("operation_id", "") or None,
    )
    return Foreign(order=order, outcome=table.text("outcome", Outcome.APPROVED))
