"""The report: what each part counted, kept as data in ``docs/evidence.json`` and told in ``docs/evidence.md``."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.prove.part import PARTS, Part, Result, Slice

_DOCS = Path(__file__).parents[2] / "docs"
DATA = _DOCS / "evidence.json"
PAGE = _DOCS / "evidence.md"

_HEAD = """# The evidence

Written by `make prove`, which does all of this again. `make prove SLICE=quick` does a little of each, with every
`make test`. Each trial is told with the faults that were planted to see whether it would notice.
"""

_TAIL = """## What was not measured

- Disks that lie about a flush, and controllers that reorder behind one: a power cut here is a disk image that the
  standard allows, not a plug that was pulled.
- The real terminal. Every claim about it is a named switch, told in [switches.md](switches.md) and tried in both
  positions at a simulator.
- Windows: its locks and its file system were written for and never run.
"""


def line(part: Part, result: Result, took_s: float) -> str:
    """One line of the terminal's table."""
    if result.not_measured and not result.counts:
        return f"{part.name:<12} not measured"
    counted = ", ".join(f"{count.number:,} {count.what}" for count in result.counts)
    caught = sum(control.caught for control in result.controls)
    verdict = "ok" if not result.complaints else f"{len(result.complaints)} PROBLEMS"
    return f"{part.name:<12} {verdict}: {counted}; {caught} of {len(result.controls)} planted caught; {took_s:.0f} s"


def keep(part: Part, wanted: Slice, result: Result, *, seed: int, took_s: float) -> None:
    """Put a result in the place of the part's last one of the same slice, and write the page anew.

    Long runs are kept by their seed as well: what takes half a day can be done in several sittings, and they add up.
    """
    data = json.loads(DATA.read_text("utf-8")) if DATA.exists() else {}
    kept = data.setdefault(part.name, {})
    kept["claim"] = part.claim
    run = {
        **asdict(_plain(result)),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "seed": seed,
        "took_s": round(took_s),
        "machine": machine(),
        "revision": revision(),
    }
    if wanted is Slice.LONG:
        kept[wanted] = {**kept.get(wanted, {}), str(seed): run}
    else:
        kept[wanted] = run
    DATA.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")
    PAGE.write_text(page(data), "utf-8")


def _plain(result: Result) -> Result:
    # ``asdict`` would make a Counter of the pairs of a Counter.
    return replace(result, never=dict(result.never), doubts=dict(result.doubts), figures=dict(result.figures))


def machine() -> str:
    """What it ran on, in a line."""
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    )


def revision() -> str:
    """The commit that was tried, with a plus where something was changed in it; empty outside a clone."""
    git = shutil.which("git")
    if git is None:
        return ""
    asked = ("rev-parse --short HEAD", "status --porcelain --untracked-files=no -- . :!docs/evidence.*")
    commit, changes = (
        subprocess.run(
            [git, "-C", str(_DOCS.parent), *words.split()], capture_output=True, text=True, check=False
        ).stdout.strip()
        for words in asked
    )
    return f"{commit}+" if changes else commit


def page(data: Mapping[str, Any]) -> str:
    """The page, from the data."""
    return "\n".join((_HEAD, *_summary(data), "", *_sections(data), _TAIL))


def _summary(data: Mapping[str, Any]) -> Iterator[str]:
    yield "| part | tried | went wrong | planted faults caught |"
    yield "|---|---|---|---|"
    for name in filter(data.__contains__, PARTS):
        told = data[name].get(Slice.FULL) or next(iter(data[name][Slice.LONG].values()))
        tried = "<br>".join(f"{count['number']:,} {count['what']}" for count in told["counts"])
        wrong = "<br>".join(f"{times:,} {what}" for what, times in told["never"].items())
        caught = sum(control["caught"] for control in told["controls"])
        yield f"| [{name}](#{name}) | {tried} | {wrong} | {caught} of {len(told['controls'])} |"


def _sections(data: Mapping[str, Any]) -> Iterator[str]:
    for name in filter(data.__contains__, PARTS):
        yield f"## {name}\n"
        yield f"{data[name]['claim']}\n"
        if Slice.FULL in data[name]:
            yield from _run(Slice.FULL, data[name][Slice.FULL])
        runs = list(data[name].get(Slice.LONG, {}).values())
        if len(runs) > 1:
            yield from _sum(runs)
        for run in runs[-1:]:
            yield from _run(Slice.LONG, run)


def _sum(runs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What long runs with several seeds come to together, and which they were; the newest is told in full after it."""
    yield f"*long, {len(runs)} runs with different seeds, together*\n"
    for what, number in _added(runs, lambda run: {count["what"]: count["number"] for count in run["counts"]}).items():
        yield f"- {number:,} {what}"
    for what, times in _added(runs, lambda run: run["never"]).items():
        yield f"- **{times:,}** {what}"
    yield ""
    yield f"| seed | date | commit | seconds | {runs[0]['counts'][0]['what']} | planted faults caught |"
    yield "|---|---|---|---|---|---|"
    for run in runs:
        caught = sum(control["caught"] for control in run["controls"])
        yield (
            f"| {run['seed']} | {run['date']} | {run['revision']} | {run['took_s']:,} | {run['counts'][0]['number']:,} "
            f"| {caught} of {len(run['controls'])} |"
        )
    yield ""


def _added(
    runs: Sequence[Mapping[str, Any]], numbers: Callable[[Mapping[str, Any]], Mapping[str, int]]
) -> Counter[str]:
    total: Counter[str] = Counter()
    for run in runs:
        total.update(numbers(run))
    return total


def _run(wanted: Slice, told: Mapping[str, Any]) -> Iterator[str]:
    commit = f", commit {told['revision']}" if told.get("revision") else ""
    yield f"*{wanted}, {told['date']}{commit}, seed {told['seed']}, {told['took_s']:,} s, {told['machine']}*\n"
    for count in told["counts"]:
        yield f"- {count['number']:,} {count['what']}"
    for what, times in told["never"].items():
        yield f"- **{times:,}** {what}"
    for what, figure in told["figures"].items():
        yield f"- {what}: {figure}"
    for problem in told["problems"]:
        yield f"- **problem:** {problem}"
    yield ""
    if told["doubts"]:
        yield "| stays in doubt, because | operations |"
        yield "|---|---|"
        for reason, times in told["doubts"].items():
            yield f"| {reason} | {times:,} |"
        yield ""
    if told["controls"]:
        yield "| planted | caught | by |"
        yield "|---|---|---|"
        for control in told["controls"]:
            yield f"| {control['fault']} | {'yes' if control['caught'] else '**no**'} | {control['by']} |"
        yield ""
