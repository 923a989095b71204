"""One crowd: terminals, tills, the killer, and the audit in the end."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import tillproof
from tests.prove.crowd.till import Post, serve
from tests.prove.crowd.witness import LANES, TILLS, Witness
from tools.rehearsal import discrepancies
from tools.simulator import Guest, SimulatedTerminal, SimulatorServer

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.prove.crowd.till"])
_INTEGRATION_KEY = "crowd-integration-key"
_SECRET_KEY = "crowd-secret-key"
_TERMINAL = """
[terminals.{name}]
url = "http://127.0.0.1:{port}/api/v2"
api = "2.2"
integration_key_file = "integration.key"
secret_key_file = "secret.key"
patience_s = {patience_s}
grace_s = 60
"""

_CALM_S = 0.15
"""Between two kills, on average."""

_PATIENT = 10
"""So many times as long it may last, on a slow machine, until at least one was killed in a lane."""

_GUEST_S = (0.005, 0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is played: for how long, with which dice, and what is planted."""

    folder: Path
    seed: int
    length_s: float
    patience_s: float
    """How long a till waits for a terminal; a crowd in which one may take longer than this is no longer fair."""
    plant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What became of it."""

    kills: int = 0
    kills_inside: int = 0
    entries: int = 0
    refusals: int = 0
    longest_s: float = 0.0
    by_till: tuple[int, ...] = ()
    outcomes: Counter[str] = field(default_factory=Counter)
    doubts: Counter[str] = field(default_factory=Counter)
    problems: tuple[str, ...] = ()


def play(scene: Scene, tell: Callable[[float], None]) -> Found:
    """Let the crowd work and be killed; then stop them, recover, and let the ledgers judge."""
    scene.folder.mkdir()
    terminals = [_terminal(name, scene.seed) for name in LANES]
    with ExitStack() as servers:
        ports = {each.name: servers.enter_context(SimulatorServer(each)).port for each in terminals}
        config = _configuration(scene, ports)
        tillproof.open(config).close()
        witness = Witness(scene.folder)
        kills, late = _run(scene, config, witness, tell)
        found = Found(
            kills=len(kills),
            kills_inside=sum(kills),
            entries=witness.entries,
            refusals=witness.refusals,
            longest_s=witness.longest_s,
            by_till=tuple(witness.operations),
            problems=(*witness.sentences, *late),
        )
        witness.close()
        return _judge(scene, config, terminals, found)


def _terminal(name: str, seed: int) -> SimulatedTerminal:
    return SimulatedTerminal(
        name=name,
        integration_key=_INTEGRATION_KEY,
        secret_key=_SECRET_KEY,
        now=time.time,
        guest=Guest(takes_s=_GUEST_S, weights={"Approved": 0.9, "Declined": 0.1}, seed=seed),
    )


def _configuration(scene: Scene, ports: dict[str, int]) -> Path:
    for name, key in (("integration.key", _INTEGRATION_KEY), ("secret.key", _SECRET_KEY)):
        (scene.folder / name).write_text(key, "utf-8")
        (scene.folder / name).chmod(0o600)
    config = scene.folder / "tillproof.toml"
    tables = [_TERMINAL.format(name=name, port=port, patience_s=scene.patience_s) for name, port in ports.items()]
    config.write_text('journal = "shop.journal"\n' + "".join(tables), "utf-8")
    config.chmod(0o600)
    return config


def _run(scene: Scene, config: Path, witness: Witness, tell: Callable[[float], None]) -> tuple[list[bool], list[str]]:
    """Start, kill and start again, and let them end; of each kill whether it hit in a lane, and who never ended."""
    dice = random.Random(f"{scene.seed} killer")  # noqa: S311 - repeatable
    posts = [Post(config=config, seed=scene.seed, till=number, plant=scene.plant) for number in range(TILLS)]
    tills = [_start(post) for post in posts]
    began, kills = time.monotonic(), list[bool]()
    entered = [0] * TILLS
    while (passed_s := time.monotonic() - began) < scene.length_s or (
        not any(kills) and passed_s < _PATIENT * scene.length_s
    ):
        tell(passed_s)
        victim = dice.randrange(TILLS)
        # Waiting for the one who is to be killed: should it end by itself, that is noticed at once.
        tills[victim].join(dice.expovariate(1 / _CALM_S))
        if tills[victim].is_alive():
            if witness.entered(victim) == entered[victim]:
                continue  # it has only just started: a kill now would kill nothing
            kills.append(_kill(tills[victim], witness))
        entered[victim] = witness.entered(victim)
        posts[victim] = replace(posts[victim], generation=posts[victim].generation + 1)
        tills[victim] = _start(posts[victim])
    posts[0].end.touch()
    deadline = time.monotonic() + 4 * len(LANES) * scene.patience_s + 30
    late = []
    for number, till in enumerate(tills):
        till.join(max(0.0, deadline - time.monotonic()))
        if till.is_alive():
            late.append(f"till {number} is stuck: it never came to an end after the last kill")
            _kill(till, witness)
    return kills, late


def _start(post: Post) -> ForkServerProcess:
    process = _FORKS.Process(target=serve, args=(post,), daemon=True)
    process.start()
    return process


def _kill(process: ForkServerProcess, witness: Witness) -> bool:
    """Kill it; whether that hit it in a lane."""
    inside = witness.doom(process.pid or 0)
    process.kill()
    process.join()
    return inside


def _judge(scene: Scene, config: Path, terminals: list[SimulatedTerminal], found: Found) -> Found:
    """Recover once more, and compare the journal with the ledgers."""
    with tillproof.open(config) as till:
        till.recover()
        operations = till.newest(1_000_000)
        outcomes = [till.outcome_of(operation.order.operation_id) for operation in operations]
        problems = [*till.verify().breaks[:3], *_twice(terminals)]
        problems += discrepancies(operations, [entry for each in terminals for entry in each.ledger])
    return replace(
        found,
        outcomes=Counter(outcome.word for outcome in outcomes),
        doubts=Counter(outcome.reason for outcome in outcomes if outcome.word == "in_doubt"),
        problems=tuple(f"seed {scene.seed}: {told}" for told in (*found.problems, *problems)),
    )


def _twice(terminals: list[SimulatedTerminal]) -> Iterator[str]:
    for terminal in terminals:
        for reference, times in Counter(entry.id for entry in terminal.ledger).items():
            if times > 1:
                yield f"{terminal.name}: {reference} was performed {times} times"
