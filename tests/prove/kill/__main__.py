"""``python -m tests.prove.kill ACT STOP [STOP …]``: one kill once more, and what became of it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from tests.prove.kill.acts import BY_NAME
from tests.prove.kill.bench import Bench
from tests.prove.kill.record import Kill


@click.command()
@click.option("--clock-back", is_flag=True, help="The machine's clock is an hour behind after the crash.")
@click.argument("act", type=click.Choice(list(BY_NAME)))
@click.argument("stops", type=click.IntRange(1), nargs=-1, required=True)
def main(*, act: str, stops: tuple[int, ...], clock_back: bool) -> None:
    """Kill ACT at the first of STOPS, and its returns at the others. Exit code 1: something is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        found = bench.kill(Kill(act=act, stop=stops[0], again_at=stops[1:], clock_back=clock_back))
        bench.close()
    click.echo(found)
    sys.exit(1 if found.problems else 0)


if __name__ == "__main__":
    main()
