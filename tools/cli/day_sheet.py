"""A day on paper, and as a document: what is well in few lines, what is not by its name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from tools.cli import day_close
from tools.cli.paper import paragraph, table
from tools.cli.sums import amount_text, counted, money_of
from tools.cli.times import day as day_text
from tools.cli.words import headline

if TYPE_CHECKING:
    from engine import Captured, DayTotal, Doubt, Stray
    from tillproof import Outcome, WorkingDay

EXPLAINED = (
    "What is named would explain the difference, and proves nothing: compare it with the terminal's own list or the "
    "bank's. `tillproof show REFERENCE` tells what it rests on here."
)


def as_dict(day: WorkingDay, zone: tzinfo | None) -> dict[str, object]:
    """For JSON; times are in UTC, as everywhere."""
    return {
        "date": day.span.day.isoformat(),
        "zone": str(zone) if zone is not None else None,
        "begin": day.span.begin,
        "end": day.span.end,
        "settled": day.settled,
        "archives": list(day.archives),
        "operations": [_with_time(outcome) for outcome in day.operations],
        "totals": [
            {
                "terminal": total.terminal,
                "kind": str(total.kind),
                "outcome": total.outcome,
                "currency": total.currency,
                "count": total.count,
                "amount_minor": total.amount_minor,
            }
            for total in day.totals
        ],
        "captures": [
            {
                **_with_time(captured.capture),
                **day_close.as_dict(captured.close),
                "strays": [_stray(one) for one in captured.strays],
                "archived": not captured.whole,
            }
            for captured in day.captures
        ],
        "uncaptured": [outcome.operation_id for outcome in day.uncaptured],
        "doubts": [{**_with_time(doubt.now), "reason_then": doubt.then.reason} for doubt in day.doubts],
        "contradictions": [
            {"at": one.at, "sentence": one.sentence, **_named(one.outcome)} for one in day.contradictions
        ],
        "rulings": [
            {"at": one.at, "by": one.by, "ruled": one.ruled, "because": one.reason, **_named(one.outcome)}
            for one in day.rulings
        ],
    }


def _with_time(outcome: Outcome) -> dict[str, object]:
    return {"opened_at": outcome.opened_at, "updated_at": outcome.updated_at, **outcome.as_dict()}


def _named(outcome: Outcome) -> dict[str, object]:
    return {
        "operation_id": outcome.operation_id,
        "reference": outcome.reference,
        "outcome": outcome.word,
        "alarm": outcome.alarm,
    }


def _stray(stray: Stray) -> dict[str, object]:
    return {
        "currency": stray.difference.currency,
        "kind": str(stray.difference.kind),
        "counted_by": "journal" if stray.ours else "terminal",
        "fitting": [[outcome.operation_id for outcome in chosen] for chosen in stray.fitting],
    }


def as_lines(day: WorkingDay, zone: tzinfo | None, *, over: bool, listed: bool) -> list[str]:
    """As a page of blocks; what there is none of is left out."""
    return [
        f"{day_text(_local(day.span.begin, zone))}: {counted(len(day.operations), 'operation')}",
        *_archives(day.archives),
        *_block("totals", table(map(_total, day.totals)) if day.totals else []),
        *_block("captures", [line for captured in day.captures for line in _captured(captured, zone)]),
        *_block(
            "approved, and in no capture of this day" if over else "approved, and not captured yet",
            _sums(day.uncaptured),
        ),
        *_block(
            "in doubt at the end of the day" if over else "in doubt now",
            [line for doubt in day.doubts for line in _doubt(doubt)],
        ),
        *_block(
            "alarms",
            [
                paragraph(
                    f"{one.outcome.reference}: {one.sentence}{'' if one.outcome.alarm else ' (ruled on since)'}",
                    first=f"  !!! {_time(one.at, zone)} " if one.outcome.alarm else f"  {_time(one.at, zone)} ",
                )
                for one in day.contradictions
            ],
        ),
        *_block(
            "ruled by persons",
            [
                paragraph(
                    f"{one.outcome.reference} is {one.ruled.replace('_', ' ')}, says {one.by}: {one.reason}",
                    first=f"  {_time(one.at, zone)} ",
                )
                for one in day.rulings
            ],
        ),
        *_block("operations", table(_operation(outcome, zone) for outcome in day.operations) if listed else []),
        "All of it is settled." if day.settled else "Not all of it is settled.",
    ]


def _block(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield title
        yield from lines


def _archives(files: Sequence[str]) -> list[str]:
    if not files:
        return []
    return [
        paragraph(f"Some of this day may have been moved into an archive: look into {' and '.join(files)} as well.")
    ]


def _total(total: DayTotal) -> tuple[str, ...]:
    minor = total.amount_minor
    money = _money(minor, total.currency) if minor is not None and total.currency is not None else ""
    return total.terminal, str(total.kind), total.outcome.replace("_", " "), f"{total.count:>4}", money


def _captured(captured: Captured, zone: tzinfo | None) -> Iterator[str]:
    capture, close = captured.capture, captured.close
    told = "agrees with the journal" if close.told else "is not compared: the terminal told no totals"
    if not captured.whole:
        told = "is not compared: what it bundled was moved into an archive"
    word = "DIFFERS from the journal" if close.differences else told
    mark = "!!! " if close.differences else ""
    yield paragraph(
        f"{mark}{_time(capture.opened_at, zone)} {capture.terminal}: {capture.reference} {word}",
        first="  ",
        rest="      ",
    )
    for line in day_close.rows(close):
        yield f"    {line}"
    for stray in captured.strays:
        yield paragraph(_explained(stray), first="    ")
    if captured.strays:
        yield paragraph(EXPLAINED, first="    ")


def _explained(stray: Stray) -> str:
    what = f"{stray.difference.kind}s in {stray.difference.currency}"
    whose = "approved here and not in the capture" if stray.ours else "in the capture and not approved here"
    if not stray.fitting:
        return f"{what}: nothing in this journal explains what is {whose}"
    sets = " or ".join(" with ".join(_short(outcome) for outcome in chosen) for chosen in stray.fitting)
    return f"{what}: {whose} may be {sets}"


def _short(outcome: Outcome) -> str:
    return f"{outcome.reference} ({outcome.word.replace('_', ' ')})"


def _sums(outcomes: Iterable[Outcome]) -> list[str]:
    sums: dict[tuple[str, str, str], tuple[int, int]] = {}
    for outcome in outcomes:
        minor, currency = money_of(outcome) or (0, "")
        count, so_far = sums.get((outcome.terminal, str(outcome.kind), currency), (0, 0))
        sums[outcome.terminal, str(outcome.kind), currency] = (count + 1, so_far + minor)
    return (
        table(
            (terminal, counted(count, kind), _money(minor, currency) if currency else "")
            for (terminal, kind, currency), (count, minor) in sums.items()
        )
        if sums
        else []
    )


def _doubt(doubt: Doubt) -> Iterator[str]:
    now = doubt.now
    amount = f" of {now.amount}" if now.amount else ""
    told = f"{now.reference}: {now.kind}{amount} on {now.terminal}"
    if now.word == "in_doubt":
        yield paragraph(f"{told}; {now.reason or 'nothing came back'}", first="  !!! ", rest="      ")
    else:
        yield paragraph(f"{told}; since then {headline(now).lower()}", first="  ", rest="      ")


def _operation(outcome: Outcome, zone: tzinfo | None) -> tuple[str, ...]:
    money = money_of(outcome)
    return (
        _time(outcome.opened_at, zone),
        f"{outcome.word}{'!' if outcome.alarm else ''}",
        str(outcome.kind),
        _money(*money) if money is not None else "",
        outcome.terminal,
        outcome.reference,
    )


def _money(minor: int, currency: str) -> str:
    from tillproof import BadInput  # noqa: PLC0415 - heavy

    try:
        return amount_text(minor, currency)
    except BadInput:  # a terminal's word for a currency that is none
        return f"{minor} {currency} in minor units"


def _local(at: str, zone: tzinfo | None) -> datetime:
    return datetime.fromisoformat(at).astimezone(zone)


def _time(at: str, zone: tzinfo | None) -> str:
    return f"{_local(at, zone):%H:%M}"
