"""The proof of durability: what is counted in a trace, and that one who does not flush is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import pretender
from tools.bench import flushes
from tools.bench.booth import BoothFailed, booth
from tools.bench.contender import RAW, UNSYNCED, Entry
from tools.bench.counting import NoMarks, NoTrace, count_flushes, must_trace
from tools.bench.measurement import Work
from tools.bench.proof import broken_proofs, durable, flushes_alone

_PRETENDER = Entry(name="pretender", module=pretender.__name__)

_TRACE = """\
100   fsync(3)                          = 0
100   mkdir("shop.journal.side", 0700)  = 0
100   mkdir("begin", 0777)              = 0
100   fdatasync(3)                      = 0
101   fsync(4 <unfinished ...>
100   fdatasync(3 <unfinished ...>
101   <... fsync resumed>)              = 0
100   <... fdatasync resumed>)          = 0
101   msync(0x7f0000000000, 4096, MS_SYNC) = 0
101   write(5, "fsync(3)", 8)           = 8
100   mkdir("end", 0777)                = 0
100   fsync(3)                          = 0
"""


def test_only_what_lies_between_the_marks_is_counted_and_each_call_once() -> None:
    """A call that waits stands in two lines of the trace; opening and closing are no operations."""
    assert count_flushes(_TRACE) == 4


def test_the_same_is_counted_where_there_is_no_mkdir() -> None:
    """Some kernels know mkdirat only."""
    assert count_flushes(_TRACE.replace('mkdir("', 'mkdirat(AT_FDCWD, "')) == 4


@pytest.mark.parametrize("missing", ["begin", "end"])
def test_a_trace_without_both_marks_counts_for_nothing(missing: str) -> None:
    """Else a contender that died early would look as if it flushed rarely."""
    with pytest.raises(NoMarks, match="expected the marks begin and end"):
        count_flushes(_TRACE.replace(f'"{missing}"', '"elsewhere"'))


def test_two_durable_writes_need_two_flushes() -> None:
    """A checkpoint adds some; nothing takes any away from a lone caller."""
    assert [durable(flushes) for flushes in (0.0, 1.0, 1.99, 2.0, 3.1)] == [False, False, False, True, True]


def test_a_sound_count_breaks_no_proof() -> None:
    """Ours flush, and the planted one was seen not to."""
    assert list(broken_proofs({"ours": 2.03, UNSYNCED.name: 0.0}, ["ours"])) == []


@pytest.mark.parametrize(
    ("counted", "sentence"),
    [
        ({"ours": 1.98, UNSYNCED.name: 0.0}, "ours makes 1.98 flushes an operation"),
        ({UNSYNCED.name: 0.0}, "the flushes of ours were not counted"),
        ({"ours": 2.03, UNSYNCED.name: 2.0}, "the counting is blind"),
        ({"ours": 2.03}, "the planted contender that never flushes was not counted"),
    ],
)
def test_each_way_to_be_deceived_breaks_the_proof(counted: dict[str, float], sentence: str) -> None:
    """Too few flushes, nothing counted, and a counting that sees flushes everywhere."""
    (told,) = broken_proofs(counted, ["ours"])
    assert sentence in told


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """A folder and little to do; where nobody may trace, what needs it is not measured."""
    try:
        must_trace()
    except NoTrace as why:
        pytest.skip(f"not measured: {why}")
    return Work(folder=tmp_path, quick=True, tell=lambda *_: None)


def test_a_contender_that_does_not_sync_is_noticed_by_the_kernel(work: Work) -> None:
    """It writes, it returns, and no flush is counted; the floor beside it makes exactly two."""
    assert flushes_alone(_PRETENDER, work, operations=20) == 0.0
    assert flushes_alone(RAW, work, operations=20) == 2.0


def test_a_journal_that_stopped_flushing_fails_the_whole_proof(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: in the place of our journal stands one that only pretends."""
    monkeypatch.setattr(flushes, "JOURNAL", _PRETENDER)
    monkeypatch.setattr(flushes, "OPERATION", RAW)
    monkeypatch.setattr(flushes, "_TILLS", 2)
    monkeypatch.setattr(flushes, "_CROWD_S", 0.1)
    result = flushes.MEASUREMENT.run(work)
    assert result.failures == ("pretender makes 0.00 flushes an operation, and two durable writes need 2",)


def test_without_strace_nothing_is_proved_and_that_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Not measured is not the same as sound."""
    monkeypatch.setattr("tools.bench.counting.shutil.which", lambda _: None)
    result = flushes.MEASUREMENT.run(Work(folder=tmp_path, quick=True, tell=lambda *_: None))
    assert result.lines == ()
    assert result.not_measured == (
        "flushes, and with them the proof that we really sync: strace is not on this machine",
    )


def test_a_booth_times_its_contender_and_leaves_out_what_is_not_its_own(tmp_path: Path) -> None:
    """What a terminal in memory takes is none of the till's time; and no print of a library disturbs the line."""
    with booth(_PRETENDER, tmp_path, callers=3) as opened:
        assert -1.0 < opened.one() < 0.0
        assert len(opened.many(5).seconds) == 5
        crowd = opened.crowd(0.01)
        assert opened.figure("answered") == 42.0
    assert len(crowd.each) == 3
    assert min(crowd.each) >= 1
    assert sum(crowd.each) == len(crowd.seconds)


def test_a_contender_that_breaks_down_says_why(tmp_path: Path) -> None:
    """The last words of its process are in the error."""
    broken = Entry(name="broken", module=pretender.__name__, given={"broken": True})
    with pytest.raises(BoothFailed, match="the library is out of order"), booth(broken, tmp_path):
        pass


def test_a_contender_whose_library_is_missing_is_not_there() -> None:
    """It is told as not measured, and not imported."""
    assert not Entry(name="x", module="x", package="no-such-library-anywhere").there
    assert Entry(name="x", module="x", package="no-such-library-anywhere").label == "x"
    assert Entry(name="click", module="x", package="click").label.startswith("click 8")
