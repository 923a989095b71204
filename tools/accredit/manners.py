"""What holds over the whole run, whichever cases are played."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from tools.accredit.record import Entry, Row
from tools.accredit.verdict import PASSED, Verdict, Word, failed

Manner = Callable[[Sequence[Row], Sequence[Entry]], Verdict]

_UNAUTHORISED = 401


def stamps_rise(rows: Sequence[Row], _: Sequence[Entry]) -> Verdict:
    """Each request is stamped later than the one before (`protocol.md`, Timestamps); release 1.x has no stamps."""
    stamped = [row for row in rows if row.stamp is not None and not row.late]
    for before, after in pairwise(stamped):
        earlier, later = _moment(before), _moment(after)
        if earlier is None or later is None or later <= earlier:
            return failed("a timestamp is not later than the one before it", (before, after))
    return PASSED


def _moment(row: Row) -> datetime | None:
    try:
        moment = datetime.fromisoformat(row.stamp or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def no_avoidable_401(rows: Sequence[Row], _: Sequence[Entry]) -> Verdict:
    """The terminal refuses nothing for key, hash or timestamp, but what the line spoiled."""
    refused = [row for row in rows if row.status == _UNAUTHORISED and row.arrived == "direct"]
    return failed("the terminal refused requests: key, hash or timestamp", refused) if refused else PASSED


def one_at_a_time(rows: Sequence[Row], _: Sequence[Entry]) -> Verdict:
    """In asynchronous mode each request waits for the reply to the one before; an abort need not."""
    if not any(row.asynchronous for row in rows):
        return PASSED
    waiting = [row for row in rows if not row.late and not row.aborts]
    for before, after in pairwise(waiting):
        if after.at < before.until:
            return failed("two requests were under way at once", (before, after))
    return PASSED


def ids_unique(_: Sequence[Row], entries: Sequence[Entry]) -> Verdict:
    """No two operations carry the same id."""
    known: dict[str, Entry] = {}
    for entry in entries:
        if entry.identity is not None and entry.identity in known:
            return failed("two operations carry the same id", (known[entry.identity], entry))
        known[entry.identity or ""] = entry
    return PASSED


def no_second_charge(_: Sequence[Row], entries: Sequence[Entry]) -> Verdict:
    """No amount was charged twice, also not after its case had ended: each step of a case has its own."""
    known: dict[int | None, Entry] = {}
    for entry in entries:
        if entry.kind != "payment" or not entry.approved:
            continue
        if entry.amount_minor in known:
            return failed("an amount was charged twice", (known[entry.amount_minor], entry))
        known[entry.amount_minor] = entry
    return PASSED


MANNERS: Mapping[str, Manner] = {
    "no-second-charge": no_second_charge,
    "timestamps-rise": stamps_rise,
    "no-avoidable-401": no_avoidable_401,
    "one-at-a-time": one_at_a_time,
    "ids-unique": ids_unique,
}


def judge_manners(rows: Iterable[Row], entries: Sequence[Entry]) -> Mapping[str, Verdict]:
    """Each of them over everything that the POS did in this run."""
    in_order = sorted(rows, key=lambda row: row.at)
    if not in_order:
        nothing = Verdict(word=Word.NOT_JUDGED, why="the POS sent nothing")
        return dict.fromkeys(MANNERS, nothing)
    return {name: manner(in_order, entries) for name, manner in MANNERS.items()}
