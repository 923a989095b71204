"""The capacity page: what it says of a shop follows from what was measured."""

from __future__ import annotations

from tools.bench.capacity import capacity
from tools.bench.contender import JOURNAL, OPERATION, RAW
from tools.bench.goal import Line
from tools.bench.measurement import Measurement, Result
from tools.bench.record import Record, record_of
from tools.bench.samples import Reading


def _record(name: str, result: Result) -> Record:
    return record_of(Measurement(name=name, title=name, how="", run=lambda _: result), result, load=0.0, took_s=1.0)


def _reading(who: str, *, median_ms: float, per_s: float = 1.0, callers: int = 1) -> Reading:
    return Reading(who=who, median_ms=median_ms, p99_ms=9.0, per_s=per_s, samples=1, callers=callers)


def test_every_number_comes_from_the_record_that_it_names() -> None:
    """A flush is half of two raw appends; terminals follow from operations a second, and a year from a day."""
    records = {
        "alone": _record(
            "alone",
            Result(
                lines=(Line(figure="computing time of an operation", value=0.75, unit="ms of a core"),),
                readings=(_reading(RAW.label, median_ms=0.5), _reading(OPERATION.label, median_ms=1.25)),
            ),
        ),
        "crowd": _record("crowd", Result(readings=(_reading("till.pay()", median_ms=60.0, per_s=400.0, callers=32),))),
        "peers": _record(
            "peers",
            Result(
                readings=(
                    _reading(JOURNAL.label, median_ms=1.0, per_s=1000.0),
                    _reading(JOURNAL.label, median_ms=9.0, per_s=3000.0, callers=32),
                )
            ),
        ),
        "size": _record("size", Result(lines=(Line(figure="the same with the two receipts, and so on", value=4.0),))),
    }
    told = capacity(records)
    assert "a flush takes 0.25 ms" in told
    assert "**0.75 ms of a core**" in told
    assert "does 400\noperations a second" in told
    assert "what 8,000 terminals need in their rush" in told
    assert "32 threads store 3,000 operations a second where a lone\none stores 1,000" in told
    assert "| 100 | 5.00 | 10.0 | 69.6 GiB |" in told


def test_what_was_not_measured_is_not_made_up() -> None:
    """A page without figures says so, wherever one belongs."""
    told = capacity({})
    assert told.count("(not measured)") >= 10
    assert "Nothing has been measured yet: run `make bench`." in told
