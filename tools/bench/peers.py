"""The peers: two durable writes an operation, side by side, for one caller and for 32."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack

from tools.bench.booth import Booth, BoothFailed, Crowd, booth
from tools.bench.contender import JOURNAL, OPERATION, PEERS, PLAIN, RAW, UNSYNCED, Entry
from tools.bench.counting import NoTrace, must_trace
from tools.bench.goal import Goal, Line, at_least
from tools.bench.measurement import Measurement, Result, Work
from tools.bench.proof import broken_proofs, durable, flushes_alone
from tools.bench.samples import Reading, Samples
from tools.bench.turns import middle, take_slices, take_turns

_ONE, _MANY = 1, 32
_DBOS = PEERS[0]
_WITH_STEP = PEERS[1]
_AHEAD = at_least(1)
_GOALS: Mapping[tuple[str, int], Goal | None] = {
    (_DBOS.label, _ONE): at_least(6),
    (_DBOS.label, _MANY): at_least(40),
    # Three durable writes: not the same promise, so no goal hangs on it.
    (_WITH_STEP.label, _ONE): None,
    (_WITH_STEP.label, _MANY): None,
}

_WHY = """Ours does more between its two flushes than any of them: it links every fact to the one before it by a
digest, folds the row of the operation from all of its facts and writes it beside them, asks the file again for the end
of the chain, and looks before each commit whether the file is still the one that it opened. That is computing in Python
(see the [profile](#profile)), and takes longer than a flush of this disk; a disk with slower flushes brings all of them
closer together, because all make the same two. None of it is given up for speed: each of these steps is there so that
an answer that was lost is noticed."""


def _run(work: Work) -> Result:
    left_out: list[str] = []
    there = list(_installed(left_out))
    flushes = _proved(there, work, left_out)
    contenders = [RAW, JOURNAL, OPERATION, *(peer for peer in there if durable(flushes.get(peer.label, 2.0)))]
    # Many raw files, each with its own flushes, are no journal: there is no floor for many callers.
    crowded = [entry for entry in contenders if entry is not RAW]
    readings = [*_one_caller(contenders, work), *_many_callers(crowded, work, left_out)]
    return Result(
        lines=tuple(_lines(contenders, readings)),
        readings=tuple(readings),
        flushes=flushes,
        failures=tuple(broken_proofs(flushes, [])) if flushes else (),
        not_measured=tuple(left_out),
    )


def _installed(left_out: list[str]) -> Iterator[Entry]:
    for peer in PEERS:
        if peer.there:
            yield peer
        else:
            left_out.append(f"{peer.name}: {peer.package} is not installed; pip install '.[bench]'")


def _proved(peers: Iterable[Entry], work: Work, left_out: list[str]) -> dict[str, float]:
    """The flushes of each; empty where the kernel cannot be asked, and then only their settings speak for them."""
    try:
        must_trace()
    except NoTrace as why:
        left_out.append(f"whether the peers really sync: {why}")
        return {}
    return {
        entry.label: flushes_alone(entry, work, operations=work.rounds(150)) for entry in (UNSYNCED, JOURNAL, *peers)
    }


def _one_caller(contenders: list[Entry], work: Work) -> Iterator[Reading]:
    with ExitStack() as stack:
        booths = [stack.enter_context(booth(entry, work.folder)) for entry in contenders]
        turns = {opened.entry.label: opened.one for opened in booths}
        took = take_turns(turns, rounds=work.rounds(600), warm=40, tell=work.tell)
    return (samples.reading(name) for name, samples in took.items())


def _many_callers(contenders: list[Entry], work: Work, left_out: list[str]) -> Iterator[Reading]:
    seconds = 0.4 if work.quick else 1.5
    with ExitStack() as stack:
        booths = [stack.enter_context(booth(entry, work.folder, callers=_MANY)) for entry in contenders]
        turns = {opened.entry.label: _Attempt(opened, seconds) for opened in booths}
        told = take_slices(turns, rounds=work.rounds(5), tell=work.tell)
    for name, turn in turns.items():
        if turn.failed:
            left_out.append(f"{name} with {_MANY} callers: {turn.failed}")
            continue
        crowds = [crowd for crowd in told[name] if crowd is not None]
        samples = Samples([second for crowd in crowds for second in crowd.seconds])
        yield samples.reading(name, callers=_MANY, per_s=middle([crowd.per_s for crowd in crowds]))


class _Attempt:
    """Slices of one contender, until it breaks down: with many callers some libraries give up waiting for a lock."""

    def __init__(self, opened: Booth, seconds: float) -> None:
        self._opened = opened
        self._seconds = seconds
        self.failed = ""

    def __call__(self) -> Crowd | None:
        if self.failed:
            return None
        try:
            return self._opened.crowd(self._seconds)
        except BoothFailed as failed:
            self.failed = str(failed).splitlines()[-1]
            return None


def _lines(contenders: list[Entry], readings: list[Reading]) -> Iterator[Line]:
    per_s = {(reading.who, reading.callers): reading.per_s for reading in readings}
    for callers, counted in ((_ONE, "one caller"), (_MANY, f"{_MANY} callers")):
        others = {entry.label: per_s[entry.label, callers] for entry in PEERS if (entry.label, callers) in per_s}
        near = _near(others, per_s[JOURNAL.label, callers])
        for entry in contenders:
            name = entry.label
            if name in {RAW.label, JOURNAL.label, OPERATION.label} or (name, callers) not in per_s:
                continue
            plain = per_s.get((PLAIN.label, callers))
            yield Line(
                figure=f"{JOURNAL.label} ÷ {name}, operations a second, {counted}",
                value=per_s[JOURNAL.label, callers] / per_s[name, callers],
                goal=_GOALS.get((name, callers), _AHEAD),
                why=near if entry is not _DBOS or plain is None else _far(plain / per_s[name, callers]),
            )


def _near(per_s: Mapping[str, float], ours: float) -> str:
    """What stands between ours and those that are faster."""
    faster = sorted((1000 / rate, name) for name, rate in per_s.items() if rate > ours)
    told = ", ".join(f"{name} takes {took_ms:.2f}" for took_ms, name in faster)
    return f"""{told}, and ours {1000 / ours:.2f} ms for an operation. Plain sqlite3 is nothing but the two writes that
all of them make, which shows how little the others do besides. {_WHY}"""


def _far(plain: float) -> str:
    return f"""plain sqlite3, which makes the two writes and nothing else, does {plain:.2f} times as many operations as
DBOS here: what writes twice into SQLite on this disk stays below that, and ours chains, folds and looks besides."""


MEASUREMENT = Measurement(
    name="peers",
    title="Side by side with others, at equal durability",
    how="""Every contender makes two durable writes an operation, of the same content: what is written before an order
leaves, and what is written when it is answered. All are on SQLite with WAL and synchronous=FULL, read back where the
library lets one; strace says whether they really flush, and who makes fewer than two flushes an operation is *not
durable* and is not compared. One caller: operation by operation, in turn; 32 callers: slices of 1.5 seconds, in turn.
Our journal also chains, folds and checks; *all but HTTP* signs, verifies and logs besides, which no peer does.""",
    run=_run,
)
