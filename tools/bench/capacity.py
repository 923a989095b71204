"""The page ``docs/capacity.md``: how many terminals one machine drives, told with the figures that were measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tools.bench.contender import JOURNAL, OPERATION, RAW
from tools.bench.record import Record

CAPACITY = "capacity.md"

_UNKNOWN = "(not measured)"
_RUSH_S = 20.0
"""Seconds from one operation on a terminal to the next in a rush: a guest with a quick card, and none who dawdles."""

_DAY = 500
"""Operations a day on a busy terminal."""

_MIB, _KIB = 1024.0, 1024.0

_PAGE = """# How many terminals one machine drives

<!-- Written by `make bench` with the figures of benchmarks.json; do not edit. -->

In short: a till, a small computer with a sound disk, drives all the terminals that a restaurant can fill. A store
server ends where one Python process or one disk ends, and that is at hundreds of terminals, not at ten. What decides
is seldom speed. It is whether the disk tells the truth.

## What an operation costs

- **Two flushes**, one before the order leaves and one before the outcome is told: {flushes} counted by the kernel,
  checkpoints included. On the machine that was measured a flush takes {flush_ms} ms. The guest waits for both.
- **{own_ms} ms of a core** for everything but HTTP: hashes, signatures, JSON, folding, the log of the communication
  (*[alone](benchmarks.md#alone)*).
- **{kib} KiB of journal** without receipts, {full_kib} KiB with those of the simulated terminal
  (*[size](benchmarks.md#size)*).
- **Nothing that grows**: memory after 100,000 operations is {memory} times that after 1,000
  (*[memory](benchmarks.md#memory)*).

A guest takes seconds, and the till waits for him, not for the disk: of an operation of {rush:.0f} seconds,
{whole_ms} ms are ours.

## Terminals

In a rush a terminal begins an operation every {rush:.0f} seconds, hardly more often. {day} operations a day keep it
busy. The log of the communication comes on top, a file for each day: delete old ones when nobody needs them any more.

| terminals | operations a second in the rush | flushes a second, if none is shared | journal a year |
|---|---|---|---|
{table}

What was measured: with 32 terminals whose guests take 50 ms, a rush that no shop has, one process does {crowd}
operations a second on this machine, the simulated terminals on the same cores included
(*[crowd](benchmarks.md#crowd)*); that is what {crowd_terminals} terminals need in their rush. Held on one core
(`taskset -c 0` before the command) it does {held}, because Python's threads then no longer hand their lock from one
core to the other. Writes that come together share a flush: 32 threads store {group} operations a second where a lone
one stores {alone} (*[peers](benchmarks.md#peers)*). Each running operation holds one thread. More than 32 at once is
computed here and was not tried.

## What the disk must give

Two flushes an operation while the till is alone. A flush of 10 ms costs the guest 20 ms, which he does not notice, and
lets a lone writer begin 50 operations a second. What he notices is a flush that hangs: after 10 s of it nothing is sent
at all. As a rule, and *not* measured here:

| disk | a flush takes | good for |
|---|---|---|
| server drive with power-loss protection | below 0.1 ms | everything in the table above |
| ordinary SSD | 0.5 to 5 ms | a till; a store server of some hundred terminals, which share flushes |
| hard disk | 8 to 20 ms | a till, and a small shop |
| SD card, USB stick | 5 to 100 ms, at times seconds | nothing that handles money |

- **An SD card** flushes slowly and at times stalls for seconds. Every flush rewrites a block of it many times the size
  of a fact, so it wears out; and a power cut in a rewrite can take *other* data with it than what was being written,
  facts that had long been durable. The chain notices it at the next opening (`tillproof journal verify`), and cannot
  bring them back. Use an SSD; and keep `tillproof journal backup` elsewhere.
- **A drive that lies** says that a flush is done when the bytes are in its own memory. Everything is fast, every test
  here is green, and a power cut takes the last seconds: an order may be at the terminal of which the journal knows
  nothing. No software can notice this from inside. A flush that takes less than 0.1 ms on a drive without power-loss
  protection is a sign. What helps: a drive with it, its write cache switched off (`hdparm -W0`), or a small UPS. After
  a power cut run `tillproof recover` before the next guest, and compare at the day's close.
- **Virtual machines and containers** often answer for a disk that is not theirs. Ask whoever runs the host whether a
  flush of the guest reaches it.
- **Network file systems** are not for a journal: its locks and its log hold for one machine.

## Where one machine ends

- **One Python process** runs one thread at a time. At {own_ms} ms of a core for each operation, and HTTP besides, it
  ends at some hundreds of operations a second. More processes may share one journal; a lock lets one of them write at
  a time, and sixteen of them stored {processes} commits a second together, the fewest {fairness} times as often as the
  most (*[fairness](benchmarks.md#fairness)*).
- **One journal** has one writer at a time and one disk: some thousand grouped commits a second.
- **Beyond that, divide by terminals**: several journals on several machines, each with terminals of its own. Nothing is
  lost by it, because no rule needs two terminals at once. One terminal at two journals is another matter: it works with
  `shared = true`, and what its memory proves becomes less.
- **A year of a busy store** is no limit: what was settled is not read again. To open a journal of five million
  operations and list what is unsettled takes {growth} times as long as with a thousand
  (*[growth](benchmarks.md#growth)*); only `journal verify` reads all of it.

{origin}
"""


def capacity(records: Mapping[str, Record]) -> str:
    """The page, from the records."""
    known = _Known(records)
    per_s = known.per_s("crowd", "till.pay()", 32)
    return _PAGE.format(
        flushes=known.line("flushes", "one till"),
        flush_ms=_told(known.flush_ms),
        own_ms=known.line("alone", "computing time"),
        kib=known.line("size", "journal of one operation"),
        full_kib=known.line("size", "the same with the two receipts"),
        memory=known.line("memory", "memory of a till"),
        whole_ms=_told(known.whole_ms),
        rush=_RUSH_S,
        day=_DAY,
        table="\n".join(_table(known.value("size", "the same with the two receipts"))),
        crowd=_told(per_s),
        crowd_terminals=_told(None if per_s is None else per_s * _RUSH_S),
        held=_told(known.per_s("crowd", "till.pay(), held on one core", 32)),
        group=_told(known.per_s("peers", JOURNAL.label, 32)),
        alone=_told(known.per_s("peers", JOURNAL.label, 1)),
        processes=_told(known.per_s("fairness", "one commit", 16)),
        fairness=known.line("fairness", "fairness of 16 processes"),
        growth=known.line("growth", "open for writing and list the unsettled"),
        origin=known.origin,
    )


def _table(kib: float | None) -> Iterator[str]:
    for terminals in (1, 10, 100, 1_000):
        per_s = terminals / _RUSH_S
        year = _UNKNOWN if kib is None else f"{terminals * _DAY * 365 * kib / _KIB / _MIB:,.1f} GiB"
        yield f"| {terminals:,} | {per_s:,.2f} | {2 * per_s:,.1f} | {year} |"


def _told(value: float | None) -> str:
    if value is None:
        return _UNKNOWN
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"  # noqa: PLR2004 - as one reads numbers


class _Known:
    """The figures that this page leans on, as far as they have been measured."""

    def __init__(self, records: Mapping[str, Record]) -> None:
        self._records = records

    @property
    def flush_ms(self) -> float | None:
        """One raw append with its flush."""
        raw = self._median_ms("alone", RAW.label)
        return None if raw is None else raw / 2

    @property
    def whole_ms(self) -> float | None:
        """A whole operation, but for HTTP."""
        return self._median_ms("alone", OPERATION.label)

    @property
    def origin(self) -> str:
        """Where the figures come from."""
        dates = sorted({record.date[:10] for record in self._records.values()})
        machines = dict.fromkeys(record.machine for record in self._records.values())
        if not dates:
            return "*Nothing has been measured yet: run `make bench`.*"
        return f"*Figures of {', '.join(dates)}; {'; '.join(machines)}.*"

    def value(self, name: str, figure: str) -> float | None:
        """The value of the first line whose figure begins like this."""
        record = self._records.get(name)
        lines = () if record is None else record.result.lines
        return next((line.value for line in lines if line.figure.startswith(figure)), None)

    def line(self, name: str, figure: str) -> str:
        """The same in words."""
        return _told(self.value(name, figure))

    def per_s(self, name: str, who: str, callers: int) -> float | None:
        """Operations a second of one contender."""
        record = self._records.get(name)
        readings = () if record is None else record.result.readings
        return next((each.per_s for each in readings if (each.who, each.callers) == (who, callers)), None)

    def _median_ms(self, name: str, who: str) -> float | None:
        record = self._records.get(name)
        readings = () if record is None else record.result.readings
        return next((each.median_ms for each in readings if each.who == who), None)
