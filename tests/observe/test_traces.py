"""Traces: a span for each operation, with the times of its facts, and nothing that must stay hidden."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import tillproof
import tillproof_traces
from tests.observe.conftest import CARD, KEYS, Lunch


class _Traced:
    """Where the spans go."""

    def __init__(self, till: tillproof.Till) -> None:
        self.exporter = InMemorySpanExporter()
        # Else it lives to the end of the program, and starts threads in every child that a later test forks.
        self.provider = TracerProvider(shutdown_on_exit=False)
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        tillproof_traces.trace(till, self.provider)

    def tree(self) -> list[tuple[str, list[tuple[str, object]]]]:
        """The name of each operation's span, and the names and errors of those within it."""
        spans = self.exporter.get_finished_spans()
        return [
            (
                span.name,
                [(inner.name, (inner.attributes or {}).get("error.type")) for inner in spans if _within(inner, span)],
            )
            for span in spans
            if span.parent is None
        ]


def _within(inner: ReadableSpan, outer: ReadableSpan) -> bool:
    return inner.parent is not None and outer.context is not None and inner.parent.span_id == outer.context.span_id


@pytest.fixture
def traced(till: tillproof.Till) -> _Traced:
    """A till that is traced."""
    return _Traced(till)


def test_each_operation_is_a_span_with_its_stretches(lunch: Lunch, traced: _Traced) -> None:
    """What was answered was sent; what was lost was also settled."""
    lunch.every_ending()
    assert traced.tree() == [
        ("tillproof payment", [("tillproof send", None)]),
        ("tillproof payment", [("tillproof send", None)]),
        ("tillproof payment", [("tillproof send", "reply_lost"), ("tillproof settle", None)]),
    ]


def test_a_span_says_what_when_and_with_which_outcome(lunch: Lunch, traced: _Traced) -> None:
    """Its times are those of the first fact and of the last."""
    lunch.pay()
    send, span = traced.exporter.get_finished_spans()
    outcome = lunch.till.outcome_of("bill-1")
    assert dict(span.attributes or {}) == {
        "tillproof.operation.id": outcome.operation_id,
        "tillproof.operation.reference": "bill-1",
        "tillproof.operation.kind": "payment",
        "tillproof.terminal": "bar",
        "tillproof.outcome": "approved",
        "tillproof.evidence": "reply",
        "tillproof.amount_minor": 12500,
        "tillproof.currency": "NOK",
        "tillproof.reply_lost": False,
    }
    assert [time is not None and time / 1e9 for time in (span.start_time, span.end_time)] == pytest.approx(
        [datetime.fromisoformat(at).timestamp() for at in (outcome.opened_at, outcome.updated_at)]
    )
    assert (send.attributes or {}).keys() == {"server.address", "server.port"}


def test_a_span_lies_within_that_of_the_caller(lunch: Lunch, traced: _Traced) -> None:
    """The POS sees the payment in its own trace."""
    with traced.provider.get_tracer("pos").start_as_current_span("table 12"):
        lunch.pay()
    (outer,) = (span for span in traced.exporter.get_finished_spans() if span.name == "table 12")
    assert [span.name for span in traced.exporter.get_finished_spans() if _within(span, outer)] == ["tillproof payment"]


def test_a_bill_in_doubt_is_told_by_whoever_ends_it(lunch: Lunch, till_config: Path) -> None:
    """After a crash, too: another till tells the whole of it, and a person's time is a stretch like others."""
    lunch.doubt()
    lunch.till.close()
    with tillproof.open(till_config) as other:
        traced = _Traced(other)
        assert traced.tree() == []
        lunch.rule(other, "bill-1")
    assert traced.tree() == [
        ("tillproof payment", [("tillproof send", "reply_lost"), ("tillproof settle", None)]),
    ]


def test_a_terminal_that_is_not_configured_any_more_has_no_address(lunch: Lunch, till_config: Path) -> None:
    """It was taken away with a bill in doubt on it; what became of that is a span all the same."""
    lunch.doubt()
    lunch.till.close()
    till_config.write_text(till_config.read_text("utf-8").replace("[terminals.bar]", "[terminals.kiosk]"), "utf-8")
    with tillproof.open(till_config) as other:
        traced = _Traced(other)
        other.resolve("bill-1", "approved", by="Kari", reason="the slip")
    send = next(span for span in traced.exporter.get_finished_spans() if span.name == "tillproof send")
    assert dict(send.attributes or {}) == {"error.type": "reply_lost"}


def test_what_has_no_amount_and_never_left_is_a_span_too(lunch: Lunch, traced: _Traced) -> None:
    """A capture while the terminal is off."""
    lunch.terminal.stop()
    lunch.till.capture(terminal="bar", reference="evening")
    (span,) = traced.exporter.get_finished_spans()
    assert span.name == "tillproof capture"
    assert (span.attributes or {})["tillproof.outcome"] == "not_performed"
    assert "tillproof.currency" not in (span.attributes or {})


def test_what_must_stay_hidden_is_in_no_span(talkative: None, lunch: Lunch, traced: _Traced) -> None:
    """The terminal says a card number and both keys in every text; not even the masked text is taken along."""
    lunch.every_ending()
    assert "KORT ************0004" in lunch.till.outcome_of("bill-1").reason  # it was said, and the till has heard it
    told = "".join(span.to_json() for span in traced.exporter.get_finished_spans())
    assert "bill-3" in told
    assert [word for word in (CARD, *KEYS, "KORT") if word in told] == []


def test_without_the_extra_it_is_named(till: tillproof.Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no traceback."""
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", None)
    with pytest.raises(tillproof.BadInput, match=r"pip install 'tillproof\[otel\]'"):
        tillproof_traces.trace(till)
