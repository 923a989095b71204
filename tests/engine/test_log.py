"""The log: where events go, and that nobody has to load anything for it."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import structlog

from engine import log

_HOME = Path(__file__).parents[2]


def test_events_go_where_the_program_has_sent_them() -> None:
    """Where structlog is configured, its processors get the event and its keys."""
    with structlog.testing.capture_logs() as caught:
        log().warning("reply.replayed", stamp=7)
    structlog.reset_defaults()
    assert caught == [{"event": "reply.replayed", "stamp": 7, "log_level": "warning"}]


def test_without_structlog_they_are_records_with_the_keys_in_text_and_apart(caplog: pytest.LogCaptureFixture) -> None:
    """A person reads the text; a handler that makes JSON takes the keys, and is told who logged."""
    with caplog.at_level(logging.INFO, logger="tillproof"):
        log().info("operation.finished", receipt_number="000123", total_minor=500)
    (record,) = caplog.records
    assert record.getMessage() == "event='operation.finished' receipt_number='000123' total_minor=500"
    assert record.msg == {"event": "operation.finished", "receipt_number": "000123", "total_minor": 500}
    assert (record.name, record.levelname, record.filename) == ("tillproof", "INFO", "test_log.py")


def test_a_structlog_that_is_just_being_imported_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Another thread may be at it; a payment must not fail over a name that is not there yet."""
    monkeypatch.setitem(sys.modules, "structlog", ModuleType("structlog"))
    log().error("late.success")
    assert [record.getMessage() for record in caplog.records] == ["event='late.success'"]


def test_a_program_that_does_not_use_structlog_does_not_load_it() -> None:
    """It takes longer to load than a payment takes."""
    script = "import sys, tillproof, engine; engine.log().info('x'); print('structlog' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=_HOME)
    assert told.stdout == "False\n"
