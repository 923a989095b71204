"""Fuzzing: some millions of texts for everything that reads what others wrote, and what came of them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_HANG_S = 1
"""A text that is read for longer is a hang."""

_TOKENS = (b'""', b"[]", b"{}", b"null", b"true", b"1E9", b"-1", b"\\u0000", b"\n[", b"9" * 40)
_WORD = re.compile(rb"[A-Za-z_]{4,}")

_EXECUTED = re.compile(r"stat::number_of_executed_units: (\d+)")
_ERROR = re.compile(r"=== Uncaught Python exception: ===\n(.+)")
_HANGS = 70
"""libFuzzer's exit code for a text that took too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """So many executions of one target, with dice of their own."""

    target: str
    runs: int
    seed: int
    longest: int
    folder: Path
    """Holds the corpus of the target, which all its batches add to, and what is found."""

    @property
    def corpus(self) -> Path:
        """Where the target's texts are that reached something new."""
        return self.folder / "corpus" / self.target

    @property
    def words(self) -> Path:
        """What a text of the target is made of, one a line, quoted."""
        return self.folder / f"{self.target}.words"

    def sow(self, seeds: Iterable[bytes]) -> None:
        """Lay out what the target's first batch begins with."""
        self.corpus.mkdir(parents=True)
        words = set(_TOKENS)
        for number, seed in enumerate(seeds):
            (self.corpus / f"seed-{number}").write_bytes(seed)
            words.update(_WORD.findall(seed))
        lines = ('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"' for word in sorted(words))
        self.words.write_text("\n".join(lines) + "\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a batch did: executions, and a sentence if one of them did not end as it may."""

    target: str
    executed: int
    problem: str | None = None
    stalls: int = 0
    """How often the machine, and not the reader, took a second: the same text was read at once when it came again."""


def fuzz(batch: Batch) -> Found:
    """Do a batch. A function of a module, so that it can be done in a process of its own."""
    executed = stalls = 0
    while executed < batch.runs:
        ended = _run(batch, batch.runs - executed, batch.seed + stalls)
        done = int(told[1]) if (told := _EXECUTED.search(ended.stderr)) else 0
        executed += done
        if ended.returncode == 0:
            if not done:
                return Found(target=batch.target, executed=executed, problem=f"{batch.target}: nothing was executed")
            continue
        text = next(iter(sorted(path for path in _findings(batch).glob("*-*") if path.is_file())), None)
        if ended.returncode == _HANGS and text is not None and _again(batch, text).returncode == 0:
            stalls += 1
            text.unlink()
            continue
        return Found(target=batch.target, executed=executed, problem=_sentence(batch, ended, text), stalls=stalls)
    return Found(target=batch.target, executed=executed, stalls=stalls)


def _findings(batch: Batch) -> Path:
    folder = batch.folder / f"found-{batch.target}-{batch.seed}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _run(batch: Batch, runs: int, seed: int) -> subprocess.CompletedProcess[str]:
    return _fuzzer(
        batch,
        f"-runs={runs}",
        f"-seed={seed}",
        f"-dict={batch.words}",
        f"-max_len={batch.longest}",
        f"-artifact_prefix={_findings(batch)}/",
        "-rss_limit_mb=0",
        "-print_final_stats=1",
        "-verbosity=0",
        str(batch.corpus),
    )


def _again(batch: Batch, text: Path) -> subprocess.CompletedProcess[str]:
    return _fuzzer(batch, "-rss_limit_mb=0", f"-artifact_prefix={_findings(batch)}/again-", str(text))


def _fuzzer(batch: Batch, *options: str) -> subprocess.CompletedProcess[str]:
    folder = _findings(batch) / "place"
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.prove.fuzz.fuzzer", batch.target, str(folder), f"-timeout={_HANG_S}"]
    # Latin-1 reads whatever a fuzzer prints.
    return subprocess.run(
        [*command, *options], capture_output=True, check=False, encoding="latin-1", cwd=Path(__file__).parents[3]
    )


def _sentence(batch: Batch, ended: subprocess.CompletedProcess[str], text: Path | None) -> str:
    """What was found, and the very bytes to find it with again."""
    told = ended.stderr + ended.stdout
    error = _ERROR.search(told)
    if ended.returncode == _HANGS:
        what = f"reads for longer than {_HANG_S} s"
    elif error:
        what = f"raises {error[1].strip()}"
    else:
        what = f"ends its process with {ended.returncode}: {told.strip()[-300:]}"
    data = text.read_bytes() if text else b""
    return f"{batch.target} {what}, given {data[:300]!r}{' and so on' if len(data) > 300 else ''} (seed {batch.seed})"
