"""Events: the list is what the code writes, and one line tells all of an operation."""

from __future__ import annotations

import ast
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from recovery import News
from recovery.watching import OVERDUE_S
from tests.observe.conftest import CARD, KEYS, Lunch
from tools.observe import EVENTS, Level

_HOME = Path(__file__).parents[2]
_SOURCES = [
    *(file for room in ("engine", "journal", "recovery") for file in sorted((_HOME / room).rglob("*.py"))),
    *sorted(_HOME.glob("tillproof*.py")),
]
_BY_NAME = {event.name: event for event in EVENTS}

Written = tuple[str, str, frozenset[str] | None]
"""An event's name, its level, and its fields; None where they are made elsewhere."""


def _is_log(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "log"


def _levels(tree: ast.AST) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Variables that hold a level of the log: ``level = log().info if … else log().warning``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            held = [
                each.attr for each in ast.walk(node.value) if isinstance(each, ast.Attribute) and _is_log(each.value)
            ]
            yield from [(node.targets[0].id, tuple(held))] if held else []


def _names(node: ast.expr) -> list[str]:
    """The names that the first argument can have; the only one that is put together is that of the watch's news."""
    if isinstance(node, ast.JoinedStr):
        assert ast.unparse(node) == "f'watch.{news}'"
        return [f"watch.{news}" for news in News]
    assert isinstance(node, ast.Constant)
    return [str(node.value)]


def _written(tree: ast.AST) -> Iterator[Written]:
    """Every event that a file writes."""
    held = dict(_levels(tree))
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr=level)) if _is_log(inner):
                levels: tuple[str, ...] = (level,)
            case ast.Call(func=ast.Name(id=name)) if name in held:
                levels = held[name]
            case _:
                continue
        fields = [keyword.arg for keyword in node.keywords]
        told = None if None in fields else frozenset(str(field) for field in fields)
        yield from ((name, level, told) for name in _names(node.args[0]) for level in levels)


_ALL = [each for file in _SOURCES for each in _written(ast.parse(file.read_text("utf-8")))]


def test_every_event_is_on_the_list_and_every_one_of_the_list_is_written() -> None:
    """Whoever greps the page for a line of his log finds it, and waits for none that never comes."""
    assert {name for name, _, _ in _ALL} == set(_BY_NAME)
    assert len(EVENTS) == len(_BY_NAME)


def test_every_event_has_the_level_and_the_fields_of_the_list() -> None:
    """A filter that was written from the page works."""
    news = {f"watch.{each}" for each in News}
    wrong = [
        (name, level, fields)
        for name, level, fields in _ALL
        if (name not in news and level != _BY_NAME[name].level)
        or (fields is not None and fields != frozenset(_BY_NAME[name].fields))
    ]
    assert wrong == []
    assert {name for name, _, fields in _ALL if fields is None} == {"operation.finished"}


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("log().info('a.b', c=1)", [("a.b", "info", frozenset({"c"}))]),
        ("def f():\n log().error('a.b', **c)", [("a.b", "error", None)]),
        (
            "x = log().info if y else log().warning\nx('a.b')",
            [("a.b", "info", frozenset()), ("a.b", "warning", frozenset())],
        ),
    ],
)
def test_the_walk_finds_events_in_each_form(source: str, told: list[Written]) -> None:
    """A check that finds nothing would be green for ever."""
    assert list(_written(ast.parse(source))) == told


def test_no_other_way_to_the_log_is_taken() -> None:
    """What the walk would not see must not be there: the function is called, and goes nowhere by another name."""
    strangers = [
        file.name
        for file in _SOURCES
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if (isinstance(node, ast.Name) and node.id == "getLogger")
        or (isinstance(node, ast.Attribute) and node.attr in {"getLogger", "get_logger"})
    ]
    assert strangers == ["events.py", "events.py"]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[list[dict[str, object]]]:
    """What the till writes to its log, filled at the end of each look."""
    caplog.set_level(logging.INFO, logger="tillproof")
    told: list[dict[str, object]] = []

    class _Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            assert isinstance(record.msg, dict)
            told.append({**record.msg, "level": record.levelname.lower()})

    keep = _Keep()
    logging.getLogger("tillproof").addHandler(keep)
    yield told
    logging.getLogger("tillproof").removeHandler(keep)


def test_there_is_one_canonical_line_for_each_operation(lunch: Lunch, lines: list[dict[str, object]]) -> None:
    """Whoever ended it, and however often it is asked for afterwards; and its fields are those of the list."""
    lunch.every_ending()
    lunch.doubt()
    lunch.late_success()
    lunch.till.settle("bill-1")
    ends = [line for line in lines if line["event"] == "operation.finished"]
    assert [(end["reference"], end["outcome"], end["reply_lost"]) for end in ends] == [
        ("bill-1", "approved", False),
        ("bill-2", "declined", False),
        ("bill-3", "approved", True),
        ("bill-4", "not_performed", True),
    ]
    listed = _BY_NAME["operation.finished"]
    for end in ends:
        fields = end.keys() - {"event", "level"}
        assert fields <= listed.fields.keys()
        assert listed.fields.keys() - fields <= listed.optional
        assert isinstance(end["took_s"], float)
        assert 0 <= end["took_s"] < 60


def test_a_lunch_with_a_late_success_writes_these_lines(lunch: Lunch, lines: list[dict[str, object]]) -> None:
    """Lost, parked, ruled on, contradicted: each at its level."""
    lunch.doubt()
    lunch.late_success()
    assert [(line["event"], line["level"]) for line in lines] == [
        ("operation.lost", Level.WARNING),
        ("operation.parked", Level.WARNING),
        ("operation.finished", Level.INFO),
        ("operation.contradicted", Level.ERROR),
    ]


def test_the_news_of_the_watch_have_the_levels_of_the_list() -> None:
    """The walk sees that there are two, and not which is whose."""
    assert {news: _BY_NAME[f"watch.{news}"].level for news in News} == {
        News.SETTLED: Level.INFO,
        News.ALARM: Level.WARNING,
        News.OVERDUE: Level.WARNING,
    }
    assert f"for {OVERDUE_S:.0f} seconds" in _BY_NAME["watch.overdue"].when


def test_what_must_stay_hidden_is_in_no_line(talkative: None, lunch: Lunch, lines: list[dict[str, object]]) -> None:
    """The terminal says a card number and both keys in every text; the number comes masked, the keys not at all."""
    lunch.every_ending()
    lunch.doubt()
    told = str(lines)
    assert "KORT ************0004" in told
    assert [word for word in (CARD, *KEYS) if word in told] == []


def _printed_by_the_page(*, person: bool) -> str:
    """What the program of the page prints for one event, run as it stands there."""
    page = (_HOME / "docs" / "events.md").read_text("utf-8")
    (program,) = re.findall(r"```python\n(import structlog.*?)```", page, re.DOTALL)
    machine, console = re.findall(r"`(structlog\.\w+\.\w+\(\))`", page)[::-1]
    assert program.count(machine) == 1
    program = program.replace(machine, console) if person else program
    event = "\nfrom engine import log\nlog().warning('operation.lost', operation_id='x', reason='y')\n"
    done = subprocess.run(
        [sys.executable, "-c", program + event], capture_output=True, text=True, check=True, cwd=_HOME
    )
    assert done.stdout == ""
    return done.stderr


def test_the_configuration_of_the_page_writes_json() -> None:
    """One document a line, on stderr, because stdout may be a slip."""
    told = json.loads(_printed_by_the_page(person=False))
    del told["timestamp"]
    assert told == {"event": "operation.lost", "level": "warning", "operation_id": "x", "reason": "y"}


def test_with_the_other_renderer_of_the_page_it_writes_for_a_person() -> None:
    """The same event and fields, in columns."""
    told = re.sub(r"\x1b\[[0-9;]*m", "", _printed_by_the_page(person=True))
    assert re.search(r"\[warning *\] operation\.lost +operation_id=x reason=y", told)
