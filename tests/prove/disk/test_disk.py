"""The failing disk and the flipped bits themselves, where they could silently do nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.prove.disk.bits import Damage, Lot, lots, sort
from tests.prove.disk.injector import preloaded
from tests.prove.disk.shapes import keep_shapes, shapes

_SYNC = """
import os, sys
from pathlib import Path
from tests.prove.disk.injector import Disk, Fault
folder = Path(sys.argv[1])
disk = Disk(folder)
disk.count()
file = os.open(folder / "file", os.O_CREAT | os.O_WRONLY)
os.write(file, b"told")
os.fsync(file)
disk.heal()
print(disk.calls)
disk.fail(0, Fault.EIO, for_ever=False)
for _ in range(2):
    try:
        os.fsync(file)
    except OSError as error:
        print(error.errno)
print(disk.heal())
"""

_FULL = """
import os, sys
from pathlib import Path
from tests.prove.disk.injector import Disk, Fault
folder = Path(sys.argv[1])
(folder / "ballast").write_bytes(bytes(100))
disk = Disk(folder)
file = os.open(folder / "file", os.O_CREAT | os.O_WRONLY)
disk.fail(0, Fault.FULL, for_ever=True)
for size in (1, 100, 1):
    try:
        print(os.write(file, bytes(size)))
    except OSError as error:
        print(error.errno)
        if (folder / "ballast").exists():
            os.unlink(folder / "ballast")
print(disk.heal())
"""


def _run(program: str, folder: Path) -> list[str]:
    (folder / "disk").mkdir()
    with preloaded(folder):
        done = subprocess.run(
            [sys.executable, "-c", program, str(folder / "disk")],
            check=True,
            capture_output=True,
            text=True,
            timeout=30,
        )
    return done.stdout.split()


def test_a_sync_fails_once_and_is_counted(tmp_path: Path) -> None:
    """The chosen call really fails, the next one does not, and both were seen."""
    assert _run(_SYNC, tmp_path) == ["cws", "5", "1"]


def test_a_full_disk_has_the_room_that_deleting_gave_back(tmp_path: Path) -> None:
    """Nothing grows until something is deleted, and then by so much and no more."""
    assert _run(_FULL, tmp_path) == ["28", "100", "28", "2"]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all shapes."""
    folder = tmp_path_factory.mktemp("shapes")
    keep_shapes(folder)
    return folder


def test_a_flip_that_nobody_notices_is_told(kept: Path) -> None:
    """With the check of the chain taken away, a changed digest is a problem that names the byte and the bit."""
    (place,) = (place for place, shape in enumerate(shapes(kept)) if shape.name == "closed day")
    shape = shapes(kept)[place]
    # Some of these are in pages that are not in use any more, and the last fact is also guarded by the mark.
    found = (shape.main.find(fact.digest.encode()) for fact in shape.reading.facts)
    damages = tuple(Damage(in_log=False, byte=byte, bit=0) for byte in found if byte >= 0)
    sound = sort(Lot(folder=kept, shape=place, damages=damages))
    planted = sort(Lot(folder=kept, shape=place, damages=damages, plant="the chain is not checked"))
    assert sound.problems == ()
    assert planted.problems
    assert {problem.split(": ")[0] for problem in planted.problems} <= {
        f"closed day, {damage.words}" for damage in damages
    }


def test_an_error_that_is_not_the_journals_is_told(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else is raised over a damage is a problem that names the byte and the bit."""

    def broken(*_: object) -> None:
        raise KeyError("rotten")

    monkeypatch.setattr("tests.prove.disk.bits._noticed", lambda *_, **__: broken())
    found = sort(Lot(folder=kept, shape=0, damages=(Damage(in_log=True, byte=7, bit=3),)))
    assert found.problems == ("killed young, the log byte 7 bit 3: an error that is none of ours: KeyError('rotten')",)


def test_no_damage_is_drawn_twice(kept: Path) -> None:
    """As many different ones as were asked for, in every shape."""
    dice = Random(1)  # noqa: S311 - repeatable
    drawn = [(lot.shape, damage) for lot in lots(kept, 2_000, 100, dice) for damage in lot.damages]
    assert len(drawn) == len(set(drawn)) >= 2_000
    assert {shape for shape, _ in drawn} == set(range(len(shapes(kept))))
