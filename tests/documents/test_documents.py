"""The README and the tutorial, typed by a reader who trusts them."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from tests.documents.walk import Step, steps_of, walk

_HOME = Path(__file__).parents[2]
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{16,64}\b")
_NUMBER = re.compile(r"\d+")
_ALIKE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def _plain(text: str) -> str:
    """Without what differs from one day to the next: ids, times, receipts, ports."""
    return _NUMBER.sub("0", _ID.sub("ID", text))


def unkept(step: Step) -> list[str]:
    """What a document promises of a step and what the step did not print."""
    checker = doctest.OutputChecker()
    return [
        f"{step.commands}promised\n{text}printed\n{step.printed}"
        for text in step.promised
        if not checker.check_output(f"...{_plain(text).strip()}...", _plain(step.printed), _ALIKE)
    ]


def test_the_tutorial_prints_what_it_says(tmp_path: Path) -> None:
    """From an empty folder to a recovered payment, every command and every line of it."""
    steps = walk((_HOME / "docs" / "tutorial.md").read_text("utf-8"), tmp_path)
    assert len(steps) == 11
    assert [told for step in steps for told in unkept(step)] == []
    everything = "".join(step.printed for step in steps)
    assert "Traceback" not in everything
    assert "command not found" not in everything


def test_the_readme_can_be_typed(tmp_path: Path) -> None:
    """Its program and its commands, in the order in which they stand there."""
    steps = walk((_HOME / "README.md").read_text("utf-8"), tmp_path)
    everything = "".join(step.printed for step in steps)
    assert "Traceback" not in everything
    assert "command not found" not in everything
    assert "paid, receipt 000001" in everything
    assert "APPROVED: bill-1043" in everything
    assert "no operation is called 'bill-1044'" in everything
    assert "The day is closed." in everything


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("```sh\necho 41 cards\n```\n```text\n42 cards\n```\n", []),
        ("```sh\necho cards\n```\n```text\ncash\n```\n", ["echo cards\npromised\ncash\nprinted\ncards\n"]),
    ],
)
def test_a_promise_that_is_not_kept_is_seen(document: str, says: list[str], tmp_path: Path) -> None:
    """Numbers may differ, words may not."""
    assert [told for step in walk(document, tmp_path) for told in unkept(step)] == says


def test_files_and_steps_are_told_apart() -> None:
    """A block with a name in front of it is a file, and one of Python without a name is typed."""
    steps, files = steps_of("Write `a.toml`:\n```toml\nx = 1\n```\nThen:\n```python\nprint(1)\n```\n```sh\nls\n```\n")
    assert files == {"a.toml": "x = 1\n"}
    assert [step.commands for step in steps] == ["python -c 'print(1)\n'\n", "ls\n"]
