"""One search: the model with some switches set, compiled, and run to the end or to the first error."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

MODEL = Path(__file__).with_name("till.pml")

_DEEPEST = 100_000
_MOST_MEMORY_MB = 6_000
_LONGEST_S = 900.0

_VIOLATED = re.compile(r"assertion violated\s+!\(?(\w+)\)?")
_STATES = re.compile(r"^\s*(\d+) states, stored", re.MULTILINE)
_ERRORS = re.compile(r"errors: (\d+)$", re.MULTILINE)
_CUT_SHORT = ("max search depth too small", "out of memory", "Search not completed", "memory limit", "hash array")
"""What Spin says when it did not visit everything; a bit-state search, which may miss states, has a "hash array"."""

_STORY = re.compile(r"^\s*((?:Till|Order|Question|The|Somebody|A) .+\.)$", re.MULTILINE)
"""The sentences that the model prints when a trail is played back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What to search. ``switches`` are those of ``till.pml``, as NAME or NAME=VALUE."""

    name: str
    switches: tuple[str, ...]
    folder: Path
    shortest: bool = False
    """Breadth first: slower, but the first error is the shortest story."""

    @property
    def command(self) -> str:
        """How to see it again."""
        return f"spin {' '.join(self._flags)} -search -DSAFETY till.pml".replace("  ", " ")

    @property
    def _flags(self) -> list[str]:
        return [f"-D{switch}" for switch in self.switches]


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What came of a search. ``violated`` is the assertion that failed; ``story`` how, in sentences."""

    search: Search
    states: int
    complete: bool
    violated: str | None
    story: tuple[str, ...]
    said: str


def search(wanted: Search) -> Searched:
    """Compile the model and visit its states; a process of its own does the work."""
    folder = Path(tempfile.mkdtemp(dir=wanted.folder))
    flags = wanted._flags
    _run(folder, "spin", *flags, "-a", str(MODEL))
    order = ["-O0", "-DBFS"] if wanted.shortest else ["-O2", "-DCOLLAPSE"]
    limits = [f"-DMEMLIM={_MOST_MEMORY_MB}", "-DSAFETY", "-DNOREDUCE"]
    _run(folder, "cc", "-w", *order, *limits, "-o", "pan", "pan.c")
    said = _run(folder, "./pan", f"-m{_DEEPEST}", *(("-w20",) if wanted.shortest else ()))
    trail = folder / f"{MODEL.name}.trail"
    story = _STORY.findall(_run(folder, "spin", *flags, "-t", "-k", str(trail), str(MODEL))) if trail.exists() else []
    return read(wanted, said, tuple(story))


def read(wanted: Search, said: str, story: tuple[str, ...] = ()) -> Searched:
    """Read what the search printed, strictly: whatever it does not say plainly counts against it."""
    states, errors, violated = _STATES.search(said), _ERRORS.search(said), _VIOLATED.search(said)
    finished = states is not None and errors is not None and not any(words in said for words in _CUT_SHORT)
    return Searched(
        search=wanted,
        states=int(states.group(1)) if states else 0,
        complete=finished and errors is not None and errors.group(1) == "0" and "pan:1:" not in said,
        violated=violated.group(1) if violated else None,
        story=story,
        said=said,
    )


def _run(folder: Path, *command: str) -> str:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=_LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"Search not completed: {command[0]} took longer than {_LONGEST_S:.0f} s"
    return done.stdout + done.stderr
