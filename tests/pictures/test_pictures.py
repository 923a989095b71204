"""The pictures show what the commands print today, and not what they printed the year before last."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tools.pictures import SCENES, Screen, demo, draw, words
from tools.pictures.__main__ import main

_FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOST_BYTES = 40_000

needs_pty = pytest.mark.skipif(os.name == "nt", reason="there is no pseudo terminal")


def _kept(name: str) -> list[str]:
    return words((_FOLDER / f"{name}.svg").read_text("utf-8"))


def _now(name: str) -> list[str]:
    return words(draw(name, SCENES[name].command, SCENES[name].show()))


def _timeless(line: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\d+", "0", _ID.sub("ID", line)))


def _checks(lines: list[str]) -> list[str]:
    """What the doctor looked at."""
    return [line[6:23].strip() for line in lines if re.match(r"(?:ok|warn|FAIL|--) {2,}\w", line)]


def _titles(lines: list[str]) -> set[str]:
    """What the demo counted: the first column of its table, and the words before the numbers at its end."""
    found = [re.match(r"│ (\w[\w, ]*?) +│ \S+ |(\w[^:│]*): \d+$", line) for line in lines]
    return {title[1] or title[2] for title in found if title}


@pytest.mark.parametrize("name", SCENES)
def test_each_picture_is_there_small_and_alone(name: str) -> None:
    """It begins with its command as it is typed, and has the reader's browser fetch nothing."""
    picture = (_FOLDER / f"{name}.svg").read_text("utf-8")
    assert words(picture)[0] == f"$ {SCENES[name].command}"
    assert len(picture) < _MOST_BYTES
    assert "url(http" not in picture.replace('"', "")
    assert "Traceback" not in picture
    assert "example-secret" not in picture


@needs_pty
def test_explain_prints_what_its_picture_shows() -> None:
    """Line by line, but for times, ids and ports."""
    assert list(map(_timeless, _now("explain"))) == list(map(_timeless, _kept("explain")))


@needs_pty
def test_doctor_looks_at_what_its_picture_shows() -> None:
    """The same checks in the same order; what it finds is another machine's business."""
    checks = _checks(_now("doctor"))
    assert len(checks) > 10
    assert checks == _checks(_kept("doctor"))


@needs_pty
def test_watch_shows_what_its_picture_shows() -> None:
    """A bill that is open, and one that was settled meanwhile."""
    now, kept = _now("watch"), _kept("watch")
    assert [_timeless(now[line]) for line in (1, 3, -1)] == [_timeless(kept[line]) for line in (1, 3, -1)]
    assert "settled APPROVED: bill-1042" in kept[-1]


@needs_pty
def test_demo_counts_what_its_picture_shows() -> None:
    """A lunch of two bills has every title that a longer one has, but for what only a kill brings."""
    titles = _titles(words(draw("demo", "", demo(bills=2, kills=0))))
    assert len(titles) > 15
    assert titles - _titles(_kept("demo")) == set()


def test_a_live_view_leaves_its_last_state() -> None:
    """Lines that are wiped and written anew stand there once, and what comes after them below."""
    screen = Screen()
    screen.write("head\r\none\r\ntwo")
    screen.write("\r\x1b[2K\x1b[1A\x1b[2Kuno\r\n\x1b[31mdos\x1b[0m\x1b[?25h\r\n")
    assert screen.text == "head\nuno\n\x1b[31mdos\x1b[0m"


def test_the_words_of_a_picture_are_those_that_were_drawn() -> None:
    """With their places, so that columns can be told apart."""
    assert words(draw("x", "ls", "a  \x1b[31mb\x1b[0m   <c>\n\nÆØÅ")) == ["$ ls", "a  b   <c>", "", "ÆØÅ"]


def test_a_picture_that_there_is_not_is_refused_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    """Before any is taken."""
    assert main(["sunset"]) == 2
    assert "'sunset'; give some of demo, doctor, explain, watch" in capsys.readouterr().err
