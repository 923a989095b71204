"""The demo: a lunch rush with crashes. What it does is in ``tools/demo``; here are only its options."""

from __future__ import annotations

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.paper import complain

_SEEDS = 2**31


@click.command(
    epilog=examples(
        "tillproof demo --bills 50 --kills 2 --seed 7",
    )
)
@click.option("--bills", type=click.IntRange(min=1), default=320, show_default=True, help="How many bills are paid.")
@click.option("--terminals", type=click.IntRange(min=1), default=4, show_default=True, help="On how many terminals.")
@click.option("--kills", type=click.IntRange(min=0), default=5, show_default=True, help="How often the till is killed.")
@click.option(
    "--fault-rate",
    type=click.FloatRange(min=0, max=1),
    default=0.10,
    show_default=True,
    help="Share of exchanges that go wrong.",
)
@click.option("--seed", type=int, help="The same seed plays the same lunch; else one is drawn and printed.")
@shared
@click.pass_obj
def demo(ask: Ask, *, bills: int, terminals: int, kills: int, fault_rate: float, seed: int | None) -> int:
    """Play a lunch rush with crashes.

    Faults on the line, kills of the till; at the end the money is counted. Needs no
    terminal and no configuration: everything runs on this machine.
    """
    from tools.demo import run  # noqa: PLC0415 - brings the whole house, and rich

    if seed is None:
        import secrets  # noqa: PLC0415 - brings cryptography, which the help of all commands would wait for

        seed = secrets.randbelow(_SEEDS)
        complain(f"seed {seed}: `tillproof demo --seed {seed}` plays the same lunch again")
    return run(bills=bills, terminals=terminals, kills=kills, fault_rate=fault_rate, seed=seed, as_json=ask.as_json)
