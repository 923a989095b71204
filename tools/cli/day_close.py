"""The day's close: what the terminal counted beside what is on record here. Where they differ, a person has to look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.cli.paper import paragraph, table
from tools.cli.sums import amount_text, counted, money_of, sums_of

if TYPE_CHECKING:
    from tillproof import DayClose, Difference, Outcome

ADVICE = (
    "The day is closed all the same, and it cannot be closed again. Compare the operations of the session with the "
    "terminal's own list or the bank's: what only the terminal has may be another till's, or money that we took for "
    "not moved; what only we have was not cleared. `tillproof show REFERENCE` tells what each one rests on."
)


def as_dict(day_close: DayClose) -> dict[str, object]:
    """For JSON."""
    return {
        "terminal": day_close.terminal,
        "told": day_close.told,
        "differences": [
            {
                "currency": difference.currency,
                "kind": difference.kind,
                "ours_count": difference.ours_count,
                "ours_minor": difference.ours_minor,
                "theirs_count": difference.theirs_count,
                "theirs_minor": difference.theirs_minor,
            }
            for difference in day_close.differences
        ],
        "schemes": [
            {
                "scheme": total.scheme,
                "currency": total.currency,
                "kind": total.kind,
                "count": total.count,
                "amount_minor": total.amount_minor,
            }
            for total in day_close.schemes
        ],
        "operations": [outcome.as_dict() for outcome in day_close.operations],
        "advice": ADVICE if day_close.differences else None,
    }


def compared(day_close: DayClose) -> list[str]:
    """The comparison as a block of lines."""
    if not day_close.told:
        return ["The terminal told no totals, so nothing was compared. Ours are:", *_sums(day_close.operations)]
    if not day_close.differences:
        return ["The terminal's totals and ours agree.", *_sums(day_close.operations), *_schemes(day_close)]
    return [
        "!!! The terminal's totals and ours DIFFER.",
        *rows(day_close),
        *_schemes(day_close),
        "approved since the last capture",
        *_operations(day_close.operations),
        paragraph(ADVICE),
    ]


def rows(day_close: DayClose) -> list[str]:
    """What differs, ours beside the terminal's."""
    if not day_close.differences:
        return []
    return table([("", "ours", "the terminal's"), *map(_row, day_close.differences)])


def _sums(operations: tuple[Outcome, ...]) -> list[str]:
    rows = [
        (counted(count, kind), amount_text(minor, currency))
        for (currency, kind), (minor, count) in sums_of(operations, "approved").items()
    ]
    return table(rows) if rows else ["  nothing was approved since the last capture"]


def _schemes(day_close: DayClose) -> list[str]:
    """The terminal's totals by card scheme, where it tells them; our books know no schemes."""
    if not day_close.schemes:
        return []
    rows = [
        (
            total.scheme or "other",
            counted(total.count, str(total.kind)),
            amount_text(total.amount_minor, total.currency),
        )
        for total in day_close.schemes
    ]
    return ["by card scheme, as the terminal tells it", *table(rows)]


def _row(difference: Difference) -> tuple[str, str, str]:
    what = f"{difference.kind}s in {difference.currency}"
    return (
        what,
        _side(difference.ours_count, difference.ours_minor, difference.currency),
        _side(difference.theirs_count, difference.theirs_minor, difference.currency),
    )


def _side(count: int | None, minor: int | None, currency: str) -> str:
    """Sum and count of one side; the terminal may leave out either."""
    told = [amount_text(minor, currency)] if minor is not None else []
    told += [f"in {count}"] if count is not None else []
    return " ".join(told) or "not told"


def _operations(operations: tuple[Outcome, ...]) -> list[str]:
    if not operations:
        return ["  none"]
    return table(
        (
            f"{outcome.kind}{'!' if outcome.alarm else ''}",
            _amount(outcome),
            outcome.receipt_number or "",
            outcome.reference,
        )
        for outcome in operations
    )


def _amount(outcome: Outcome) -> str:
    money = money_of(outcome)
    return amount_text(*money) if money is not None else ""
