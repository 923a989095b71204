"""The story of a seed: what happened, in the order of true time, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from tests.prove.simulation.play import Play
from tests.prove.simulation.script import Deed, Script
from tests.prove.simulation.timeline import START_S


def story(play: Play) -> Iterator[str]:
    """Cast, plan, events."""
    yield from _cast(play.script)
    for moment, sentence in sorted(_events(play)):
        yield f"{moment - START_S:9.3f} s  {sentence}"


def _cast(script: Script) -> Iterator[str]:
    scene = script.scene
    yield (
        f"seed {script.seed}: {scene.tills} till(s) on {scene.journals} journal(s), {scene.cashiers} cashier(s) each, "
        f"{scene.terminals} terminal(s) of release {scene.release}"
    )
    yield f"settings: {', '.join(f'{name} {value}' for name, value in scene.settings.items())}"
    for deed in script.deeds:
        yield _told(deed)


def _told(deed: Deed) -> str:
    mishaps = "; ".join(f"{mishap.what} {mishap.how} at effect {mishap.at}" for mishap in deed.mishaps)
    return (
        f"deed {deed.number}: till {deed.till} does a {deed.kind} at terminal {deed.terminal}, {deed.mode}; "
        f"the guest: {deed.guest}. {mishaps or 'nothing goes wrong by itself'}"
    )


def _events(play: Play) -> Iterator[tuple[float, str]]:
    for place, till in enumerate(play.tills):
        yield from ((moment, f"till {place} dies") for moment in till.died_at)
        for (identity, kind), moment in till.recorded.items():
            yield moment, f"till {place} writes {kind} of {_short(identity)}"
    for name, terminal in play.terminals.items():
        yield from ((moment, f"{name} restarts") for moment in terminal.rebooted_at)
        for row in terminal.log.rows:
            heard = row.status or "nothing"
            path = "/".join(_short(word) for word in row.path.split("/"))
            yield row.at, f"{name} is asked {row.method} {path} ({row.fault}, {row.arrived}), answers {heard}"
        for entry in terminal.ledger:
            identity = _short(entry.id or "somebody's")
            yield entry.finished_at, f"{name} ends {entry.kind} {identity}: {entry.outcome} ({entry.arrived})"
    for told in play.told:
        outcome = told.outcome
        who = f"{outcome.reference} ({_short(outcome.operation_id)})"
        yield told.at, f"somebody is told that {who} is {outcome.word}: {outcome.reason}"


def _short(word: str) -> str:
    return word[:8] if len(word) == len("11111111-2222-4333-8444-555555555555") else word
