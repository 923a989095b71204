"""Traces for OpenTelemetry: ``pip install 'tillproof[otel]'``, and the SDK that the program has chosen.

    import tillproof, tillproof_traces
    with tillproof.open("tillproof.toml") as till:
        tillproof_traces.trace(till)

One span for each operation, told when it has ended, and within it one for each of its stretches: ``send``, ``settle``
where the reply was lost, ``rule`` where a person had to. Their times are those of the facts, so an operation that a
crash has cut in two is still one span, told by whoever ended it. It lies within the caller's own span, where the caller
was there at its end.

A span tells what, when and with which outcome. It carries no sentence, neither ours nor the terminal's: there is
nothing in it in which the number of a card could stand. We also considered a span that is begun when the order is sent;
a crash, the one case that somebody wants to see, would have lost it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import tillproof
from engine import FactKind

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Tracer, TracerProvider

__all__ = ["trace"]

_STRETCHES: Mapping[str, str] = {
    FactKind.DISPATCHED: "send",
    FactKind.LOST_TRACK: "settle",
    FactKind.ESCALATED: "rule",
}
"""What begins with a fact; it ends with the next."""

_FAILED: Mapping[str, str] = {FactKind.LOST_TRACK: "reply_lost", FactKind.NOT_DELIVERED: "not_delivered"}
_ASIDE = frozenset({FactKind.ABORT_REQUESTED})
"""Changes nothing, and may stand between any two."""


def trace(till: tillproof.Till, tracer_provider: TracerProvider | None = None) -> None:
    """Tell every operation that ends in this program as a span; to the global provider, if none is given.

    Raises:
        BadInput: the extra is not installed.
    """
    try:
        from opentelemetry.trace import get_tracer  # noqa: PLC0415 - only who wants traces needs it
    except ImportError as error:
        raise tillproof.BadInput("traces: opentelemetry-api is not installed; pip install 'tillproof[otel]'") from error
    tracer = get_tracer("tillproof", tracer_provider=tracer_provider)
    till.on_ended(lambda outcome: _tell(till, tracer, outcome))


def _tell(till: tillproof.Till, tracer: Tracer, outcome: tillproof.Outcome) -> None:
    from opentelemetry.trace import set_span_in_context  # noqa: PLC0415 - as above

    facts = [fact for fact in till.facts_of(outcome.operation_id) if fact.kind not in _ASIDE]
    operation = till.operation(outcome.operation_id)
    span = tracer.start_span(
        f"tillproof {outcome.kind}",
        start_time=_ns(facts[0].at),
        attributes=dict(_attributes(outcome)) | {"tillproof.reply_lost": operation.link_lost},
    )
    _tell_stretches(till, tracer, facts, outcome, within=set_span_in_context(span))
    span.end(_ns(facts[-1].at))


def _attributes(outcome: tillproof.Outcome) -> Iterator[tuple[str, str | int]]:
    yield "tillproof.operation.id", outcome.operation_id
    yield "tillproof.operation.reference", outcome.reference
    yield "tillproof.operation.kind", str(outcome.kind)
    yield "tillproof.terminal", outcome.terminal
    yield "tillproof.outcome", outcome.word
    yield "tillproof.evidence", str(outcome.evidence)
    if outcome.amount is not None:
        yield "tillproof.amount_minor", outcome.amount.amount_minor
        yield "tillproof.currency", outcome.amount.currency


def _tell_stretches(
    till: tillproof.Till, tracer: Tracer, facts: Sequence[tillproof.Fact], outcome: tillproof.Outcome, within: Context
) -> None:
    from opentelemetry.trace import SpanKind, StatusCode  # noqa: PLC0415 - as above

    for began, ended in pairwise(facts):
        if began.kind not in _STRETCHES:
            continue
        sends = began.kind == FactKind.DISPATCHED
        span = tracer.start_span(
            f"tillproof {_STRETCHES[began.kind]}",
            context=within,
            kind=SpanKind.CLIENT if sends else SpanKind.INTERNAL,
            start_time=_ns(began.at),
            attributes=_server(till, outcome.terminal) if sends else {},
        )
        if ended.kind in _FAILED:
            span.set_attribute("error.type", _FAILED[ended.kind])
            span.set_status(StatusCode.ERROR)
        span.end(_ns(ended.at))


def _server(till: tillproof.Till, terminal: str) -> dict[str, str | int]:
    """Where the terminal is, in the words of OpenTelemetry's conventions."""
    settings = till.settings.terminals.get(terminal)
    place = urlsplit(settings.origin) if settings else None
    if place is None or place.hostname is None:
        return {}
    return {"server.address": place.hostname, **({"server.port": place.port} if place.port else {})}


def _ns(at: str) -> int:
    """Nanoseconds since 1970; facts are dated to the millisecond."""
    return round(datetime.fromisoformat(at).timestamp() * 1000) * 1_000_000
