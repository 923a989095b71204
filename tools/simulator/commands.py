"""What the admin port can be told to do; every command is read whole before anything of it is done."""

from collections.abc import Callable, Mapping
from functools import partial

from tools.simulator.acts import Deed, act_from
from tools.simulator.faults import Fault, FaultPlan
from tools.simulator.guest import Guest
from tools.simulator.scripting import read_scripts
from tools.simulator.station import Station
from tools.simulator.table import Table

Document = dict[str, object]


def set_faults(station: Station, wanted: Table) -> Document:
    """Replace the plan: `script` and `question_script`, or `rate`, `question_rate` and `seed`."""
    plan = FaultPlan(
        script=_faults(wanted, "script"),
        question_script=_faults(wanted, "question_script"),
        rate=wanted.share("rate"),
        question_rate=wanted.share("question_rate"),
        seed=wanted.whole("seed", 0, least=-(2**63)),
        timing=station.plan.timing,
    )
    wanted.finish()
    station.replace_plan(plan)
    return {}


def set_guest(station: Station, wanted: Table) -> Document:
    """Replace the guest: `takes_s` in seconds, `outcomes` as a script, after which guests are as usual."""
    guest = Guest(
        takes_s=wanted.number("takes_s", 0.0),
        outcomes=wanted.texts("outcomes"),
        seed=wanted.whole("seed", 0, least=-(2**63)),
    )
    wanted.finish()
    with station.changed:
        station.terminal.operations.guest = guest
    return {}


def foreign(station: Station, wanted: Table) -> Document:
    """Let another till do an operation, and return its entry in the ledger; the keys are those of the event."""
    act = act_from(Deed.FOREIGN, wanted)
    wanted.finish()
    with station.changed:
        station.perform(act)
        return station.terminal.ledger[-1].as_json()


def perform(deed: Deed, station: Station, wanted: Table) -> Document:
    """Reboot, press a button or set the clock; the keys are those of the event."""
    act = act_from(deed, wanted)
    wanted.finish()
    station.perform(act)
    return {}


def set_script(station: Station, wanted: Table) -> Document:
    """Begin a script now: what a file holds, without `terminal`; numbers and seconds count from here."""
    if wanted.has("terminal"):
        wanted.refuse("terminal", "leave it out: a running terminal stays what it is")
    name = station.terminal.name
    script = read_scripts(wanted, [name], timing=station.plan.timing)[name]
    wanted.finish()
    station.begin(script)
    return {}


COMMANDS: Mapping[str, Callable[[Station, Table], object]] = {
    "/faults": set_faults,
    "/foreign": foreign,
    "/guest": set_guest,
    "/press": partial(perform, Deed.PRESS),
    "/reboot": partial(perform, Deed.REBOOT),
    "/script": set_script,
    "/skew": partial(perform, Deed.SKEW),
}


def _faults(wanted: Table, name: str) -> list[str]:
    found = wanted.texts(name)
    return found if set(found) <= set(Fault) else wanted.refuse(name, f"write faults out of {', '.join(Fault)}")
