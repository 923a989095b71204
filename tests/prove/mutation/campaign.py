"""Mutation: change the code in every small way, one at a time, and see whether a test notices."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.prove.mutation.mutants import Mutant

ROOT = Path(__file__).parents[3]

_COPIED = (
    "engine",
    "journal",
    "recovery",
    "tools",
    "tests",
    "docs",
    "packaging",
    "tillproof.py",
    "tillproof_till.py",
    "pyproject.toml",
)
_BESIDE = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile")
"""What some tests read."""

_FEW_FIRST = Path(__file__).with_name("few_first.py")

_PROGRESS = re.compile(r"(\d+)/(\d+)  ")

_LAST_WORDS = 2000


class NotTried(Exception):
    """Mutmut could not do its work; the message is the end of what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """Which files are changed, which tests have to notice, and which changes are tried, by their names.

    A pattern that fits names of functions makes mutmut run their tests by name before it changes anything. That is
    needed: a test whose name is another one when it is collected again would not be found, and count as failed.
    """

    files: Sequence[str]
    tests: Sequence[str]
    patterns: Sequence[str] = ("*",)


def lay_out(folder: Path, campaign: Campaign) -> Path:
    """Copy the project, because mutmut works in the folder that it is in, and say what is to be done."""
    tree = folder / "tree"
    tree.mkdir(parents=True)
    for name in (*_COPIED, *_BESIDE):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / name).exists():
            shutil.copy2(ROOT / name, tree / name)
    return configure(tree, campaign, source=("engine", "journal", "recovery"), also=(*_COPIED, *_BESIDE))


def configure(tree: Path, campaign: Campaign, *, source: Sequence[str], also: Sequence[str]) -> Path:
    """Write mutmut's settings into the copy."""
    # Beside the tests, where pytest finds it: in the copy it is not a part of the project.
    shutil.copy2(_FEW_FIRST, tree)
    settings = {
        "source_paths": [*source],
        "only_mutate": [*campaign.files],
        "also_copy": [
            _FEW_FIRST.name,
            *(name for name in also if name not in source and (tree / name).exists()),
        ],
        # One second more than a test may take on a busy machine is no reason to call a mutant noticed.
        "timeout_constant": 5.0,
        "pytest_add_cli_args": ["-p", _FEW_FIRST.stem, "-p", "no:cacheprovider", "-o", "timeout=0"],
        "pytest_add_cli_args_test_selection": [*campaign.tests],
        "use_git_change_detection": False,
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    with (tree / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n".join(["", "[tool.mutmut]", *lines, ""]))
    return tree


def mutate(tree: Path, campaign: Campaign, *, children: int, tell: Callable[[int, int], None]) -> list[Mutant]:
    """Try the changes, and give every one that was tried with its fate.

    Raises:
        NotTried: the tests fail without any change, or mutmut itself does.
    """
    command = [sys.executable, "-c", "from mutmut.__main__ import cli; cli()", "run", "--max-children", str(children)]
    with subprocess.Popen(
        [*command, *campaign.patterns],
        cwd=tree,
        env=_environment(tree),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        said = _listen(process, tell)
    if process.returncode != 0:
        raise NotTried(said)
    return list(_told(tree))


def _listen(process: subprocess.Popen[str], tell: Callable[[int, int], None]) -> str:
    """Pass on how far it has come; the end of what was said."""
    said = ""
    assert process.stdout is not None  # it is a pipe
    for line in process.stdout:  # a carriage return ends a line as well
        said = (said + line)[-_LAST_WORDS:]
        if progress := _PROGRESS.search(line):
            tell(int(progress[1]), int(progress[2]))
    return said


def _told(tree: Path) -> Iterator[Mutant]:
    command = [sys.executable, "-m", "tests.prove.mutation.told"]
    environment = {**_environment(tree), "PYTHONPATH": str(ROOT)}
    told = subprocess.run(command, cwd=tree, env=environment, capture_output=True, check=False, encoding="utf-8")
    if told.returncode != 0:
        raise NotTried(told.stderr[-_LAST_WORDS:])
    for mutant in json.loads(told.stdout):
        yield Mutant(**mutant)


def _environment(tree: Path) -> dict[str, str]:
    """Without a path to the product as it is: the tests must meet the changed one. Their files lie beside the copy."""
    own = tree.with_name(tree.name + "-files")
    own.mkdir(exist_ok=True)
    return {**{name: value for name, value in os.environ.items() if name != "PYTHONPATH"}, "TMPDIR": str(own)}
