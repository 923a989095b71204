"""The pages ``docs/events.md`` and ``docs/metrics.md``, printed from the lists by ``python -m tools.observe``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from tools.observe.event import EVENTS, Event
from tools.observe.metric import METRICS

DOCS = Path(__file__).resolve().parents[2] / "docs"

Lines: TypeAlias = Iterator[str]

_MARK = "<!-- Printed from the code by `python -m tools.observe`; do not edit. -->"

_EVENTS = """
# Events

{mark}

What happens is written to the log as events: a name in the past tense, a level, and fields. A unit stands at the end of
a field's name. No field holds a whole card number or a key.

Where the program has configured [structlog](https://www.structlog.org), the events go there, with its processors;
else to the standard library's logger `tillproof`, whose records have the fields as a mapping in `record.msg`. Nothing
goes to stdout. On the command line they are on stderr: `-v`, `-vv` or `TILLPROOF_LOG` say how many.

Lines of JSON, on stderr:

```python
import structlog
import sys

structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer(),
    ],
    logger_factory=structlog.PrintLoggerFactory(sys.stderr),
)
```

For a person take `structlog.dev.ConsoleRenderer()` in place of `structlog.processors.JSONRenderer()`.

`operation.finished` is the canonical line: one for each operation, written by whoever stored its end (till, watch,
recovery or a person's ruling), with all about it. How many bytes went each way, and which questions were asked, is not
in it; that stands in the communication log beside the journal.
"""

_METRICS = """
# Metrics

{mark}

`pip install 'tillproof[prometheus]'`, then one of these:

- `tillproof_metrics.register(till)` in a program that serves metrics of its own;
- `tillproof_metrics.serve(till, port=9464)` in one that does not;
- `tillproof watch --metrics-port 9464` without any program.

The last two answer at `http://127.0.0.1:9464/metrics`, to this machine only. Let one program for each journal be asked:
all but two metrics are read from the journal at that moment, so each would tell of the same operations. The two are
those of the program itself, `tillproof_durable_write_seconds` and `tillproof_watch_last_look_timestamp_seconds`.

Gauges are what the journal holds, also after a crash. Counters and histograms begin at nought when the program starts,
as Prometheus expects, and from then on count what every process has written. Labels have few values; a reference, an
operation id or an amount is none.

An example dashboard for Grafana (`packaging/observe/dashboard.json`) and alert rules for Prometheus
(`packaging/observe/alerts.yml`) use these names, and no others.
"""


def events() -> Lines:
    """``docs/events.md``: each event with its fields."""
    yield from _EVENTS.format(mark=_MARK).strip().splitlines()
    yield ""
    yield from _table(
        ("event", "level", "when"),
        ((f"[`{each.name}`](#{_anchor(each.name)})", str(each.level), each.when) for each in EVENTS),
    )
    for event in EVENTS:
        yield from _event(event)


def _event(event: Event) -> Lines:
    yield f"## `{event.name}`"
    yield ""
    yield f"{event.when} Level: {event.level}. **What to do:** {event.remedy}"
    yield ""
    yield from _table(
        ("field", "meaning"),
        (
            (f"`{name}`", f"{told} Left out where there is nothing to tell." if name in event.optional else told)
            for name, told in event.fields.items()
        ),
    )


def metrics() -> Lines:
    """``docs/metrics.md``: each metric with its labels."""
    yield from _METRICS.format(mark=_MARK).strip().splitlines()
    yield ""
    yield from _table(
        ("metric", "kind", "labels", "meaning"),
        (
            (f"`{each.name}`", str(each.kind), ", ".join(f"`{label}`" for label in each.labels), each.meaning)
            for each in METRICS.values()
        ),
    )


PAGES: Mapping[str, Callable[[], Lines]] = {"events.md": events, "metrics.md": metrics}


def page(name: str) -> str:
    """The text of a page."""
    return "\n".join(PAGES[name]()).rstrip() + "\n"


def _anchor(name: str) -> str:
    return name.replace(".", "")


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Lines:
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---' for _ in head)}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
