"""The record: what each measurement came to when it was last run, kept as data in ``docs/benchmarks.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.bench.goal import Bound, Goal, Line
from tools.bench.machine import machine
from tools.bench.measurement import Measurement, Result, Series
from tools.bench.samples import Reading

DOCS = Path(__file__).resolve().parents[2] / "docs"
DATA = "benchmarks.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One measurement as it was last run."""

    title: str
    how: str
    date: str
    machine: str
    load: float
    took_s: int
    result: Result


def record_of(measurement: Measurement, result: Result, *, load: float, took_s: float) -> Record:
    """What is to be kept of a measurement that has just been made, here and now."""
    return Record(
        title=measurement.title,
        how=" ".join(measurement.how.split()),
        date=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        machine=machine(),
        load=round(load, 2),
        took_s=round(took_s),
        result=result,
    )


def read_records(folder: Path) -> dict[str, Record]:
    """All that is kept, by the names of the measurements; empty when nothing is."""
    path = folder / DATA
    if not path.exists():
        return {}
    data: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return {name: Record(**{**kept, "result": _result(kept["result"])}) for name, kept in data.items()}


def write_records(folder: Path, records: Mapping[str, Record]) -> None:
    """Keep all of it."""
    data = {name: asdict(record) for name, record in records.items()}
    (folder / DATA).write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _result(kept: Mapping[str, Any]) -> Result:
    return Result(
        lines=tuple(Line(**{**line, "goal": _goal(line["goal"])}) for line in kept["lines"]),
        readings=tuple(Reading(**reading) for reading in kept["readings"]),
        series=tuple(Series(**series) for series in kept["series"]),
        flushes=kept["flushes"],
        notes=tuple(kept["notes"]),
        not_measured=tuple(kept["not_measured"]),
        failures=tuple(kept["failures"]),
    )


def _goal(kept: Mapping[str, Any] | None) -> Goal | None:
    return None if kept is None else Goal(bound=Bound(kept["bound"]), number=kept["number"])
