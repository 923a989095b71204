"""The figures, as SVG: drawn from the records by matplotlib, which the extra ``bench`` brings."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.bench.contender import JOURNAL, OPERATION, RAW
from tools.bench.record import Record

# Okabe and Ito's colours, which people with any kind of colour blindness tell apart.
_OURS, _OTHERS, _FLOOR = "#0072B2", "#E69F00", "#7F7F7F"
_GOOD, _BAD = "#0072B2", "#D55E00"
_MARKERS = ("o", "s", "^", "D")

_STYLE: Mapping[str, object] = {
    "font.size": 11,
    "svg.fonttype": "none",  # text stays text: readable, searchable, and small
    "svg.hashsalt": "tillproof",  # the same records draw the same file
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": "white",
}


class NoMatplotlib(Exception):
    """Without matplotlib no figures are drawn; pip install '.[bench]'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure: its file in ``docs/``, what it shows in a sentence, and who draws it."""

    file: str
    caption: str
    needs: str
    draw: Callable[[Any, Record], None]


def draw_all(folder: Path, records: Mapping[str, Record]) -> None:
    """Draw every figure for which there is a record.

    Raises:
        NoMatplotlib: see there.
    """
    try:
        matplotlib = importlib.import_module("matplotlib")
        matplotlib.use("svg")
        pyplot = importlib.import_module("matplotlib.pyplot")
    except ModuleNotFoundError:
        raise NoMatplotlib(str(NoMatplotlib.__doc__)) from None
    with matplotlib.rc_context(_STYLE):
        for figure in FIGURES:
            if figure.needs in records:
                figure.draw(pyplot, records[figure.needs])
                pyplot.tight_layout()
                pyplot.savefig(folder / figure.file, metadata={"Date": None})
                pyplot.close("all")


def _peers(pyplot: Any, record: Record) -> None:  # noqa: ANN401 - a module that need not be installed
    drawn, axes = pyplot.subplots(1, 2, figsize=(10, 4.4), sharey=True)
    del drawn
    names = [reading.who for reading in record.result.readings if reading.callers == 1][::-1]
    for axis, callers in zip(axes, (1, 32), strict=True):
        rates = {each.who: each.per_s for each in record.result.readings if each.callers == callers}
        values = [rates.get(name, 0.0) for name in names]
        bars = axis.barh(names, values, color=[_colour(name) for name in names])
        axis.bar_label(bars, labels=[f"{value:,.0f}" if value else "" for value in values], padding=3)
        axis.set_title(f"{callers} caller{'s' if callers > 1 else ''}")
        axis.set_xlabel("operations a second")
        axis.margins(x=0.2)


def _colour(name: str) -> str:
    if name == RAW.label:
        return _FLOOR
    return _OURS if name in {JOURNAL.label, OPERATION.label} else _OTHERS


def _group(pyplot: Any, record: Record) -> None:  # noqa: ANN401 - see above
    _, axis = pyplot.subplots(figsize=(7, 4.2))
    for series, colour, marker in zip(record.result.series, (_OURS, _OTHERS), _MARKERS, strict=False):
        axis.plot(series.x, series.y, color=colour, marker=marker, linewidth=2, label=series.name)
    axis.set_xscale("log", base=2)
    ticks = record.result.series[0].x
    axis.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axis.set_ylim(bottom=0)
    axis.set_xlabel("callers, each a thread")
    axis.set_ylabel("durable commits a second")
    axis.legend(frameon=False)


def _memory(pyplot: Any, record: Record) -> None:  # noqa: ANN401 - see above
    _, axis = pyplot.subplots(figsize=(7, 3.2))
    (series,) = record.result.series
    axis.plot(series.x, series.y, color=_OURS, marker="o", linewidth=2)
    axis.set_ylim(bottom=0)
    axis.set_xlabel("operations since the start")
    axis.set_ylabel("resident, MiB")


FIGURES = (
    Figure(
        file="benchmarks-peers.svg",
        caption="Operations a second, side by side with others, for one caller and for 32",
        needs="peers",
        draw=_peers,
    ),
    Figure(
        file="benchmarks-group.svg",
        caption="Durable commits a second over the number of callers",
        needs="group",
        draw=_group,
    ),
    Figure(
        file="benchmarks-memory.svg",
        caption="Resident memory of a till over the number of its operations",
        needs="memory",
        draw=_memory,
    ),
)
