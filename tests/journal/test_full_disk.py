"""A disk that is really full: a small file system of its own, filled to the last byte."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from journal import Draft, JournalRefused, NotStored
from journal.side import BALLAST_BYTES
from tests.journal.things import draft, opened

_ROOT = Path(__file__).parents[2]


def _own_mounts() -> list[str] | None:
    """The command that runs another one with mounts of its own, where this system lets us."""
    unshare = shutil.which("unshare")
    for flags in ("-m", "-rm"):
        command = [unshare or "unshare", flags]
        if unshare and subprocess.run([*command, "true"], check=False, capture_output=True).returncode == 0:
            return command
    return None


_UNSHARE = _own_mounts()
pytestmark = pytest.mark.skipif(_UNSHARE is None, reason="needs Linux and the right to mount in a namespace of its own")


def on_small_disk(scenario: str, folder: Path) -> dict[str, object]:
    """Run a scenario of this file where ``folder`` is a file system of one mebibyte."""
    folder.mkdir()
    inner = f"mount -t tmpfs -o size=1m none {folder} && exec {sys.executable} -m {__name__} {scenario} {folder}"
    done = subprocess.run(
        [*(_UNSHARE or []), "sh", "-c", inner], cwd=_ROOT, check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def fill(folder: Path) -> None:
    """Take all the room that is left."""
    with (folder / "filler").open("ab", buffering=0) as file:
        for size in (4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                pass


def answer(number: int) -> Draft:
    """What a till has to store at the end: half a kilobyte or more."""
    return draft(f"thing-{number}", "Done", reply="r" * 700)


def outcome(journal: object, number: int, *, last_resort: bool) -> str:
    """What became of an append."""
    try:
        journal.append([answer(number)], last_resort=last_resort)  # type: ignore[attr-defined]
    except NotStored as error:
        return str(error)
    return "stored"


def fills_up(folder: Path) -> dict[str, object]:
    """A running journal meets the end of the disk, and room comes back."""
    journal = opened(folder / "j")
    for number in range(10):
        journal.append([draft(f"thing-{number}", label=f"label-{number}", lane="north")])
    fill(folder)
    found: dict[str, object] = {}
    ballast = folder / "j.side" / "ballast"
    # The log has room in the last page that was given to it; use that up.
    ordinary = [outcome(journal, number, last_resort=False) for number in range(3)]
    found["ordinary"] = ordinary[-1]
    found["ballast_after_ordinary"] = ballast.exists() and ballast.stat().st_size
    found["answer"] = outcome(journal, 3, last_resort=True)
    found["ballast_after_answer"] = ballast.exists()
    fill(folder)
    found["ordinary_without_ballast"] = outcome(journal, 4, last_resort=False)
    found["stored"] = [fact.subject for fact in journal.facts() if fact.kind == "Done"][-1:]
    (folder / "filler").unlink()
    found["with_room"] = outcome(journal, 5, last_resort=False)
    found["ballast_with_room"] = ballast.exists() and ballast.stat().st_size
    found["breaks"] = journal.verify().breaks
    journal.close()
    return found


def opens_full(folder: Path) -> dict[str, object]:
    """A journal is closed, the disk fills up, and the journal is opened to settle what is open."""
    journal = opened(folder / "j")
    journal.append([draft("thing-1", lane="north")])
    journal.close()
    fill(folder)
    journal = opened(folder / "j")
    found: dict[str, object] = {
        "ordinary": outcome(journal, 2, last_resort=False),
        "open": [row["thing_id"] for row in journal.open_rows()],
        "answer": outcome(journal, 1, last_resort=True),
    }
    with journal.lane("north", wait_s=0):
        found["lane"] = "taken"
    journal.close()
    return found


def begins_full(folder: Path) -> dict[str, object]:
    """A disk that is full before there is any journal."""
    fill(folder)
    try:
        opened(folder / "j")
    except JournalRefused as error:
        return {"told": str(error)}
    return {"told": "opened"}


def test_answer_is_stored_on_a_full_disk(tmp_path: Path) -> None:
    """An ordinary append is refused and spends nothing; an answer spends the ballast; with room all is as before."""
    found = on_small_disk("fills_up", tmp_path / "disk")

    assert "the disk is full" in str(found["ordinary"])
    assert found["ballast_after_ordinary"] == BALLAST_BYTES
    assert (found["answer"], found["ballast_after_answer"]) == ("stored", False)
    assert "too full to begin anything" in str(found["ordinary_without_ballast"])
    assert found["stored"] == ["thing-3"]
    assert (found["with_room"], found["ballast_with_room"]) == ("stored", BALLAST_BYTES)
    assert found["breaks"] == []


def test_journal_opens_on_a_full_disk_to_settle(tmp_path: Path) -> None:
    """What is open is seen and can be ended; nothing new is begun."""
    found = on_small_disk("opens_full", tmp_path / "disk")

    assert "too full to begin anything" in str(found["ordinary"])
    assert found["open"] == ["thing-1"]
    assert found["answer"] == "stored"
    assert found["lane"] == "taken"


def test_no_journal_begins_on_a_full_disk(tmp_path: Path) -> None:
    """Where there is no room at all, the refusal says so."""
    assert "full" in str(on_small_disk("begins_full", tmp_path / "disk")["told"])


if __name__ == "__main__":
    _scenarios = {run.__name__: run for run in (fills_up, opens_full, begins_full)}
    sys.stdout.write(json.dumps(_scenarios[sys.argv[1]](Path(sys.argv[2]))))
