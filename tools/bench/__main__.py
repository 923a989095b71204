"""``python -m tools.bench``: measure, tell, and write the page."""

from __future__ import annotations

import importlib
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tools.bench import figures
from tools.bench.capacity import CAPACITY, capacity
from tools.bench.goal import Line
from tools.bench.machine import BUSY, NoDisk, load, machine, must_be_on_disk
from tools.bench.measurement import MEASUREMENTS, Measurement, Result, Work
from tools.bench.page import PAGE, page
from tools.bench.record import DOCS, read_records, record_of, write_records


@click.command()
@click.option("--only", "names", multiple=True, type=click.Choice(MEASUREMENTS), help="Only this one; may be repeated.")
@click.option("--quick", is_flag=True, help="A little of everything, to see that it runs; nothing is kept.")
@click.option(
    "--on",
    "place",
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    default=Path(tempfile.gettempdir()),
    show_default="the folder for temporary files",
    help="A folder on the disk that is measured.",
)
@click.option(
    "--docs",
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    default=DOCS,
    show_default="docs/",
    help="Where data, page and figures are written.",
)
def main(*, names: tuple[str, ...], quick: bool, place: Path, docs: Path) -> None:
    """Measure how fast it is, beside what it is compared with, and write docs/benchmarks.md.

    Exit code 0, whatever the figures are: on a shared machine they are no test. 1: a proof of durability failed,
    or a contender of ours broke down. 2: wrong usage.
    """
    _must_be_usable(place)
    click.echo(machine())
    if load() > BUSY:
        click.echo(f"This machine is busy (load {load():.1f}); what is measured now says little.", err=True)
    complaints: list[str] = []
    for name in [each for each in MEASUREMENTS if each in (names or MEASUREMENTS)]:
        complaints += _measure(name, place, docs, quick=quick)
    if not quick:
        _draw(docs)
    for told in complaints:
        click.echo(f"PROBLEM {told}", err=True)
    sys.exit(1 if complaints else 0)


def _measure(name: str, place: Path, docs: Path, *, quick: bool) -> Iterator[str]:
    """Measure one, tell it, and keep it; a sentence for each proof that failed, or for what broke down."""
    measurement: Measurement = importlib.import_module(f"tools.bench.{name}").MEASUREMENT
    load_before, began = load(), time.monotonic()
    try:
        result = _measured(measurement, place, quick=quick)
    except Exception as broken:  # noqa: BLE001 - whatever it is, the others are still measured
        yield f"{name} broke down, and what was known of it before was kept: {type(broken).__name__}: {broken}"
        return
    took_s = time.monotonic() - began
    _tell(measurement, result, took_s)
    yield from result.failures
    if not quick:
        records = {**read_records(docs), name: record_of(measurement, result, load=load_before, took_s=took_s)}
        write_records(docs, records)
        (docs / PAGE).write_text(page(records), "utf-8")
        (docs / CAPACITY).write_text(capacity(records), "utf-8")


def _must_be_usable(place: Path) -> None:
    try:
        must_be_on_disk(place)
        with _folder(place):
            pass
    except (NoDisk, OSError) as why:
        raise click.BadParameter(str(why), param_hint="'--on'") from None


def _draw(docs: Path) -> None:
    try:
        figures.draw_all(docs, read_records(docs))
    except figures.NoMatplotlib as missing:
        click.echo(f"not drawn: {missing}", err=True)


def _measured(measurement: Measurement, place: Path, *, quick: bool) -> Result:
    with _folder(place) as folder, _progress() as progress:
        task = progress.add_task(measurement.name, total=None)

        def tell(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        return measurement.run(Work(folder=folder, quick=quick, tell=tell))


def _tell(measurement: Measurement, result: Result, took_s: float) -> None:
    click.echo(f"\n{measurement.title} ({took_s:.0f} s)")
    for line in result.lines:
        click.echo(f"  {line.told:>12}  {line.figure}{_verdict(line)}")
    for told in result.notes:
        click.echo(f"  {told}")
    for told in result.not_measured:
        click.echo(f"  not measured: {told}")


def _verdict(line: Line) -> str:
    if line.goal is None:
        return ""
    return f"  (goal {line.goal}: {'reached' if line.reached else 'NOT REACHED'})"


@contextmanager
def _folder(place: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _progress() -> Progress:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


if __name__ == "__main__":
    main()
