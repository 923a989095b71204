"""``python -m tests.prove.simulation SEED``: play one seed, and tell its story."""

from __future__ import annotations

import logging
import sys
import tempfile
from pathlib import Path

import click
import pytest
import structlog

from tests.prove.plants import PLANTS
from tests.prove.simulation.performance import findings_of, performance
from tests.prove.simulation.script import script_of
from tests.prove.simulation.shrink import Shrinker, as_text, from_text
from tests.prove.simulation.story import story


@click.command()
@click.argument("seed", type=int)
@click.option("--keep", default=None, help='Only these deeds, and of each these mishaps: "3:0,2 7:".')
@click.option("--plant", type=click.Choice([plant.name for plant in PLANTS]), help="With this blunder planted.")
@click.option("--shrink", is_flag=True, help="First find the fewest deeds and mishaps that still fail.")
def main(seed: int, keep: str | None, plant: str | None, *, shrink: bool) -> None:
    """Play one seed and tell its story. Exit code 1: something in it is wrong."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    script = script_of(seed)
    if keep is not None:
        script = script.only(from_text(keep))
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        if plant is not None:
            next(each for each in PLANTS if each.name == plant).put(patch)
        if shrink:
            kept = Shrinker(script, lambda fewer: bool(findings_of(fewer, Path(folder)).problems)).shrunk()
            script = script.only(kept)
            click.echo(f'python -m tests.prove.simulation {seed} --keep "{as_text(kept)}"')
        with performance(script, Path(folder)) as (play, found):
            for line in story(play):
                click.echo(line)
            for problem in found.problems:
                click.echo(f"PROBLEM {problem}")
    sys.exit(1 if found.problems else 0)


if __name__ == "__main__":
    main()
