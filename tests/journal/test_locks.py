"""The locks on files, in both of their ways: ``flock``, and portalocker where there is none."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from weakref import WeakSet

import portalocker
import pytest

from journal import locks, system_lock
from journal.locks import LockFile
from journal.system_lock import Flock, Portalocker
from tests.journal.faults import raising

_WAYS = {
    "flock": (Flock(fcntl), fcntl, "flock", OSError(37, "no locks available")),
    "portalocker": (Portalocker(), portalocker, "lock", portalocker.LockException("no locks available")),
}


@pytest.fixture(params=_WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """One way after the other."""
    monkeypatch.setattr(system_lock, "SYSTEM", _WAYS[request.param][0])
    return str(request.param)


@pytest.fixture
def two(tmp_path: Path, way: str) -> Iterator[tuple[LockFile, LockFile]]:
    """Two handles on one file."""
    del way
    pair = LockFile(tmp_path / "bar.lock"), LockFile(tmp_path / "bar.lock")
    yield pair
    for lock in pair:
        lock.close()


def test_one_handle_excludes_the_other_of_the_same_process(two: tuple[LockFile, LockFile]) -> None:
    """So threads exclude each other as well."""
    one, other = two
    one.acquire()
    assert not other.try_acquire(0)
    one.release()
    assert other.try_acquire(0)


def test_a_closed_handle_frees_its_lock(two: tuple[LockFile, LockFile]) -> None:
    """However its holder ended."""
    one, other = two
    one.acquire()
    one.close()
    assert other.try_acquire(0)


def test_a_lock_is_waited_for_as_long_as_was_said(
    two: tuple[LockFile, LockFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is asked for again until then."""
    one, other = two
    one.acquire()
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        one.release()

    monkeypatch.setattr(locks, "time", Mock(sleep=wait, monotonic=lambda: 0.0))
    assert other.try_acquire(5)
    assert waits == [0.01]


def test_a_lock_that_the_system_refuses_is_told_with_its_path(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network share may have none."""
    lock = LockFile(tmp_path / "bar.lock")
    _, module, function, error = _WAYS[way]
    monkeypatch.setattr(module, function, raising(error))
    monkeypatch.setattr(system_lock, "SYSTEM", Flock(fcntl) if way == "flock" else Portalocker())
    for take in (lock.acquire, lambda: lock.try_acquire(0)):
        with pytest.raises(OSError, match=r"bar\.lock cannot be locked: .*no locks available"):
            take()
    lock.close()


def test_a_wait_that_the_system_gives_up_is_begun_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows waits for ten seconds at most."""
    monkeypatch.setattr(system_lock, "SYSTEM", Portalocker())
    lock = LockFile(tmp_path / "bar.lock")
    real, given_up = portalocker.lock, [portalocker.AlreadyLocked("timed out")]

    def patient(*args: Any) -> None:
        if given_up:
            raise given_up.pop()
        real(*args)

    monkeypatch.setattr(portalocker, "lock", patient)
    lock.acquire()
    other = LockFile(tmp_path / "bar.lock")
    assert not other.try_acquire(0)
    other.close()
    lock.close()


def test_a_lock_file_that_was_replaced_excludes_nobody(tmp_path: Path, way: str) -> None:
    """The next process would lock another file, and write at the same time."""
    del way
    path = tmp_path / "bar.lock"
    lock = LockFile(path)
    (tmp_path / "new").touch()
    (tmp_path / "new").replace(path)
    with pytest.raises(FileNotFoundError, match="was deleted or replaced; open the journal again"):
        lock.acquire()
    lock.close()


def test_a_lasting_lock_goes_on_with_the_file_at_its_path(tmp_path: Path, way: str) -> None:
    """Whoever comes after the file was replaced excludes, and is excluded by, everybody else who does."""
    del way
    path = tmp_path / "bar.lock"
    lock, late = LockFile(path, lasting=True), LockFile(path, lasting=True)
    (tmp_path / "new").touch()
    (tmp_path / "new").replace(path)
    lock.acquire()
    lock.write(b"mine")
    assert not late.try_acquire(0)
    lock.release()
    assert late.try_acquire(0)
    assert (path.read_bytes(), late.read(9)) == (b"mine", b"mine")
    lock.close()
    late.close()


@pytest.mark.parametrize("system", ["POSIX", "Windows"])
def test_what_is_written_stands_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    """Whoever writes again writes over it; and a disk that fills up may take it in pieces."""
    if system == "Windows":
        monkeypatch.delattr("os.pread")
        monkeypatch.delattr("os.pwrite")
    lock = LockFile(tmp_path / "bar.lock")
    lock.write(b"first")
    write = lock._write
    monkeypatch.setattr(lock, "_write", lambda content, at: write(content[:2], at))
    lock.write(b"later")
    assert [lock.read(3), lock.read(9)] == [b"lat", b"later"]
    lock.close()


def test_a_forked_child_closes_what_its_parent_locks(tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here without a fork: a handle that was closed frees nothing, and leaving its block says nothing."""
    del way
    monkeypatch.setattr(locks, "_OPEN", WeakSet())
    lock = LockFile(tmp_path / "bar.lock")
    lock.acquire()
    locks._let_go()
    lock.release()
    with pytest.raises(ValueError, match="closed file"):
        lock.clear()
