"""The lane of a terminal: in use, free, left by the dead, kept by a hanging till or by an orphan."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from journal import JournalError
from tests.cli.shop import ROOT, Shop
from tests.doctor.room import examined, line_of, opened
from tools.doctor import holder


@pytest.fixture(params=["the system tells", "it does not"])
def _locks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With the list of locks that Linux keeps, and without one."""
    if request.param == "it does not":
        monkeypatch.setattr(holder, "LOCKS", tmp_path / "no-such-list")


@contextmanager
def till_at_work(shop: Shop, program: str) -> Iterator[subprocess.Popen[str]]:
    """A process that has the journal open as a till has, and says a line when it is where it should be."""
    start = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from tests.doctor.room import opened\n"
        f"with opened(Path({str(shop.journal)!r})) as journal:\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", start + program],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


_HOLDS = "    with journal.lane('bar', wait_s=0):\n        print('held', flush=True)\n        sys.stdin.read()\n"


def lock(shop: Shop) -> Path:
    """The lock of the terminal's lane."""
    return shop.folder / f"{shop.journal.name}.side" / "lanes" / "bar.lock"


def said(process: subprocess.Popen[str]) -> str:
    """The next line of a process."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_lane_that_nobody_has_is_free(shop: Shop) -> None:
    """Before the first operation and after it; and the terminal says the same."""
    assert line_of(examined(shop), "lane", "bar").finding == "free, and the terminal is idle"
    shop.pay()
    assert line_of(examined(shop), "lane", "bar").finding == "free, and the terminal is idle"


@pytest.mark.usefixtures("_locks")
def test_till_that_uses_a_lane_is_named(shop: Shop) -> None:
    """Its process, since when, and that it lives; the till does not notice, and its lane is still its own."""
    shop.pay()
    with till_at_work(shop, _HOLDS) as process:
        assert said(process) == "held"
        line = line_of(examined(shop), "lane", "bar")
    assert (line.verdict, line.measured["pid"]) == ("ok", process.pid)
    assert line.finding.startswith(f"process {process.pid}")
    assert line.finding.endswith(" s, and is alive")


@pytest.mark.usefixtures("_locks")
def test_till_that_died_at_work_is_told(shop: Shop) -> None:
    """The lane is free, and what it did is to be settled."""
    shop.pay()
    with till_at_work(shop, _HOLDS) as process:
        assert said(process) == "held"
    line = line_of(examined(shop), "lane", "bar")
    assert (line.verdict, line.remedy) == ("warn", "run `tillproof recover`")
    assert line.finding == f"free; its last holder, process {process.pid}, died at work"


# Not by Python, which has its children close the locks of their parents.
_FORKS = (
    "    import ctypes\n"
    "    with journal.lane('bar', wait_s=0):\n"
    "        child = ctypes.CDLL(None).fork()\n"
    "        if child == 0:\n"
    "            sys.stdin.read()\n"
    "            os._exit(0)\n"
    "        print(child, flush=True)\n"
    "        os._exit(0)\n"
)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.usefixtures("_locks")
def test_lane_that_a_child_of_a_dead_till_keeps_is_told(shop: Shop) -> None:
    """No till can pay there until that child is gone, and none of them can say why."""
    shop.pay()
    with till_at_work(shop, _FORKS) as process:
        assert int(said(process)) > 0
        process.wait(timeout=60)
        line = line_of(examined(shop), "lane", "bar")
        assert process.stdin is not None
        process.stdin.close()
    assert (line.verdict, line.measured["pid"]) == ("fail", process.pid)
    assert line.finding.startswith("its holder is dead, and a child of it keeps the lane")


def test_lane_that_is_held_for_too_long_is_warned_of(shop: Shop) -> None:
    """No payment lasts an hour: that till hangs."""
    shop.pay()
    with till_at_work(shop, _HOLDS) as process:
        assert said(process) == "held"
        lock(shop).write_text(f"pid {process.pid} since 2026-01-02T03:04:05.678Z\n", encoding="ascii")
        line = line_of(examined(shop), "lane", "bar")
    assert (line.verdict, "longer than any payment lasts" in line.finding) == ("warn", True)
    assert line.remedy is not None
    assert line.remedy.endswith("run `tillproof recover`")


def test_lane_whose_holder_could_not_write_its_name_is_held_all_the_same(shop: Shop) -> None:
    """On a full disk there may be no text, and the system may still tell who it is."""
    shop.pay()
    with till_at_work(shop, _HOLDS) as process:
        assert said(process) == "held"
        lock(shop).write_bytes(b"")
        line = line_of(examined(shop), "lane", "bar")
    told = line.measured["pid"]
    assert told == (process.pid if holder.LOCKS.exists() else None)


@pytest.mark.parametrize("since", ["yesterday", "2026-01-02T03:04:05"])
def test_lane_with_a_strange_text_has_no_time(shop: Shop, since: str) -> None:
    """Whatever somebody wrote into it, the line is there."""
    shop.pay()
    with till_at_work(shop, _HOLDS) as process:
        assert said(process) == "held"
        lock(shop).write_text(f"pid {process.pid} since {since}\n", encoding="ascii")
        line = line_of(examined(shop), "lane", "bar")
    assert (line.verdict, line.measured["for_s"]) == ("ok", None)


def test_another_program_with_the_number_of_a_dead_till_is_left_alone(shop: Shop) -> None:
    """After a power cut the numbers of processes begin anew; nobody is told to end a stranger."""
    shop.pay()
    lock(shop).write_text(f"pid {os.getpid()} since 2026-01-02T03:04:05.678Z\n", encoding="ascii")
    line = line_of(examined(shop), "lane", "bar")
    assert (line.verdict, line.remedy) == ("warn", "run `tillproof recover`")


def test_lane_that_may_not_be_tried_is_judged_by_its_text(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then all that is known is whether there is such a process."""

    def refuse(_: object) -> bool:
        raise JournalError("not for you")

    shop.pay()
    monkeypatch.setattr("tools.doctor.lane.is_locked", refuse)
    lock(shop).write_text(f"pid {os.getpid()} since {datetime.now(UTC).isoformat()}\n", encoding="ascii")
    assert line_of(examined(shop), "lane", "bar").verdict == "ok"
    monkeypatch.setattr("tools.doctor.lane.lives", lambda _: False)
    assert line_of(examined(shop), "lane", "bar").verdict == "warn"


def test_lane_that_is_given_back_while_one_looks_is_free(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text that was read a moment ago is no sign of a death."""
    shop.pay()
    lock(shop).write_text(f"pid {os.getpid()} since 2026-01-02T03:04:05.678Z\n", encoding="ascii")

    def given_back(path: Path) -> bool:
        path.write_bytes(b"")
        return False

    monkeypatch.setattr("tools.doctor.lane.is_locked", given_back)
    assert line_of(examined(shop), "lane", "bar").finding == "free, and the terminal is idle"


def test_terminal_that_is_busy_without_a_till_is_warned_of(shop: Shop) -> None:
    """A guest is paying, and the till that began it is gone or is another one."""
    shop.guest("Approved", takes_s=60.0)
    with shop.start("pay", "--terminal", "bar", "--amount", "9", "--currency", "NOK", "--reference", "one") as paying:
        shop.wait_until_running()
        paying.kill()
    line = line_of(examined(shop), "lane", "bar")
    assert (line.verdict, "says that an operation is running" in line.finding) == ("warn", True)


def test_running_payment_is_no_doubt(shop: Shop) -> None:
    """While a till is at work its operation is neither settled nor in doubt."""
    shop.pay("--reference", "bill-0")
    shop.in_doubt()
    shop.wait_until_idle()
    doubtful = line_of(examined(shop), "operations")
    with opened(shop.journal) as journal, journal.lane("bar", wait_s=0):
        running = line_of(examined(shop), "operations")
    assert (doubtful.verdict, doubtful.finding) == ("warn", "1 in doubt: bill-1042")
    assert (running.verdict, running.finding) == ("ok", "nothing is in doubt, 1 running")


def test_process_of_somebody_else_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that may not be asked is there; one that nobody could have is not asked to death."""

    def refused(*_: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refused)
    assert holder.lives(1)
    monkeypatch.setattr(os, "name", "nt")
    assert holder.lives(1) is None
