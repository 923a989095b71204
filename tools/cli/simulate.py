"""Simulate: a card terminal on this machine, as awkward as one wants it."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.errors import CommandError
from tools.cli.exits import Exit
from tools.cli.paper import complain, say, say_json

if TYPE_CHECKING:
    from tools.simulator import FaultPlan, Row, SimulatorServer

PROFILES = ("2.0", "2.1", "2.2")
_BASE_PATH = "/api/v2"
_LAST_PORT = 65535


def _span(_: click.Context, __: click.Parameter, value: str) -> tuple[float, float]:
    """``MIN..MAX`` seconds, or one number for both."""
    shortest, dots, longest = value.partition("..")
    try:
        span = (float(shortest), float(longest if dots else shortest))
    except ValueError:
        span = (1.0, 0.0)
    if not 0 <= span[0] <= span[1] <= _LONGEST_GUEST_S:
        raise click.BadParameter(f"{value!r} is no span of seconds; write it like 2..8")
    return span


_LONGEST_GUEST_S = 3600


@click.command(
    epilog=examples(
        "tillproof simulate --port 8085 --guest-takes 1..3",
        "tillproof simulate --script none,lost_after_processing --seed 7",
    )
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, _LAST_PORT), default=8085, show_default=True, help="0 takes a free one.")
@click.option(
    "--admin-port", type=click.IntRange(0, _LAST_PORT), help="Loopback port for ledger, faults and reboots; else none."
)
@click.option("--profile", type=click.Choice(PROFILES), default="2.2", show_default=True, help="Release to play.")
@click.option(
    "--guest-takes",
    callback=_span,
    default="2..8",
    show_default=True,
    metavar="MIN..MAX",
    help="Seconds that a guest takes.",
)
@click.option(
    "--fault-rate",
    type=click.FloatRange(min=0, max=1),
    default=0.0,
    show_default=True,
    help="Share of orders that go wrong.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed plays the same guests and faults.")
@click.option("--script", metavar="FAULT,…", help="Faults of the first orders, one each; none is a fault, too.")
@click.option("--name", default="simulator", show_default=True, help="What it calls itself.")
@click.option(
    "--integration-key-env",
    default="TILLPROOF_INTEGRATION_KEY",
    show_default=True,
    metavar="VARIABLE",
    help="Environment variable that holds the integration key it wants to hear.",
)
@click.option(
    "--secret-key-env",
    default="TILLPROOF_SECRET_KEY",
    show_default=True,
    metavar="VARIABLE",
    help="Environment variable that holds the secret key it signs with.",
)
@shared
@click.pass_obj
def simulate(ask: Ask, /, **wanted: Any) -> Exit:  # noqa: ANN401 - a dozen options, read by name below
    """Run a card terminal on this machine.

    Prints one line when it is ready, then serves until Ctrl-C. With -v it names every
    request on stderr. Keys come from the same variables as those of the till.
    """
    from tools.simulator import run_until_interrupted  # noqa: PLC0415 - not needed by any other command

    server = _server(ask, wanted)
    url = f"http://{wanted['host']}:{server.port}{_BASE_PATH}"
    admin = f"http://127.0.0.1:{server.admin_port}" if server.admin_port is not None else None
    until = _until_terminated()
    if ask.as_json:
        say_json({"name": wanted["name"], "profile": wanted["profile"], "url": url, "admin_url": admin}, compact=True)
    else:
        say([f"ready: {url}  release {wanted['profile']}" + (f"  admin {admin}" if admin else "")])
    run_until_interrupted(server, until=until)
    return Exit.SETTLED


def _server(ask: Ask, wanted: dict[str, Any]) -> SimulatorServer:
    from tools.simulator import Guest, SimulatedTerminal, SimulatorServer  # noqa: PLC0415 - see above

    terminal = SimulatedTerminal(
        name=wanted["name"],
        integration_key=_key(wanted["integration_key_env"]),
        secret_key=_key(wanted["secret_key_env"]),
        profile=wanted["profile"],
        now=time.time,
        guest=Guest(takes_s=wanted["guest_takes"], seed=wanted["seed"]),
    )
    plan = _plan(wanted)
    try:
        return SimulatorServer(
            terminal,
            plan,
            host=wanted["host"],
            port=wanted["port"],
            admin_port=wanted["admin_port"],
            on_event=_log if ask.verbose else None,
        )
    except OSError as error:
        raise CommandError(
            f"port: {wanted['host']}:{wanted['port']} or the admin port cannot be listened on ({error.strerror}); "
            "give another, or 0 for a free one"
        ) from None


def _plan(wanted: dict[str, Any]) -> FaultPlan:
    from tools.simulator import Fault, FaultPlan  # noqa: PLC0415 - see above

    script = [item.strip() for item in (wanted["script"] or "").split(",") if item.strip()]
    for item in script:
        if item not in list(Fault):
            raise CommandError(f"script: {item!r} is no fault; there are {', '.join(Fault)}")
    return FaultPlan(script=script, rate=wanted["fault_rate"], seed=wanted["seed"])


def _key(variable: str) -> str:
    key = os.environ.get(variable, "").strip()
    if not key:
        raise CommandError(f"environment variable {variable} is empty or missing; set it to any key for the simulator")
    return key


def _until_terminated() -> threading.Event:
    """Set by SIGTERM, so that whoever stops a service stops this cleanly."""
    until = threading.Event()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: until.set())
    return until


def _log(row: Row) -> None:
    at = time.strftime("%H:%M:%S", time.localtime(row.at))
    complain(f"{at} {row.method} {row.path} {row.status or '-'} {row.fault}")
