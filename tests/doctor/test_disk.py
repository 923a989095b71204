"""The disk: space, file system, flushes, and SQLite upon it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from journal import JournalRefused, SqliteReport
from tests.cli.shop import Shop
from tests.doctor.room import examined, line_of, lines_of, verdicts
from tools.doctor.filesystem import mount_of
from tools.doctor.flush import judge, measure

_MIB = 1024 * 1024
_NO_FILES = {"f_files": 10, "f_favail": 0, "f_frsize": _MIB, "f_blocks": 9000, "f_bfree": 9000, "f_bavail": 9000}


def free(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """From now on so many bytes are free."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=size))


@pytest.mark.parametrize(
    ("size", "verdict", "told"),
    [
        (7 * _MIB, "fail", "7.0 MiB free"),
        (8 * _MIB, "warn", "8.0 MiB free"),
        (255 * _MIB, "warn", "255.0 MiB free"),
        (3000 * _MIB, "ok", "2.9 GiB free"),
    ],
)
def test_free_space_is_judged(shop: Shop, monkeypatch: pytest.MonkeyPatch, size: int, verdict: str, told: str) -> None:
    """Before the disk is full there is a warning, and when no payment is begun any more a failure."""
    free(monkeypatch, size)
    line = line_of(examined(shop), "space")
    assert (line.verdict, line.measured["free_bytes"]) == (verdict, size)
    assert line.finding.startswith(told)


def test_last_space_is_left_to_the_till(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a nearly full disk nothing is tried out."""
    free(monkeypatch, 0)
    lines = examined(shop)
    assert verdicts(lines, "not_checked") >= {"flush", "pragmas"}
    assert verdicts(lines, "fail") == {"space"}


def test_disk_without_room_for_another_file_is_full(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk can run out of files before it runs out of bytes."""
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(**_NO_FILES), raising=False)
    line = line_of(examined(shop), "space")
    assert (line.verdict, "no more files can be made" in line.finding) == ("fail", True)


def test_disk_that_tells_nothing_is_not_checked(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error is no free space, and no lack of it."""

    def refuse(_: object) -> None:
        raise OSError(5, "input/output error")

    monkeypatch.setattr(shutil, "disk_usage", refuse)
    assert line_of(examined(shop), "space").verdict == "not_checked"


def test_missing_folder_is_a_failure_and_is_not_made(shop: Shop) -> None:
    """Its disk may not be mounted; a journal on the wrong disk would know of nothing that is open."""
    shop.configure(shop.terminal(), head='journal = "mnt/data/till.journal"\n')
    lines = examined(shop)
    line = line_of(lines, "space")
    assert (line.verdict, line.finding) == ("fail", f"{shop.folder}/mnt/data is not there")
    assert line_of(lines, "pragmas").verdict == "not_checked"
    assert line_of(lines, "flush").verdict == "not_checked"
    assert not (shop.folder / "mnt").exists()


def test_spent_ballast_is_warned_of(shop: Shop) -> None:
    """Nothing is begun until it is back."""
    shop.pay()
    assert lines_of(examined(shop), "ballast") == []
    (shop.folder / f"{shop.journal.name}.side" / "ballast").unlink()
    assert line_of(examined(shop), "ballast").verdict == "warn"


@pytest.mark.parametrize(
    ("kind", "verdict", "told"),
    [
        ("xfs", "ok", "xfs at /"),
        ("tmpfs", "fail", "a restart loses every paid bill"),
        ("nfs4", "fail", "on a network share"),
        ("cifs", "fail", "on a network share"),
        ("overlay", "warn", "a container's own layer"),
        ("virtiofs", "warn", "a folder of another computer"),
    ],
)
def test_file_system_is_named_and_judged(shop: Shop, mounts: Path, kind: str, verdict: str, told: str) -> None:
    """Where locks and flushes do not hold, a journal does not either."""
    mounts.write_text(f"36 35 8:1 / / rw shared:1 - {kind} /dev/sda1 rw\n", encoding="utf-8")
    line = line_of(examined(shop), "file system")
    assert (line.verdict, told in line.finding, line.finding.startswith(kind)) == (verdict, True, True)


def test_memory_has_no_flush_to_measure(shop: Shop, mounts: Path) -> None:
    """It would be judged too fast, and that is not what is wrong."""
    mounts.write_text("36 35 0:1 / / rw - tmpfs tmpfs rw\n", encoding="utf-8")
    assert line_of(examined(shop), "flush").verdict == "not_checked"


def test_disk_that_was_mounted_for_reading_is_a_failure(shop: Shop, mounts: Path) -> None:
    """As Linux does when a disk fails."""
    mounts.write_text("36 35 8:1 / / ro shared:1 - ext4 /dev/sda1 ro\n", encoding="utf-8")
    assert line_of(examined(shop), "file system").verdict == "fail"


def test_nearest_mount_counts(mounts: Path, tmp_path: Path) -> None:
    """The deepest one above the folder, of two at one place the later; names may hold blanks; torn lines are none."""
    folder = tmp_path / "till data" / "journal"
    folder.mkdir(parents=True)
    point = str(tmp_path / "till data").replace(" ", "\\040")
    lines = ["36 35 8:1 / / rw - ext4 a rw", f"1 2 8:2 / {point} rw - xfs a rw", f"1 2 8:3 / {point} rw - btrfs a rw"]
    mounts.write_text("\n".join([*lines, f"1 2 8:3 / {point}-other rw - nfs a rw", "torn", ""]), encoding="utf-8")
    mount = mount_of(folder)
    assert mount is not None
    assert (mount.kind, mount.point) == ("btrfs", str(tmp_path / "till data"))


def test_system_that_tells_no_mounts_is_not_checked(shop: Shop, mounts: Path) -> None:
    """Windows and macOS have no such list."""
    mounts.unlink()
    lines = examined(shop)
    assert line_of(lines, "file system").verdict == "not_checked"
    assert line_of(lines, "flush").verdict in {"ok", "warn"}


@pytest.mark.parametrize(
    ("took_ms", "verdict", "told"),
    [
        ([0.01] * 49 + [9.0], "warn", "it may lie about flushes, and then a power cut loses paid bills"),
        ([0.049] * 50, "warn", "too fast for a disk"),
        ([0.05] * 50, "ok", "median 0.05 ms"),
        ([4.0] * 49 + [31.0], "ok", "median 4 ms, worst 31 ms of 50"),
        ([30.1] * 50, "warn", "slow, and each payment waits for two"),
    ],
)
def test_flush_is_judged_by_its_median(took_ms: Sequence[float], verdict: str, told: str) -> None:
    """Faster than a medium can be is a lie, slower than a guest likes is slow; one bad one is neither."""
    line = judge(took_ms)
    assert (line.verdict, told in line.finding) == (verdict, True)


def test_flush_is_measured_around_the_flush_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty times, in milliseconds, each flushed; and no file stays."""
    now = [0.0]
    flushed: list[int] = []

    def sync(file: int) -> None:
        flushed.append(file)
        now[0] += 0.003

    monkeypatch.setattr(os, "fdatasync", sync, raising=False)
    took_ms = measure(tmp_path, ticks=lambda: now[0])
    assert (len(flushed), [round(took, 6) for took in took_ms]) == (50, [3.0] * 50)
    assert list(tmp_path.iterdir()) == []


def test_very_slow_disk_is_not_measured_for_minutes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After five seconds it is known to be slow."""
    now = [0.0]

    def sync(_: int) -> None:
        now[0] += 2.0

    monkeypatch.setattr(os, "fdatasync", sync, raising=False)
    assert measure(tmp_path, ticks=lambda: now[0]) == [2000.0] * 3


def test_folder_that_takes_no_file_is_not_measured(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says why."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "not for you")

    monkeypatch.setattr("tools.doctor.flush.tempfile.TemporaryFile", refuse)
    line = line_of(examined(shop), "flush")
    assert (line.verdict, line.finding) == ("not_checked", f"no file can be written in {shop.folder} (not for you)")


def test_settings_of_sqlite_are_read_back(shop: Shop) -> None:
    """What keeps acknowledged facts through a power cut."""
    line = line_of(examined(shop), "pragmas")
    assert (line.measured["journal_mode"], line.measured["synchronous"]) == ("wal", 2)


def test_setting_that_sqlite_does_not_take_is_a_failure(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its name."""

    def refuse(_: object) -> None:
        raise JournalRefused("SQLite did not take journal_mode = wal")

    monkeypatch.setattr("tools.doctor.database.try_settings", refuse)
    line = line_of(examined(shop), "pragmas")
    assert (line.verdict, line.finding) == ("fail", "SQLite did not take journal_mode = wal")


@pytest.mark.parametrize(("bug", "verdict"), [(True, "warn"), (False, "ok")])
def test_bug_of_sqlite_is_told(shop: Shop, monkeypatch: pytest.MonkeyPatch, bug: bool, verdict: str) -> None:  # noqa: FBT001
    """The journal keeps it out; a person should know all the same, and update."""
    report = SqliteReport(version="3.40.1", wal_reset_bug=bug)
    monkeypatch.setattr("tools.doctor.database.sqlite_report", lambda: report)
    line = line_of(examined(shop), "SQLite")
    assert (line.verdict, line.measured) == (verdict, {"version": "3.40.1", "wal_reset_bug": bug})
