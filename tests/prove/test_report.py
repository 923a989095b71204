"""The framework of the proof: what makes a result red, and that the page says what the data says."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.prove import report
from tests.prove.part import PARTS, Control, Count, Crew, Part, Result, Slice, Work


def test_a_result_without_blemish_has_nothing_to_complain_about() -> None:
    """Enough tried, nothing went wrong, every planted fault caught."""
    result = Result(
        counts=(Count(what="kills", number=20, least=20),),
        never={"charged twice": 0},
        controls=(Control(fault="blind retry", caught=True, by="seed 3"),),
    )
    assert result.complaints == ()


@pytest.mark.parametrize(
    ("result", "complaint"),
    [
        (Result(problems=("seed 9: lost",)), "seed 9: lost"),
        (Result(never={"charged twice": 2}), "charged twice: 2"),
        (Result(counts=(Count(what="kills", number=19, least=20),)), "only 19 kills, and 20 were promised"),
        (
            Result(controls=(Control(fault="blind retry", caught=False, by=""),)),
            "the planted fault 'blind retry' was not caught",
        ),
    ],
)
def test_each_blemish_makes_a_result_red(result: Result, complaint: str) -> None:
    """A problem, an accident, too few tries, and a planted fault that slipped through."""
    assert result.complaints == (complaint,)


def test_a_part_that_lacks_a_program_or_a_module_is_not_measured() -> None:
    """Silence about what was not tried would read as success."""
    part = Part(name="model", claim="", run=lambda _: Result(), needs=("no-such-program",), modules=("no_such_module",))
    result = part.try_it(_work(Path()))
    assert result.not_measured == ("model: needs no-such-program, no_such_module, not on this machine",)


def _work(folder: Path, tell: list[tuple[int, int]] | None = None) -> Work:
    told = [] if tell is None else tell
    return Work(
        slice=Slice.QUICK, seed=1, folder=folder, crew=Crew(2), tell=lambda done, total: told.append((done, total))
    )


def test_spread_work_comes_back_whole_and_tells_its_progress(tmp_path: Path) -> None:
    """Every task is done once, in whatever process, and the bar moves with each."""
    told: list[tuple[int, int]] = []
    work = _work(tmp_path, told)
    try:
        assert sorted(work.spread(abs, range(-5, 0), total=5)) == [1, 2, 3, 4, 5]
    finally:
        work.crew.dismiss()
    assert told == [(done, 5) for done in range(1, 6)]


@pytest.mark.parametrize(("wanted", "number"), [(Slice.QUICK, 1), (Slice.FULL, 2), (Slice.LONG, 2)])
def test_a_part_without_a_longer_run_does_its_full_one(wanted: Slice, number: int) -> None:
    """Only two amounts are needed; a third is for those who have it."""
    work = Work(slice=wanted, seed=1, folder=Path(), crew=Crew(1), tell=lambda *_: None)
    assert work.amount(quick=1, full=2) == number


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A page that tells of one part, and of nothing yet."""
    monkeypatch.setattr(report, "DATA", tmp_path / "evidence.json")
    monkeypatch.setattr(report, "PAGE", tmp_path / "evidence.md")
    monkeypatch.setattr(report, "PARTS", ("kill",))
    return tmp_path / "evidence.md"


def test_a_kept_result_is_on_the_page(page: Path) -> None:
    """What was counted, what was planted and what stays in doubt can be read without running anything."""
    result = Result(
        counts=(Count(what="kills", number=20_000, least=20_000),),
        never={"charged twice": 0},
        controls=(Control(fault="blind retry", caught=True, by="kill 7"),),
        doubts=Counter({"a restart wiped the memory": 12}),
    )
    part = Part(name="kill", claim="Killed anywhere, it knows.", run=lambda _: result)
    report.keep(part, Slice.FULL, result, seed=1, took_s=61.4)
    for told in ("20,000 kills", "**0** charged twice", "| blind retry | yes | kill 7 |", "| a restart wiped", "61 s"):
        assert told in page.read_text("utf-8")


def test_long_runs_with_different_seeds_add_up(page: Path) -> None:
    """Half a day fits into no sitting. A run with the same seed takes the place of the one before, and counts once."""
    for seed, kills in ((1, 400), (2, 70_000), (3, 50_000), (2, 60_000)):
        caught = (Control(fault="blind retry", caught=True, by=f"kill {seed}"),)
        result = Result(counts=(Count(what="kills", number=kills),), never={"charged twice": seed - 1}, controls=caught)
        part = Part(name="kill", claim="Killed anywhere, it knows.", run=lambda _: Result())
        report.keep(part, Slice.LONG, result, seed=seed, took_s=60 * seed)
    told = page.read_text("utf-8")
    assert "*long, 3 runs with different seeds, together*\n\n- 110,400 kills\n- **3** charged twice\n" in told
    rows = re.findall(r"^\| ([123]) \| .* \| (\d+) \| ([\d,]+) \| 1 of 1 \|$", told, re.MULTILINE)
    assert rows == [("1", "60", "400"), ("2", "120", "60,000"), ("3", "180", "50,000")]
    assert "seed 3, 180 s" in told


def test_the_commit_that_was_tried_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a clone by its hash; a copy without git has none to tell."""
    assert re.fullmatch(r"([0-9a-f]{7,40}\+?)?", report.revision())
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert report.revision() == ""


def test_the_page_is_the_one_that_the_data_makes() -> None:
    """Nobody has touched it up by hand."""
    data = json.loads(report.DATA.read_text("utf-8"))
    assert report.PAGE.read_text("utf-8") == report.page(data)
    assert set(data) <= set(PARTS)
