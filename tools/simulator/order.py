"""What a till asks for, read out of a request's body and checked field by field."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from tools.simulator.amounts import minor_from
from tools.simulator.assumptions import AmountUnit
from tools.simulator.errors import Malformed
from tools.simulator.kinds import Kind, Mode

# protocol.md, Request fields.
NARROWEST, USUAL_WIDTH, WIDEST = 30, 34, 128

_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_CASHIER = re.compile(r"[0-9A-Za-z]{1,6}", re.ASCII)
_RECEIPT = re.compile(r"[0-9]{6}", re.ASCII)
# OPEN: all code seen sends a UUID v4; what else a terminal takes is not known.
_OPERATION_ID = re.compile(r"[0-9A-Za-z_.-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A request for one operation (`protocol.md`, Request fields); amounts are minor units."""

    kind: Kind
    amount_minor: int | None = None
    currency: str | None = None
    cashier_id: str | None = None
    custom_data: Mapping[str, object] | None = None
    reverses: str | None = None
    receipt_width: int = USUAL_WIDTH
    operation_id: str | None = None

    @property
    def id(self) -> str | None:
        """The till's own id for the operation: the first text in `customData` whose name ends in "id".

        The vendor says that a unique id should be there (`protocol.md`, Missing answers), not its name.
        Without one it is the id of an asynchronous start.
        """
        fields = (self.custom_data or {}).items()
        return next((v for k, v in fields if k.lower().endswith("id") and isinstance(v, str)), self.operation_id)

    @property
    def mode(self) -> Mode:
        """How it was asked for: only an asynchronous start has an operation id of its own."""
        return Mode.SYNC if self.operation_id is None else Mode.ASYNC


def order_from(
    kind: Kind, body: bytes, *, operation_id: str | None = None, unit: AmountUnit = AmountUnit.MINOR
) -> Order:
    """Read an order; raise `Malformed`, naming the field, when the terminal would answer 400."""
    if operation_id is not None and not _OPERATION_ID.fullmatch(operation_id):
        raise Malformed(f"The operation id must match {_OPERATION_ID.pattern}.")
    fields = _object(body)
    amount_minor, currency = _amounts(kind, fields, unit)
    return Order(
        kind=kind,
        amount_minor=amount_minor,
        currency=currency,
        cashier_id=_text(fields, "cashierId", _CASHIER),
        custom_data=_custom_data(fields),
        reverses=_target(kind, fields),
        receipt_width=_width(fields),
        operation_id=operation_id,
    )


def operation_id_in(body: bytes) -> str:
    """Read the id of an asynchronous start out of its body; raise `Malformed` when there is none."""
    found = _text(_object(body), "operationId", _OPERATION_ID)
    if found is None:
        raise Malformed("operationId is missing.")
    return found


def _object(body: bytes) -> dict[str, object]:
    # A capture has nothing to say, so its body may be missing; the others then miss their fields.
    try:
        read: object = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Malformed("The body is not JSON.") from None
    if not isinstance(read, dict):
        raise Malformed("The body is not a JSON object.")
    return read


def _amounts(kind: Kind, fields: Mapping[str, object], unit: AmountUnit) -> tuple[int | None, str | None]:
    """Return base and currency; only payments and refunds have them."""
    if not kind.needs_guest:
        return None, None
    amounts = fields.get("amounts")
    if not isinstance(amounts, dict):
        raise Malformed("amounts is missing.")
    base = minor_from(amounts.get("base"), unit)
    currency = _text(amounts, "currencySymbol", _CURRENCY)
    if currency is None:
        raise Malformed("amounts.currencySymbol is missing.")
    return base, currency


def _target(kind: Kind, fields: Mapping[str, object]) -> str | None:
    if kind is not Kind.REVERSAL:
        return None
    target = _text(fields, "receiptNumber", _RECEIPT)
    if target is None:
        raise Malformed("receiptNumber is missing.")
    return target


def _custom_data(fields: Mapping[str, object]) -> Mapping[str, object] | None:
    """Return the till's free object, refused when it could not be echoed."""
    given = fields.get("customData")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise Malformed("customData must be an object.")
    try:
        json.dumps(given, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:  # half a surrogate pair, or no number
        raise Malformed("customData holds what JSON in UTF-8 cannot.") from None
    return given


def _width(fields: Mapping[str, object]) -> int:
    width = fields.get("receiptWidth", USUAL_WIDTH)
    if not isinstance(width, int) or isinstance(width, bool) or not NARROWEST <= width <= WIDEST:
        raise Malformed(f"receiptWidth must be an integer from {NARROWEST} to {WIDEST}.")
    return width


def _text(fields: Mapping[str, object], name: str, form: re.Pattern[str]) -> str | None:
    """Return a text of the given form, None when there is none."""
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Malformed(f"{name} must match {form.pattern}.")
    return value
