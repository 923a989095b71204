"""``python -m tests.prove``: run the proof, or some parts of it, and write the report."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from tests.prove import report
from tests.prove.part import PARTS, Crew, Part, Result, Slice, Work, be_quiet

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it, with mkdtemp


@click.command()
@click.option(
    "--slice",
    "wanted",
    type=click.Choice([str(each) for each in Slice]),
    default=str(Slice.FULL),
    show_default=True,
    help="How much is tried.",
)
@click.option("--part", "names", multiple=True, type=click.Choice(PARTS), help="Only this part; may be repeated.")
@click.option("--seed", type=int, default=1, show_default=True, help="For the dice of all parts.")
@click.option("--workers", type=click.IntRange(1), default=os.cpu_count() or 1, show_default=True)
@click.option("--leave-nothing-out", is_flag=True, help="Fail if something could not be measured here.")
def main(*, wanted: Slice, names: tuple[str, ...], seed: int, workers: int, leave_nothing_out: bool) -> None:
    """Try to make it charge twice or lose a payment, in every way we know.

    Exit code 0: nothing was found and every planted fault was caught. 1: otherwise, with a sentence for each. The full
    and the long slice write what they counted into docs/evidence.md.
    """
    be_quiet()
    complaints: list[str] = []
    left_out: list[str] = []
    for name in names or PARTS:
        part: Part = importlib.import_module(f"tests.prove.{name}").PART
        began = time.monotonic()
        result = _try(part, Slice(wanted), seed, workers)
        took_s = time.monotonic() - began
        click.echo(report.line(part, result, took_s))
        complaints += [f"{name}: {told}" for told in result.complaints]
        left_out += result.not_measured
        if wanted != Slice.QUICK and not result.not_measured:
            report.keep(part, Slice(wanted), result, seed=seed, took_s=took_s)
    for told in left_out:
        click.echo(f"not measured: {told}")
    for told in complaints:
        click.echo(f"PROBLEM {told}", err=True)
    sys.exit(1 if complaints or (leave_nothing_out and left_out) else 0)


def _try(part: Part, wanted: Slice, seed: int, workers: int) -> Result:
    with _folder(part.name) as folder, _progress(part.name) as progress:
        task = progress.add_task(part.name, total=None)

        def tell(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        crew = Crew(workers)
        try:
            return part.try_it(Work(slice=wanted, seed=seed, folder=folder, crew=crew, tell=tell))
        finally:
            crew.dismiss()


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"prove-{name}-", dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _progress(name: str) -> Progress:
    console = Console(stderr=True)
    if not console.is_terminal:
        click.echo(f"{name} …", err=True)
    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


if __name__ == "__main__":
    main()
