"""The bodies that the terminal sends (`protocol.md`, Reply fields)."""

import json

from tools.simulator.amounts import unit_of, written
from tools.simulator.assumptions import AmountUnit, Assumptions
from tools.simulator.kinds import Kind, Outcome
from tools.simulator.ledger import Entry, Total
from tools.simulator.profile import Profile
from tools.simulator.receipts import receipts_of

_DESCRIPTIONS = {
    Outcome.APPROVED: "Godkjent",
    Outcome.DECLINED: "Avslått",
    Outcome.CANCELLED: "Avbrutt",
}


def json_bytes(document: object) -> bytes:
    """Write JSON in UTF-8, with the letters themselves and not their escapes."""
    return json.dumps(document, ensure_ascii=False).encode()


def message_bytes(text: str) -> bytes:
    """Write the body of a refusal; its form is OPEN, the convention is `{"message": …}`."""
    return json_bytes({"message": text})


def operation_bytes(entry: Entry, *, profile: Profile, assumptions: Assumptions) -> bytes:
    """Write what became of an operation: the same bytes each time, at its end and from `latest`."""
    unit = unit_of(profile, assumptions)
    document: dict[str, object] = {"transactionOutcome": entry.outcome}
    if profile.outcome_description:
        document["outcomeDescription"] = _DESCRIPTIONS.get(Outcome(entry.outcome), "") if _known(entry) else ""
    document["receiptNumber"] = entry.receipt_number
    if entry.approved:
        document["approvalCode"] = f"{entry.ordinal * 7919 % 1_000_000:06d}"
    if entry.kind is Kind.CAPTURE:
        document["totals"] = [_total(total, unit) for total in entry.totals]
        if assumptions.capture_schemes:
            document["schemes"] = [{"scheme": total.scheme, **_total(total, unit)} for total in entry.schemes]
    elif entry.amount_minor is not None:
        document["amounts"] = _amounts(entry, unit, nested=assumptions.currency_nested)
    if entry.custom_data is not None:
        document["customData"] = entry.custom_data
    document["receipt"] = receipts_of(entry, embedded=profile.embedded_plain)
    return json_bytes(document)


def device_bytes(*, name: str, profile: Profile) -> bytes:
    """Write `DeviceInformation`; its fields are OPEN beyond their existence."""
    return json_bytes(
        {
            "model": "Simulated AXIUM" if profile.keyed_hash else "Simulated TETRA",
            "serialNumber": name,
            "softwareVersion": f"{profile.replace('x', '0')}.0",
            "apiVersion": profile,
        }
    )


def _known(entry: Entry) -> bool:
    return entry.outcome in set(Outcome)


def _amounts(entry: Entry, unit: AmountUnit, *, nested: bool) -> dict[str, object]:
    currency = {"currency": {"symbol": entry.currency}} if nested else {"currencySymbol": entry.currency}
    return {"base": written(entry.amount_minor, unit), "total": written(entry.total_minor, unit), **currency}


def _total(total: Total, unit: AmountUnit) -> dict[str, object]:
    """Write a capture's totals in one currency (OPEN: names and shape are this project's convention)."""
    return {
        "currencySymbol": total.currency,
        "payments": {"count": total.payments, "total": written(total.payments_minor, unit)},
        "refunds": {"count": total.refunds, "total": written(total.refunds_minor, unit)},
        "reversals": {"count": total.reversals, "total": written(total.reversals_minor, unit)},
        "net": written(total.net_minor, unit),
    }
