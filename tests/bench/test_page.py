"""The record and the page."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from tools.bench import __main__ as program
from tools.bench import flushes, record
from tools.bench.booth import BoothFailed
from tools.bench.capacity import capacity
from tools.bench.contender import JOURNAL, PEERS, UNSYNCED
from tools.bench.goal import Line, at_least, at_most
from tools.bench.machine import NoDisk, must_be_on_disk
from tools.bench.measurement import MEASUREMENTS, Measurement, Result, Series, Work
from tools.bench.page import page
from tools.bench.record import DOCS, Record, read_records, record_of, write_records
from tools.bench.samples import Reading


def _result(value: float = 2.02) -> Result:
    return Result(
        lines=(
            Line(figure="one till", value=value, unit="flushes an operation", goal=at_most(2.05)),
            Line(figure="÷ DBOS", value=5.5, goal=at_least(6)),
            Line(figure="beside it", value=1.0),
        ),
        readings=(Reading(who=JOURNAL.label, median_ms=0.61, p99_ms=1.2, per_s=1640.0, samples=600),),
        series=(Series(name="curve", x=[1, 2], y=[3.0, 4.0]),),
        flushes={JOURNAL.label: 2.03, UNSYNCED.label: 0.0, "sloppy 1.0": 0.5},
        notes=("a remark",),
        not_measured=("huey: it is not installed",),
        failures=("somebody pretends",),
    )


def _record(value: float = 2.02) -> Record:
    measurement = Measurement(name="peers", title="The peers", how="So\nit was.", run=lambda _: _result(value))
    return record_of(measurement, _result(value), load=0.12, took_s=61.4)


def test_what_is_kept_can_be_read_back(tmp_path: Path) -> None:
    """Goals and all: else the next run would lose what it does not measure anew."""
    write_records(tmp_path, {"peers": _record()})
    (kept,) = read_records(tmp_path).values()
    assert page({"peers": kept}) == page({"peers": _record()})
    assert kept.result.lines == _result().lines
    assert kept.result.readings == _result().readings


def test_a_goal_that_was_missed_says_so_on_the_page() -> None:
    """It is not dropped, and nobody has to compare two numbers to see it."""
    told = page({"peers": _record()})
    assert "one till | 2.02 flushes an operation | ≤ 2.05 | yes |" in told
    assert "| [peers](#peers) | ÷ DBOS | 5.50 | ≥ 6 | **no** |" in told
    assert "(goal ≥ 6: **not reached**)" in told


def test_what_keeps_figures_from_their_goals_is_told_once_for_all_of_them() -> None:
    """With the nearest that was reached; and of what was reached nothing is explained."""
    lines = (
        Line(figure="÷ DBOS", value=5.5, goal=at_least(6), why="Python\ncomputes."),
        Line(figure="÷ huey", value=0.5, goal=at_least(1), why="Python\ncomputes."),
        Line(figure="one till", value=2.0, goal=at_most(2.05), why="not told"),
    )
    measurement = Measurement(name="peers", title="The peers", how="So.", run=lambda _: Result(lines=lines))
    told = page({"peers": record_of(measurement, Result(lines=lines), load=0.0, took_s=1.0)})
    assert "- *÷ DBOS* (5.50); *÷ huey* (0.500): Python computes.\n" in told
    assert "not told" not in told


def test_every_goal_that_was_missed_has_its_reason() -> None:
    """A goal that physics or Python forbids is told with what forbids it."""
    lines = [line for each in read_records(DOCS).values() for line in each.result.lines]
    assert lines
    assert [line.figure for line in lines if line.reached is False and not line.why] == []


def test_whoever_does_not_flush_is_called_not_durable_on_the_page() -> None:
    """In the table of peers; and what was not measured, and a proof that failed, are told as such."""
    told = page({"peers": _record()})
    assert "| sloppy 1.0 | 0.50 | **not durable** | not measured |" in told
    assert f"| {JOURNAL.label} | 2.03 | yes | 0.61 | 1.20 | 1,640 |" in told
    assert UNSYNCED.label not in told
    assert "- *not measured:* huey: it is not installed" in told
    assert "- **proof failed:** somebody pretends" in told
    assert f"Not compared: {', '.join(peer.name for peer in PEERS)}." in told


def test_the_page_names_date_machine_and_load() -> None:
    """A figure without them is none."""
    told = page({"peers": _record()})
    assert "61 s, load 0.1;" in told
    assert _record().machine in told
    assert _record().date[:10] in told


def test_every_measurement_can_be_found_under_its_name() -> None:
    """And says of itself what is compared with what."""
    for name in MEASUREMENTS:
        measurement: Measurement = importlib.import_module(f"tools.bench.{name}").MEASUREMENT
        assert measurement.name == name
        assert measurement.title
        assert measurement.how


def test_the_page_is_the_one_that_the_data_makes() -> None:
    """Nobody has touched it up by hand."""
    records = read_records(DOCS)
    assert (DOCS / "benchmarks.md").read_text("utf-8") == page(records)
    assert (DOCS / "capacity.md").read_text("utf-8") == capacity(records)
    assert set(records) <= set(MEASUREMENTS)


def _run(monkeypatch: pytest.MonkeyPatch, docs: Path, result: Result, *arguments: str) -> int:
    planted = Measurement(name="flushes", title="Flushes", how="Counted.", run=lambda _: result)
    monkeypatch.setattr(flushes, "MEASUREMENT", planted)
    monkeypatch.setattr(program, "must_be_on_disk", lambda _: None)
    return CliRunner().invoke(program.main, ["--only", "flushes", "--docs", str(docs), *arguments]).exit_code


def test_a_single_measurement_replaces_itself_and_no_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The others stay as they were, with their own date and machine."""
    write_records(tmp_path, {"peers": _record(), "flushes": _record(9.0)})
    assert _run(monkeypatch, tmp_path, Result(lines=(Line(figure="new", value=7.0),))) == 0
    kept = read_records(tmp_path)
    assert kept["peers"] == read_records(tmp_path)["peers"]
    assert [line.figure for line in kept["peers"].result.lines] == ["one till", "÷ DBOS", "beside it"]
    assert [line.figure for line in kept["flushes"].result.lines] == ["new"]
    assert (tmp_path / "benchmarks.md").read_text("utf-8") == page(kept)


def test_a_missed_goal_is_no_failure_and_a_failed_proof_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Figures of a shared machine are no test; a journal that does not flush is no journal."""
    assert _run(monkeypatch, tmp_path, Result(lines=(Line(figure="x", value=9.0, goal=at_most(1)),))) == 0
    assert _run(monkeypatch, tmp_path, Result(failures=("it does not flush",))) == 1


def test_what_breaks_down_is_a_failure_and_keeps_what_was_known(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The others are still measured, and nobody takes the old figures for new ones."""

    def broken(_: Work) -> Result:
        raise BoothFailed("out of order")

    write_records(tmp_path, {"flushes": _record(9.0)})
    monkeypatch.setattr(flushes, "MEASUREMENT", Measurement(name="flushes", title="", how="", run=broken))
    monkeypatch.setattr(program, "must_be_on_disk", lambda _: None)
    told = CliRunner().invoke(program.main, ["--only", "flushes", "--docs", str(tmp_path)])
    assert told.exit_code == 1
    assert (
        "PROBLEM flushes broke down, and what was known of it before was kept: BoothFailed: out of order" in told.output
    )
    assert read_records(tmp_path)["flushes"].result.lines[0].value == 9.0


def test_a_quick_run_keeps_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its figures are of too few operations to be shown to anybody."""
    assert _run(monkeypatch, tmp_path, _result(), "--quick") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--only", "colour"], "'colour' is not one of"),
        (["--on", "/no/such/folder"], "does not exist"),
        (["--on", "/proc"], "Invalid value for '--on'"),
    ],
)
def test_wrong_usage_ends_with_2_and_a_sentence(arguments: list[str], sentence: str) -> None:
    """Before anything is measured."""
    told = CliRunner().invoke(program.main, arguments)
    assert told.exit_code == 2
    assert sentence in told.output


def test_a_folder_in_memory_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """There a flush costs nothing, and every ratio would flatter us or the others."""
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\ntmpfs {tmp_path} tmpfs rw 0 0\n", "utf-8")
    monkeypatch.setattr("tools.bench.machine._MOUNTS", mounts)
    must_be_on_disk(Path("/"))
    with pytest.raises(NoDisk, match="is tmpfs, in memory"):
        must_be_on_disk(tmp_path)
    told = CliRunner().invoke(program.main, ["--on", str(tmp_path)])
    assert told.exit_code == 2
    assert "in memory, where a flush costs nothing" in told.output


def test_a_quick_run_does_a_tenth(tmp_path: Path) -> None:
    """But never less than two rounds, of which something could still be said."""
    quick = Work(folder=tmp_path, quick=True, tell=lambda *_: None)
    assert [quick.rounds(number) for number in (2000, 25, 6)] == [200, 2, 2]
    assert record.DATA == "benchmarks.json"
