"""Observe: what an operator sees of a till, as lists and as pages: events of the log, metrics.

It knows the names and what they mean. It must not know where they go: Prometheus and OpenTelemetry are spoken to by
``tillproof_metrics.py`` and ``tillproof_traces.py``, beside the door, and are loaded by nobody else.
"""

from tools.observe.event import EVENTS, Event, Level
from tools.observe.metric import METRICS, Metric, MetricKind, series_of
from tools.observe.tally import Step, Tally

__all__ = ["EVENTS", "METRICS", "Event", "Level", "Metric", "MetricKind", "Step", "Tally", "series_of"]
