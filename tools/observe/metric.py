"""The metrics: names, kinds, labels. Their only list; the collector and ``docs/metrics.md`` are made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class MetricKind(StrEnum):
    """How a metric moves."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One of them. ``labels`` have few values each: never a reference, an id or an amount."""

    name: str
    kind: MetricKind
    labels: tuple[str, ...] = ()
    meaning: str
    buckets: tuple[float, ...] = ()


_QUICK = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 180.0, 600.0)
_LONG = (1.0, 5.0, 15.0, 30.0, 60.0, 180.0, 600.0, 1800.0, 3600.0, 14400.0, 86400.0)
_WRITES = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 1.0, 10.0)

OPERATIONS_ENDED = Metric(
    name="tillproof_operations_total",
    kind=MetricKind.COUNTER,
    labels=("terminal", "kind", "outcome"),
    meaning="Operations that have ended, each once: approved, declined, cancelled or not_performed.",
)
LOST_REPLIES = Metric(
    name="tillproof_lost_replies_total",
    kind=MetricKind.COUNTER,
    labels=("terminal", "cause"),
    meaning="Operations that left and whose reply did not come: cause is line, or crash of a till.",
)
CONTRADICTIONS = Metric(
    name="tillproof_contradictions_total",
    kind=MetricKind.COUNTER,
    labels=("terminal",),
    meaning="How often a terminal contradicted what had been final: late success, for one.",
)
TIME_TO_TRUTH = Metric(
    name="tillproof_time_to_truth_seconds",
    kind=MetricKind.HISTOGRAM,
    labels=("terminal",),
    meaning="From a reply that the line lost to the truth, where it was found without a person.",
    buckets=_QUICK,
)
DOUBT_ENDED = Metric(
    name="tillproof_doubt_seconds",
    kind=MetricKind.HISTOGRAM,
    labels=("terminal",),
    meaning="How long money was in doubt that is no more, whoever ended it; after a crash from the dispatch on.",
    buckets=_LONG,
)
UNSETTLED = Metric(
    name="tillproof_unsettled_operations",
    kind=MetricKind.GAUGE,
    labels=("terminal", "state"),
    meaning="Operations without an end now: dispatched (it runs, or a till crashed), lost, escalated (a person must).",
)
MONEY_IN_DOUBT = Metric(
    name="tillproof_money_in_doubt_minor_units",
    kind=MetricKind.GAUGE,
    labels=("terminal", "currency"),
    meaning="What was asked for by those operations, in minor units: 12500 is 125.00 NOK, and 125 is 125 JPY.",
)
OLDEST_DOUBT = Metric(
    name="tillproof_oldest_doubt_seconds",
    kind=MetricKind.GAUGE,
    labels=("terminal",),
    meaning="How long ago the oldest of them began; 0 where there is none.",
)
OPEN_ALARMS = Metric(
    name="tillproof_open_alarms",
    kind=MetricKind.GAUGE,
    labels=("terminal",),
    meaning="Operations whose end the terminal contradicts, and on which nobody has ruled.",
)
DURABLE_WRITES = Metric(
    name="tillproof_durable_write_seconds",
    kind=MetricKind.HISTOGRAM,
    meaning="How long this program waited for each durable write: the flush, and its turn for it.",
    buckets=_WRITES,
)
JOURNAL_READABLE = Metric(
    name="tillproof_journal_readable",
    kind=MetricKind.GAUGE,
    meaning="1 if the journal could be read for this answer; at 0 whatever is read from it is missing.",
)
JOURNAL_FACTS = Metric(
    name="tillproof_journal_facts",
    kind=MetricKind.GAUGE,
    meaning="The number of the last fact.",
)
JOURNAL_BYTES = Metric(
    name="tillproof_journal_size_bytes",
    kind=MetricKind.GAUGE,
    labels=("file",),
    meaning="The size of the journal: its main file, and its log (the -wal beside it).",
)
DISK_FREE = Metric(
    name="tillproof_journal_disk_free_bytes",
    kind=MetricKind.GAUGE,
    meaning="What is free on the disk of the journal.",
)
FLUSH_IN_DOUBT = Metric(
    name="tillproof_journal_flush_failed",
    kind=MetricKind.GAUGE,
    meaning="1 while a flush has failed and was not made good; nothing is written meanwhile.",
)
LAST_LOOK = Metric(
    name="tillproof_watch_last_look_timestamp_seconds",
    kind=MetricKind.GAUGE,
    meaning="When the watch of this program last looked at everything, in seconds since 1970; 0 if it never did.",
)

METRICS: Mapping[str, Metric] = {
    each.name: each
    for each in (
        OPERATIONS_ENDED,
        LOST_REPLIES,
        CONTRADICTIONS,
        TIME_TO_TRUTH,
        DOUBT_ENDED,
        UNSETTLED,
        MONEY_IN_DOUBT,
        OLDEST_DOUBT,
        OPEN_ALARMS,
        DURABLE_WRITES,
        JOURNAL_READABLE,
        JOURNAL_FACTS,
        JOURNAL_BYTES,
        DISK_FREE,
        FLUSH_IN_DOUBT,
        LAST_LOOK,
    )
}
"""All of them, by name, in the order of the page."""


def series_of(metric: Metric) -> tuple[str, ...]:
    """The names under which Prometheus stores it."""
    if metric.kind is MetricKind.HISTOGRAM:
        return tuple(f"{metric.name}{ending}" for ending in ("_bucket", "_count", "_sum"))
    return (metric.name,)
