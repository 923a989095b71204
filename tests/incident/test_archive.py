"""The file of a bundle: the same for the same parts, and read under limits."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.incident import NoBundle, read_bundle, write_bundle
from tools.incident.archive import LARGEST_PART, MOST_PARTS

_PARTS = {"b.json": b"{}", "a.txt": b"told"}


def _written(path: Path, parts: dict[str, bytes] = _PARTS) -> Path:
    with path.open("wb") as file:
        write_bundle(file, parts, made_by="a test")
    return path


def _changed(path: Path) -> None:
    """A part is another one than the list says."""
    with zipfile.ZipFile(_written(path)) as source:
        kept = {name: source.read(name) for name in source.namelist()}
    with zipfile.ZipFile(path, "w") as target:
        for name, content in {**kept, "a.txt": b"TOLD"}.items():
            target.writestr(name, content)


def _newer(path: Path) -> None:
    """The list has a form that this release does not know."""
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("MANIFEST.json", json.dumps({"format": 2, "files": {}}))


def _another_zip(path: Path) -> None:
    """A zip of somebody's holiday."""
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("photo.jpg", b"\xff\xd8")


def _bomb(path: Path) -> None:
    """A few kilobytes that unpack to more than is read."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("zeros", bytes(LARGEST_PART + 1))


def _many(path: Path) -> None:
    """More parts than any bundle has."""
    with zipfile.ZipFile(path, "w") as target:
        for n in range(MOST_PARTS + 1):
            target.writestr(str(n), b"")


def _broken(path: Path) -> None:
    """The half of a download."""
    content = _written(path).read_bytes()
    path.write_bytes(content[: len(content) // 2])


def _text(path: Path) -> None:
    """No zip at all."""
    path.write_text("hello", encoding="utf-8")


def _nothing(_: Path) -> None:
    """No file."""


REFUSED: dict[Callable[[Path], None], str] = {
    _changed: "is not what its list says",
    _newer: "take a newer Tillproof",
    _another_zip: "is a zip, but no bundle",
    _bomb: "unpacks to more than a bundle can hold",
    _many: "more than 256",
    _broken: "is no zip, or is broken",
    _text: "is no zip, or is broken",
    _nothing: "cannot be read",
}


@pytest.mark.parametrize("make", REFUSED, ids=lambda make: make.__name__.strip("_"))
def test_what_is_no_sound_bundle_is_refused(make: Callable[[Path], None], tmp_path: Path) -> None:
    """Each with a sentence that says why."""
    make(tmp_path / "incident.zip")
    with pytest.raises(NoBundle, match=REFUSED[make]):
        read_bundle(tmp_path / "incident.zip")


def test_the_same_parts_are_the_same_file() -> None:
    """Whatever the order in which they came."""
    files = [io.BytesIO(), io.BytesIO()]
    write_bundle(files[0], _PARTS, made_by="a test")
    write_bundle(files[1], dict(reversed(_PARTS.items())), made_by="a test")
    assert files[0].getvalue() == files[1].getvalue()


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """Every part, and no list among them."""
    assert read_bundle(_written(tmp_path / "incident.zip")) == _PARTS
