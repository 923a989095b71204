"""The machinery of the power cut, where it could silently lie."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from journal import Draft, Fact
from tests.prove.power.cut import images
from tests.prove.power.disk import SECTOR, Disk
from tests.prove.power.log import Event, What
from tests.prove.power.recording import Play, Recording, compile_recorder
from tests.prove.power.said import Said, key_of

_ROOT = Event(What.FOLDER_MADE, 1, 0, b"/shop", 0)
_MADE = Event(What.FILE_MADE, 2, 0, b"/shop/file", 0)
_FOLDER_FLUSHED = Event(What.FLUSHED, 1, 0, b"", 0)
_FLUSHED = Event(What.FLUSHED, 2, 0, b"", 0)
_FLUSH_FAILED = Event(What.FLUSH_FAILED, 2, 0, b"", 0)


def _written(data: bytes, offset: int = 0) -> Event:
    return Event(What.WRITTEN, 2, offset, data, 0)


def _disk(*events: Event) -> Disk:
    disk = Disk()
    for event in (_ROOT, *events):
        disk.happen(event)
    return disk


def _nothing(_path: str) -> bool:
    return False


def test_what_was_flushed_is_there_and_the_rest_may_be_missing() -> None:
    """Flushed bytes survive any cut; later ones only if the disk had come to them."""
    disk = _disk(_MADE, _FOLDER_FLUSHED, _written(b"old"), _FLUSHED, _written(b"new"))
    assert disk.after_a_cut(_nothing) == {"file": b"old"}
    assert disk.after_a_cut(lambda _path: True) == {"file": b"new"}


def test_a_write_is_torn_at_the_sectors() -> None:
    """Of a write over three sectors, each may be there without the others."""
    disk = _disk(_MADE, _FOLDER_FLUSHED, _written(b"x" * 2 * SECTOR, offset=SECTOR // 2))
    pieces = iter((False, True, False))
    assert disk.loose == 3
    content = disk.after_a_cut(lambda _path: next(pieces, False))["file"]
    assert content == bytes(SECTOR) + b"x" * SECTOR


def test_a_failed_flush_is_never_made_good_by_a_later_one() -> None:
    """The kernel takes the pages for clean: only writing them over and flushing that makes them safe."""
    failed = (_MADE, _FOLDER_FLUSHED, _written(b"answer"), _FLUSH_FAILED, _FLUSHED)
    assert _disk(*failed).after_a_cut(_nothing) == {"file": b""}
    assert _disk(*failed, _written(b"answer"), _FLUSHED).after_a_cut(_nothing) == {"file": b"answer"}


def test_a_flushed_file_without_a_flushed_entry_may_be_gone() -> None:
    """A file's flush does not save its entry in the folder; nor is a removal safe before the folder's flush."""
    assert _disk(_MADE, _written(b"answer"), _FLUSHED).after_a_cut(_nothing) == {}
    removed = Event(What.REMOVED, 2, 0, b"/shop/file", 0)
    assert _disk(_MADE, _FOLDER_FLUSHED, removed).after_a_cut(_nothing) == {"file": b""}
    assert _disk(_MADE, _FOLDER_FLUSHED, removed, _FOLDER_FLUSHED).after_a_cut(_nothing) == {}


def test_what_stands_in_a_lost_folder_is_lost() -> None:
    """A flushed entry is worth nothing when the folder around it has none."""
    folder = Event(What.FOLDER_MADE, 3, 0, b"/shop/inner", 0)
    inside = Event(What.FILE_MADE, 2, 0, b"/shop/inner/file", 0)
    disk = _disk(folder, inside, Event(What.FLUSHED, 3, 0, b"", 0))
    assert disk.after_a_cut(_nothing) == {}


def test_the_power_is_cut_all_over_the_events() -> None:
    """Though nearly every image is a new one, the last events get their share and the number wanted is not exceeded."""
    writes = [_written(bytes([number]) * SECTOR, offset=number * SECTOR) for number in range(100)]
    events = [_ROOT, _MADE, _FOLDER_FLUSHED, *writes]
    found = list(images(events, wanted=60, dice=random.Random(1)))  # noqa: S311 - repeatable
    assert 50 < len({image.digest for image in found}) <= 60
    assert len([image for image in found if image.moment > len(events) * 3 / 4]) >= 10


def test_an_image_is_judged_again_when_more_had_been_said() -> None:
    """The same empty disk is right before anything was stored, and a loss afterwards."""
    stored = Event(What.SAID, 0, 0, b'["stored", [[1, "digest", "key"]]]', 0)
    found = list(images([_ROOT, stored], wanted=10, dice=random.Random(1)))  # noqa: S311 - repeatable
    assert [image.moment for image in found] == [1, 2]
    assert len({image.digest for image in found}) == 1


def test_lost_facts_and_strangers_are_told_apart_from_what_may_be_there() -> None:
    """Stored must be there; tried may be; refused, and what nobody tried, must not be."""
    draft = Draft(subject="one", kind="Noted", body={})
    fact = Fact(seq=1, at="", subject="one", kind="Noted", body={}, digest="digest")
    said = Said()
    assert said.strangers([fact]) == [fact]
    said.perhaps[key_of(draft)] += 1
    assert said.strangers([fact]) == []
    said.perhaps[key_of(draft)] -= 1
    assert said.strangers([fact]) == [fact]
    said.stored[1] = "digest"
    assert said.strangers([fact]) == []
    assert said.lost({1: "digest"}) == []
    assert said.lost({1: "another"}) == [1]
    assert said.lost({}) == [1]


def test_a_fact_that_was_denied_and_then_shown_is_a_ghost() -> None:
    """Who was told "not written" must never be shown it, not by any later opening either."""
    said = Said()
    for told in (b'["tries", ["key"]]', b'["refused", ["key"]]', b'["stored", [[1, "digest", "key"]]]'):
        assert not said.ghosts
        said.happen(Event(What.SAID, 0, 0, told, 0))
    assert said.ghosts == {1: "key"}


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_the_recorder_misses_nothing(tmp_path: Path) -> None:
    """Everything recorded, done again, gives the very files; one event left out, and it shows."""
    recording = Recording(compile_recorder(tmp_path), tmp_path)
    recorded = recording.record(Play(act="payments", seed=1))
    recording.close()
    said = [event for event in recorded.events if event.what is What.SAID]
    assert said
    last = max(at for at, event in enumerate(recorded.events) if event.what is What.WRITTEN)
    del recorded.events[last]
    with pytest.raises(RuntimeError, match="has missed something"):
        recorded.must_be_complete()
