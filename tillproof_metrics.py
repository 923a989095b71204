"""Metrics for Prometheus: ``pip install 'tillproof[prometheus]'``.

    import tillproof, tillproof_metrics
    with tillproof.open("tillproof.toml") as till:
        tillproof_metrics.register(till)              # where the program serves its own metrics
        tillproof_metrics.serve(till, port=9464)      # or served from here

What they are called and mean: ``docs/metrics.md``. All but two are read from the journal when somebody asks: so they
tell of every process that writes into it, are true after a crash, and cost a payment nothing. Let one program for each
journal be asked, or all will be counted twice.

We also considered counting in the till while it pays. Then a till that had crashed over a bill would begin at nought,
and say that no money is in doubt.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias

import tillproof
from engine import FINAL, OPERATIONS, FactKind, ImpossibleHistory, Kind
from journal import JournalError, log_bytes, look_around, read_journal
from tools.observe import METRICS, MetricKind, Tally

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric as Family

    from tools.observe import Metric, Step

__all__ = ["Served", "TillCollector", "register", "serve"]

_Values: TypeAlias = dict[tuple[str, ...], float]
"""The value of a gauge for each of its labels."""

_LOCALHOST = "127.0.0.1"
_FOUND = frozenset({FactKind.SEEN, FactKind.PROVEN_ABSENT})


class TillCollector:
    """Answers a scrape. It has a connection of its own to the journal, for reading only. Made by ``register``."""

    def __init__(self, till: tillproof.Till) -> None:
        self._till = till
        self._path = till.settings.journal.resolve()
        self._reader = read_journal(self._path, projection=OPERATIONS)
        self._tally = Tally(self._reader)
        self._moving = {name: _moving(metric) for name, metric in METRICS.items() if metric.kind != MetricKind.GAUGE}
        self._turn = threading.Lock()
        for terminal in till.settings.terminals:
            self._begin_at_nought(terminal)
        till.on_written(self._moving["tillproof_durable_write_seconds"].observe)

    def collect(self) -> Iterable[Family]:
        """See ``prometheus_client.registry.Collector``."""
        with self._turn:
            told = self._read()
            yield from (family for moving in self._moving.values() for family in moving.collect())
            for name, values in {**told, **dict(self._beside())}.items():
                yield _gauge(METRICS[name], values)

    def describe(self) -> Iterable[Family]:
        """Nothing is read when it is registered."""
        return ()

    def close(self) -> None:
        """Close the connection; a scrape after that says that the journal cannot be read."""
        self._reader.close()

    def _read(self) -> Mapping[str, _Values]:
        try:
            for step in self._tally.steps():
                self._count(step)
            return {"tillproof_journal_readable": {(): 1.0}, **self._standing()}
        except (JournalError, ImpossibleHistory):
            return {"tillproof_journal_readable": {(): 0.0}}

    def _count(self, step: Step) -> None:
        order = step.operation.order
        if step.ended:
            self._of("tillproof_operations_total", order.terminal, order.kind, step.operation.state).inc()
        if step.kind is FactKind.LOST_TRACK and not order.taken_over:
            cause = "line" if step.operation.link_lost else "crash"
            self._of("tillproof_lost_replies_total", order.terminal, cause).inc()
        if step.kind is FactKind.CONTRADICTED:
            self._of("tillproof_contradictions_total", order.terminal).inc()
        if step.doubt_s is not None:
            self._of("tillproof_doubt_seconds", order.terminal).observe(step.doubt_s)
            if step.operation.link_lost and step.kind in _FOUND:
                self._of("tillproof_time_to_truth_seconds", order.terminal).observe(step.doubt_s)

    def _begin_at_nought(self, terminal: str) -> None:
        """Show each series before anything happens: the step from no line to 1 is none to Prometheus, and lost."""
        for kind, state in product(Kind, sorted(FINAL)):
            self._of("tillproof_operations_total", terminal, kind, state)
        for cause in ("line", "crash"):
            self._of("tillproof_lost_replies_total", terminal, cause)
        for name in ("tillproof_contradictions_total", "tillproof_doubt_seconds", "tillproof_time_to_truth_seconds"):
            self._of(name, terminal)

    def _of(self, name: str, *labels: str) -> Any:  # noqa: ANN401 - a child of whatever kind the metric is
        return self._moving[name].labels(*labels)

    def _standing(self) -> dict[str, _Values]:
        """What is open now. A terminal that has nothing open is told of too: a line at 0 is an answer."""
        terminals = list(self._till.settings.terminals)
        unsettled: _Values = defaultdict(float)
        money: _Values = defaultdict(float)
        alarms: _Values = defaultdict(float, {(name,): 0.0 for name in terminals})
        oldest: _Values = defaultdict(float, {(name,): 0.0 for name in terminals})
        for name in terminals:
            unsettled |= {(name, state): 0.0 for state in ("dispatched", "lost", "escalated")}
        for row in self._reader.open_rows():
            name = str(row["terminal"])
            alarms[name,] += row["alarm"] is not None
            if row["state"] in FINAL:
                continue
            unsettled[name, str(row["state"])] += 1
            oldest[name,] = max(oldest[name,], time.time() - datetime.fromisoformat(str(row["opened_at"])).timestamp())
            if isinstance(row["amount_minor"], int):
                money[name, str(row["currency"])] += row["amount_minor"]
        return {
            "tillproof_unsettled_operations": unsettled,
            "tillproof_money_in_doubt_minor_units": money,
            "tillproof_oldest_doubt_seconds": oldest,
            "tillproof_open_alarms": alarms,
            "tillproof_journal_facts": {(): self._reader.head().seq},
        }

    def _beside(self) -> Iterator[tuple[str, _Values]]:
        """What stands around the journal and in this program."""
        looked_at = self._till.looked_at
        yield "tillproof_watch_last_look_timestamp_seconds", {(): looked_at.timestamp() if looked_at else 0.0}
        try:
            yield (
                "tillproof_journal_size_bytes",
                {("journal",): self._path.stat().st_size, ("log",): log_bytes(self._path)},
            )
            yield "tillproof_journal_disk_free_bytes", {(): shutil.disk_usage(self._path.parent).free}
            yield "tillproof_journal_flush_failed", {(): look_around(self._path).doubt}
        except (OSError, JournalError):
            return  # what could not be looked at is missing


class Served:
    """Metrics that are being served, until ``close``."""

    def __init__(self, collector: TillCollector, server: Any, thread: threading.Thread) -> None:  # noqa: ANN401 - wsgiref's
        self._collector = collector
        self._server = server
        self._thread = thread

    @property
    def port(self) -> int:
        """Where."""
        return int(self._server.server_port)

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._collector.close()


def register(till: tillproof.Till, registry: CollectorRegistry | None = None) -> TillCollector:
    """Tell of a till in a registry, or in the one that a program has by default; once for each journal.

    Raises:
        BadInput: the extra is not installed.
    """
    client = _client()
    collector = TillCollector(till)
    (client.REGISTRY if registry is None else registry).register(collector)
    return collector


def serve(till: tillproof.Till, *, port: int, host: str = _LOCALHOST) -> Served:
    """Serve the metrics of a till by HTTP in a thread; to this machine only, unless ``host`` says otherwise.

    Raises:
        BadInput: the extra is not installed, or the port cannot be had.
    """
    client = _client()
    registry = client.CollectorRegistry()
    collector = register(till, registry)
    try:
        server, thread = client.start_http_server(port, addr=host, registry=registry)
    except (OSError, OverflowError) as error:
        collector.close()
        raise tillproof.BadInput(f"metrics port: {host}:{port} cannot be had ({error}); name another one") from error
    return Served(collector, server, thread)


def _client() -> Any:  # noqa: ANN401 - a module that may not be there
    try:
        import prometheus_client  # noqa: PLC0415 - only who wants metrics needs it
    except ImportError as error:
        raise tillproof.BadInput(
            "metrics: prometheus-client is not installed; pip install 'tillproof[prometheus]'"
        ) from error
    return prometheus_client


def _moving(metric: Metric) -> Any:  # noqa: ANN401 - a counter or a histogram
    from prometheus_client import Counter, Histogram  # noqa: PLC0415 - as above

    if metric.kind is MetricKind.COUNTER:
        return Counter(metric.name, metric.meaning, metric.labels, registry=None)
    return Histogram(metric.name, metric.meaning, metric.labels, buckets=metric.buckets, registry=None)


def _gauge(metric: Metric, values: _Values) -> Family:
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415 - as above

    family = GaugeMetricFamily(metric.name, metric.meaning, labels=metric.labels)
    for labels, value in values.items():
        family.add_metric(labels, value)
    return family
