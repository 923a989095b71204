"""The file system that the journal is on: one that keeps what it was given, with locks that hold?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tools.doctor.line import Line, failure, good, unchecked, warning
from tools.doctor.patient import Patient

MOUNTS = Path("/proc/self/mountinfo")
"""Linux: a line for each mount."""

MEMORY = frozenset({"tmpfs", "ramfs"})
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "fuse.glusterfs", "fuse.sshfs"}
    | {"fuse.rclone", "fuse.s3fs", "davfs", "fuse.davfs2", "gfs2", "ocfs2", "lustre"}
)
_SHARED = frozenset({"9p", "virtiofs", "vboxsf", "fuse.vmhgfs-fuse", "drvfs"})
"""Folders of the computer outside a virtual machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """Where a file system hangs in the tree, what it is, and whether it may be written."""

    point: str
    kind: str
    read_only: bool


def mount_of(folder: Path) -> Mount | None:
    """The mount that a folder is on; None where the system does not tell."""
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    place = PurePosixPath(folder.resolve())
    found = [mount for mount in map(_mount, lines) if mount is not None and place.is_relative_to(mount.point)]
    # Of two at one place the later one covers the earlier.
    return max(reversed(found), key=lambda mount: len(mount.point), default=None)


def filesystem(patient: Patient) -> Iterator[Line]:
    """What it is, and what that means for a journal."""
    mount = mount_of(patient.folder)
    if mount is None:
        yield unchecked("file system", "this system does not tell; a journal needs a local disk, not a network share")
        return
    told = f"{mount.kind} at {mount.point}"
    elsewhere = "move the journal to a local disk, while no till runs"
    if mount.read_only:
        yield failure("file system", f"{told}, mounted for reading only", "mount it for writing; look for disk errors")
    elif mount.kind in MEMORY:
        yield failure("file system", f"{told}: this is memory, and a restart loses every paid bill", elsewhere)
    elif mount.kind in _NETWORK:
        yield failure("file system", f"{told}: on a network share locks and flushes do not hold", elsewhere)
    elif mount.kind in _SHARED:
        yield warning("file system", f"{told}: a folder of another computer, whose locks may not hold", elsewhere)
    elif mount.kind == "overlay":
        yield warning(
            "file system",
            f"{told}: a container's own layer, which goes when the container goes",
            "put the journal on a volume",
        )
    else:
        yield good("file system", told, measured={"kind": mount.kind, "mounted_at": mount.point})


def _mount(line: str) -> Mount | None:
    """A line such as ``36 35 98:0 /root /mnt rw,noatime shared:1 - ext3 /dev/root rw``."""
    before, _, after = line.partition(" - ")
    left, right = before.split(" "), after.split(" ")
    if len(left) < _FIELDS_BEFORE or len(right) < _FIELDS_AFTER:
        return None
    options = {*left[5].split(","), *right[2].split(",")}
    return Mount(point=_unescaped(left[4]), kind=right[0], read_only="ro" in options)


_FIELDS_BEFORE, _FIELDS_AFTER = 6, 3


def _unescaped(text: str) -> str:
    """Blanks in it are written as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)
