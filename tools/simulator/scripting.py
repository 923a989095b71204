"""Scripts as TOML or JSON, read into what is played; `docs/simulator.md` shows the format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

from tools.simulator.acts import Deed, act_from
from tools.simulator.cue import Cue
from tools.simulator.faults import EVEN, Fault, FaultPlan, FaultTiming
from tools.simulator.guest import USUAL, Guest
from tools.simulator.script import After, AtTime, During, Event, Script
from tools.simulator.table import Table

_USUAL_TIMING = FaultTiming()
_ANY_SEED = 2**63
_TRIGGERS = ("at_s", "after_operation", "during_operation")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A table of a list: whom it concerns (None is all), its number, its fault, its cue."""

    terminal: str | None
    n: int
    fault: Fault | None
    cue: Cue


def read_scripts(document: Table, names: Sequence[str], *, timing: FaultTiming = _USUAL_TIMING) -> Mapping[str, Script]:
    """Read the script of each of the terminals; raise `ScriptRefused` for what cannot be played.

    Each terminal has a seed of its own: the first the one of the document, the next one more.
    """
    seed = document.whole("seed", 0, least=-_ANY_SEED)
    operations = _lines(document, "operation", names)
    questions = _lines(document, "question", names)
    events = _events(document, names)
    rates, guests = document.table("faults"), document.table("guest")
    scripts = {
        name: Script(
            plan=_plan(rates, _of(operations, name), _of(questions, name), seed + place, timing),
            guest=_guest(guests, seed + place) if document.has("guest") else None,
            events=tuple(event for terminal, event in events if terminal in {None, name}),
        )
        for place, name in enumerate(names)
    }
    rates.finish()
    guests.finish()
    return scripts


def _lines(document: Table, key: str, names: Sequence[str]) -> list[_Line]:
    """Read `[[operation]]` or `[[question]]`; without a number, one follows the one before it."""
    lines: list[_Line] = []
    last: dict[str | None, int] = {}
    for table in document.tables(key):
        terminal = _terminal(table, names)
        n = table.whole("n", last.get(terminal, 0) + 1, least=1)
        if n <= last.get(terminal, 0):
            table.refuse("n", "number them upwards, each number once")
        last[terminal] = n
        fault = table.member("fault", Fault, "") if table.has("fault") else None
        cue = _cue(table, n) if key == "operation" else Cue(n=n)
        table.finish()
        lines.append(_Line(terminal=terminal, n=n, fault=fault, cue=cue))
    return lines


def _cue(table: Table, n: int) -> Cue:
    return Cue(
        n=n,
        takes_s=table.number("guest_takes_s", 0.0) if table.has("guest_takes_s") else None,
        outcome=table.text("outcome", "") if table.has("outcome") else None,
    )


def _events(document: Table, names: Sequence[str]) -> list[tuple[str | None, Event]]:
    found: list[tuple[str | None, Event]] = []
    for table in document.tables("event"):
        terminal = _terminal(table, names)
        when = _when(table)
        act = act_from(table.member("do", Deed, ""), table)
        table.finish()
        found.append((terminal, Event(act=act, when=when)))
    return found


def _when(table: Table) -> AtTime | During | After:
    given = [name for name in _TRIGGERS if table.has(name)]
    match given:
        case ["at_s"]:
            return AtTime(s=table.number("at_s", 0.0))
        case ["after_operation"]:
            return After(n=table.whole("after_operation", 1, least=1), after_s=table.number("after_s", 0.0))
        case ["during_operation"]:
            return During(n=table.whole("during_operation", 1, least=1), after_s=table.number("after_s", 0.0))
        case _:
            return table.refuse(given[-1] if given else "at_s", f"write exactly one of {', '.join(_TRIGGERS)}")


def _terminal(table: Table, names: Sequence[str]) -> str | None:
    """Return which terminal is meant; None is every one."""
    if not table.has("terminal"):
        return None
    name = table.text("terminal", "")
    return name if name in names else table.refuse("terminal", f"write one of {', '.join(names)}")


def _of(lines: Sequence[_Line], name: str) -> list[_Line]:
    return [line for line in lines if line.terminal in {None, name}]


def _plan(
    rates: Table, operations: Sequence[_Line], questions: Sequence[_Line], seed: int, timing: FaultTiming
) -> FaultPlan:
    usual = {field.name: getattr(timing, field.name) for field in fields(timing)}
    return FaultPlan(
        script={line.n: line.fault for line in operations if line.fault is not None},
        question_script={line.n: line.fault for line in questions if line.fault is not None},
        cues=[line.cue for line in operations],
        rate=rates.share("rate"),
        question_rate=rates.share("question_rate"),
        weights=_weights(rates),
        seed=seed,
        timing=replace(timing, **{name: rates.number(name, value) for name, value in usual.items()}),
    )


def _weights(rates: Table) -> Mapping[Fault, float]:
    found = rates.weights("weights", {str(fault): weight for fault, weight in EVEN.items()})
    for name in found:
        if name not in set(Fault):
            rates.refuse("weights", f"write faults out of {', '.join(Fault)}")
    return {Fault(name): weight for name, weight in found.items()}


def _guest(guests: Table, seed: int) -> Guest:
    return Guest(
        takes_s=guests.span("takes_s", (2.0, 8.0)),
        weights=guests.weights("outcomes", USUAL),
        tip_rate=guests.share("tip_rate"),
        tip_percent=guests.whole("tip_percent", 10),
        seed=seed,
    )
