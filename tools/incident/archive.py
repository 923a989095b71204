"""The file of a bundle: a zip whose list names every part with its sum, the same bytes for the same parts.

It comes by mail, from a machine that nobody here knows. So it is read under limits, whatever its own headers say: a
zip of a few kilobytes can unpack to more than a disk holds.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

FORMAT = 1
"""Of this release. A reader refuses a newer one, because it would leave out what it does not know."""

LIST = "MANIFEST.json"

LARGEST_FILE = 32 * 1024 * 1024
LARGEST_PART = 16 * 1024 * 1024
LARGEST_SUM = 64 * 1024 * 1024
MOST_PARTS = 256

_DAY_ONE = (1980, 1, 1, 0, 0, 0)
"""The time of every part: the same incident shall be the same file."""

_OWNER_ONLY = 0o100600 << 16
_ON_UNIX = 3


class NoBundle(ValueError):
    """The file is no bundle that this release can read; the message says why and what to do."""


def write_bundle(file: IO[bytes], parts: Mapping[str, bytes], *, made_by: str) -> None:
    """Write the parts, the list first, then by name."""
    sums = {name: {"sha256": hashlib.sha256(parts[name]).hexdigest(), "size": len(parts[name])} for name in parts}
    listed = {"format": FORMAT, "made_by": made_by, "files": {name: sums[name] for name in sorted(sums)}}
    with zipfile.ZipFile(file, "w") as target:
        for name, content in [(LIST, json.dumps(listed, indent=2).encode()), *sorted(parts.items())]:
            about = zipfile.ZipInfo(name, _DAY_ONE)
            about.compress_type = zipfile.ZIP_DEFLATED
            about.create_system = _ON_UNIX
            about.external_attr = _OWNER_ONLY
            target.writestr(about, content)


def read_bundle(path: Path) -> Mapping[str, bytes]:
    """The parts of a bundle, each with the sum that the list says.

    Raises:
        NoBundle: it is none, it was changed or broken on the way, it is of a newer release, or it is too large.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise NoBundle(f"{path} is larger than {LARGEST_FILE} bytes; no bundle is")
        with zipfile.ZipFile(path) as source:
            parts = _unpacked(path, source)
    except OSError as error:
        raise NoBundle(
            f"{path} cannot be read ({error.strerror}); name the file that `tillproof bundle` made"
        ) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, NoBundle):
            raise
        raise NoBundle(f"{path} is no zip, or is broken; ask for it again, made by `tillproof bundle`") from None
    return _checked(path, parts)


def _unpacked(path: Path, source: zipfile.ZipFile) -> dict[str, bytes]:
    found = source.infolist()
    if len(found) > MOST_PARTS or len({about.filename for about in found}) != len(found):
        raise NoBundle(f"{path} has {len(found)} parts, more than {MOST_PARTS} or two of one name; no bundle has")
    parts: dict[str, bytes] = {}
    left = LARGEST_SUM
    for about in found:
        # Read up to the limit and one more: the size that stands in the zip is only what somebody wrote there.
        with source.open(about) as part:
            content = part.read(min(LARGEST_PART, left) + 1)
        if len(content) > min(LARGEST_PART, left):
            raise NoBundle(f"{path} unpacks to more than a bundle can hold; it is not read")
        left -= len(content)
        parts[about.filename] = content
    return parts


def _checked(path: Path, parts: dict[str, bytes]) -> Mapping[str, bytes]:
    listed = _list(path, parts.pop(LIST, b""))
    if {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()} != listed:
        raise NoBundle(f"{path} is not what its list says: it was changed, or broken on the way; ask for it again")
    return parts


def _list(path: Path, content: bytes) -> dict[str, str]:
    try:
        listed: Any = json.loads(content)
        release, files = listed["format"], {name: about["sha256"] for name, about in listed["files"].items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NoBundle(f"{path} is a zip, but no bundle; name the file that `tillproof bundle` made") from None
    if release != FORMAT:
        raise NoBundle(f"{path} has the form {release!r}, and this release reads {FORMAT}; take a newer Tillproof")
    return files
