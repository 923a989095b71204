"""Simulate: card terminals on this machine, as awkward as one wants them."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from tools.cli import replaying
from tools.cli.ask import Ask, examples, shared
from tools.cli.errors import CommandError
from tools.cli.exits import Exit
from tools.cli.paper import complain, say, say_json

if TYPE_CHECKING:
    from tools.incident import Incident, Replay
    from tools.simulator import Fleet, Row

PROFILES = ("1.x", "2.0", "2.1", "2.2")
_LAST_PORT = 65535
_LONGEST_GUEST_S = 3600

# Options that say what a terminal is; the rest say what it lives through.
_OF_A_TERMINAL = ("name", "host", "port", "admin_port", "profile", "integration_key_env", "secret_key_env")
_OF_ONE_TERMINAL = {"name", "port", "admin_port"}


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


@click.command(
    epilog=examples(
        "tillproof simulate --port 8085 --guest-takes 1..3",
        "tillproof simulate --script none,lost_after_processing --seed 7",
        "tillproof simulate --script lunch.toml --admin-port 8086",
        "tillproof simulate --replay incident.zip",
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
@click.option(
    "--script",
    metavar="FILE.toml|FAULT,…",
    help="What happens, in a file (docs/simulator.md); or faults of the first orders, one each, none among them.",
)
@click.option(
    "--replay", metavar="FILE.zip", help="Behave as the terminal did in this incident, made by tillproof bundle."
)
@click.option("--name", default="simulator", show_default=True, help="What it calls itself.")
@click.option("--certificate", metavar="FILE", help="Speak TLS with this certificate, PEM; 1.x needs one.")
@click.option("--certificate-key", metavar="FILE", help="The certificate's key, PEM.")
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
    """Run a card terminal on this machine, or those of a script.

    Prints one line when it is ready, then serves until Ctrl-C. With -v it names every
    request on stderr. Keys come from the same variables as those of the till. What is
    given here is stronger than what stands in the script. With --replay it prints what
    to type at a till as well.
    """
    from tools.simulator import run_until_interrupted  # noqa: PLC0415 - not needed by any other command

    played = _played(wanted)
    fleet = _fleet(ask, wanted, None if played is None else played[1].document)
    until = _until_terminated()
    told = [_told(fleet, place) for place in range(len(fleet.servers))]
    if ask.as_json:
        ready = told[0] if len(told) == 1 else {"terminals": told}
        again = {} if played is None else {"replay": replaying.as_dict(*played, _keyed(fleet, told))}
        say_json({**ready, **again}, compact=True)
    else:
        words = [] if played is None else replaying.lines(*played, _keyed(fleet, told))
        say([*(_ready(one, alone=len(told) == 1) for one in told), *words])
    run_until_interrupted(fleet, until=until)
    return Exit.SETTLED


def _ready(one: Mapping[str, str | None], *, alone: bool) -> str:
    admin = f"  admin {one['admin_url']}" if one["admin_url"] else ""
    name = "" if alone else f"  {one['name']}"
    return f"ready: {one['url']}  release {one['profile']}{name}{admin}"


def _played(wanted: dict[str, Any]) -> tuple[Incident, Replay] | None:
    if wanted["replay"] is None:
        return None
    if wanted["script"] is not None:
        raise CommandError("replay, script: a replay is a script of its own; give one of the two")
    return replaying.load(wanted["replay"])


def _keyed(fleet: Fleet, told: Sequence[Mapping[str, str | None]]) -> list[dict[str, str | None]]:
    """The terminals, each with the names of the variables that hold its keys."""
    return [
        {**one, "integration_key_env": setup.integration_key_env, "secret_key_env": setup.secret_key_env}
        for one, setup in zip(told, fleet.setups, strict=True)
    ]


def _told(fleet: Fleet, place: int) -> dict[str, str | None]:
    setup, server = fleet.setups[place], fleet.servers[place]
    admin = None if server.admin_port is None else f"http://127.0.0.1:{server.admin_port}"
    return {"name": setup.name, "profile": setup.profile, "url": setup.url(server.port), "admin_url": admin}


def _fleet(ask: Ask, wanted: dict[str, Any], played: Mapping[str, Any] | None) -> Fleet:
    from tools.simulator import Fleet, ScriptRefused, load_script  # noqa: PLC0415 - see above

    script = wanted["script"] or ""
    folder = Path()
    try:
        if played is not None:
            document = dict(played)
        elif script.endswith(".toml"):
            document, folder = load_script(Path(script)), Path(script).parent
        else:
            faults = [item.strip() for item in script.split(",") if item.strip()]
            document = {"operation": [{"fault": fault} for fault in faults]}
        _merge(document, wanted)
        return Fleet(document, folder=folder, key_of=_key, on_event=_log if ask.verbose else None)
    except ScriptRefused as refused:
        raise CommandError(str(refused)) from None


def _merge(document: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Put the options into the document: what was given is stronger than the script, what is usual is weaker."""
    context = click.get_current_context()
    given = {name for name in wanted if context.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    terminals = document.setdefault("terminal", {})
    for terminal in terminals if isinstance(terminals, list) else [terminals]:
        _merge_terminal(terminal, wanted, given, alone=not isinstance(terminals, list) or len(terminals) == 1)
    _put(document, "seed", wanted["seed"], given="seed" in given)
    _put(document.setdefault("guest", {}), "takes_s", list(wanted["guest_takes"]), given="guest_takes" in given)
    _put(document.setdefault("faults", {}), "rate", wanted["fault_rate"], given="fault_rate" in given)


def _merge_terminal(terminal: object, wanted: dict[str, Any], given: set[str], *, alone: bool) -> None:
    for option in _OF_A_TERMINAL:
        if option in _OF_ONE_TERMINAL and not alone:
            if option in given:
                raise CommandError(f"{option}: the script has several terminals; write it into their tables")
        elif wanted[option] is not None:
            _put(terminal, option, wanted[option], given=option in given)
    for option in ("certificate", "certificate_key"):
        if wanted[option] is not None:
            # Paths in a script are relative to the script, those given here to where one stands.
            _put(terminal, option, str(Path(wanted[option]).absolute()), given=True)


def _put(table: object, key: str, value: object, *, given: bool) -> None:
    # What is no table is refused by whoever reads the document.
    if isinstance(table, dict) and (given or key not in table):
        table[key] = value


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


def _log(name: str, row: Row) -> None:
    at = time.strftime("%H:%M:%S", time.localtime(row.at))
    complain(f"{at} {name} {row.method} {row.path} {row.status or '-'} {row.fault}")
