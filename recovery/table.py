"""The decision tables: what follows from the evidence.

There are two. ``PROSPECTS`` answers *can it still happen?*, and ``VERDICTS`` answers *what do we do?*. Every possible
input meets exactly one row of each; a test walks them all. ``docs/recovery.md`` is printed from these tables.
**No row sends an order again.**

Why absence needs three proofs. "The slot shows an older operation" only says that ours has not finished. It may still
be under way in some buffer (so: fence, or grace), and it may be running with the guest's card in the terminal (so:
idle, or grace where the release cannot tell). With the fence up, the terminal idle *after* that, and the slot
unchanged *after* that, it did not happen. In a model of the protocol, leaving out any of the three ends with a guest
who paid at a till that says he did not (``faults.md``, *by model checking*).

Why an empty slot is weaker than an unchanged one. A restart wipes the slots, and a slot that was empty before looks
the same after. So an empty slot proves absence only while the terminal cannot have restarted: within ``reboot_s``, or
if another slot still shows what it showed before (the witness). A capture wipes them as well, and takes no time: the
slot of captures must show what it showed before, too. Otherwise a person is asked. A simulator that is killed
and started anew at once is faster than any terminal, and makes the first of these wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from typing import TypeVar

from engine import Activity
from recovery.evidence import Evidence, Fence, Grace, Patience, Prospect, Recall, Sighting, Signs, Standing


class Verdict(StrEnum):
    """What to do."""

    ADOPT = "adopt"
    """Take the terminal's ending for ours."""
    ABSENT = "absent"
    """It did not happen."""
    UNSENT = "unsent"
    """It never left."""
    ASK_AGAIN = "ask again"
    """Another round of questions."""
    LEAVE = "leave"
    """As it is, for now."""
    ESCALATE = "escalate"
    """The terminal can no longer tell: a person has to."""
    ALARM = "alarm"
    """It contradicts what was final."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProspectRow:
    """Whether it can still happen; a name left out (an empty set) means *whatever it is*."""

    label: str
    prospect: Prospect
    reason: str
    fence: frozenset[Fence] = frozenset()
    activity: frozenset[Activity] = frozenset()
    grace: frozenset[Grace] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRow:
    """What to do; a name left out (an empty set) means *whatever it is*."""

    label: str
    verdict: Verdict
    reason: str
    standing: frozenset[Standing] = frozenset()
    sighting: frozenset[Sighting] = frozenset()
    prospect: frozenset[Prospect] = frozenset()
    recall: frozenset[Recall] = frozenset()
    patience: frozenset[Patience] = frozenset()


PROSPECTS = (
    ProspectRow(
        label="running",
        activity=frozenset({Activity.BUSY}),
        prospect=Prospect.AHEAD,
        reason="the terminal is busy with an operation, and it may be this one",
    ),
    ProspectRow(
        label="shut out",
        activity=frozenset({Activity.IDLE}),
        fence=frozenset({Fence.UP}),
        prospect=Prospect.SHUT,
        reason="it can no longer arrive, and nothing is running",
    ),
    ProspectRow(
        label="still to arrive",
        activity=frozenset({Activity.IDLE}),
        fence=frozenset({Fence.DOWN}),
        grace=frozenset({Grace.RUNNING}),
        prospect=Prospect.AHEAD,
        reason="nothing is running, but it may still arrive",
    ),
    ProspectRow(
        label="too late to arrive",
        activity=frozenset({Activity.IDLE}),
        fence=frozenset({Fence.DOWN}),
        grace=frozenset({Grace.OVER}),
        prospect=Prospect.OUTLIVED,
        reason="nothing is running, and the longest life of an operation has passed",
    ),
    ProspectRow(
        label="untold",
        activity=frozenset({Activity.UNTOLD}),
        grace=frozenset({Grace.RUNNING}),
        prospect=Prospect.AHEAD,
        reason="this release does not say whether anything is running",
    ),
    ProspectRow(
        label="outlived",
        activity=frozenset({Activity.UNTOLD}),
        grace=frozenset({Grace.OVER}),
        prospect=Prospect.OUTLIVED,
        reason="the longest life of an operation has passed",
    ),
)

_OPEN = frozenset({Standing.OPEN})
_WITHOUT_OURS = frozenset({Sighting.UNCHANGED, Sighting.STILL_EMPTY, Sighting.FORGOTTEN, Sighting.FOREIGN})
_OVER = frozenset({Prospect.SHUT, Prospect.OUTLIVED})
_AHEAD = frozenset({Prospect.AHEAD})

VERDICTS = (
    VerdictRow(
        label="never dispatched",
        standing=frozenset({Standing.UNSENT}),
        verdict=Verdict.UNSENT,
        reason="its dispatch was never written, so it cannot have left",
    ),
    VerdictRow(
        label="found",
        standing=frozenset({Standing.OPEN, Standing.ESCALATED}),
        sighting=frozenset({Sighting.OURS, Sighting.OURS_OTHERWISE}),
        verdict=Verdict.ADOPT,
        reason="the terminal shows it under our id",
    ),
    VerdictRow(
        label="found unclear",
        standing=_OPEN,
        sighting=frozenset({Sighting.OURS_UNCLEAR}),
        verdict=Verdict.ESCALATE,
        reason="the terminal shows it under our id, with an outcome that nobody here knows",
    ),
    VerdictRow(
        label="absent",
        standing=_OPEN,
        sighting=frozenset({Sighting.UNCHANGED}),
        prospect=_OVER,
        verdict=Verdict.ABSENT,
        reason="the terminal still shows what it showed before, and this can no longer happen",
    ),
    VerdictRow(
        label="absent, empty",
        standing=_OPEN,
        sighting=frozenset({Sighting.STILL_EMPTY}),
        prospect=_OVER,
        recall=frozenset({Recall.KEPT}),
        verdict=Verdict.ABSENT,
        reason="the terminal shows none, as before, cannot have forgotten since, and this can no longer happen",
    ),
    VerdictRow(
        label="empty, unsure",
        standing=_OPEN,
        sighting=frozenset({Sighting.STILL_EMPTY}),
        prospect=_OVER,
        recall=frozenset({Recall.UNSURE}),
        verdict=Verdict.ESCALATE,
        reason="the terminal shows none, but a restart or a capture since may have made it forget",
    ),
    VerdictRow(
        label="forgotten",
        standing=_OPEN,
        sighting=frozenset({Sighting.FORGOTTEN}),
        prospect=_OVER,
        verdict=Verdict.ESCALATE,
        reason="the terminal has forgotten what it showed before: a restart or a capture wiped the proof",
    ),
    VerdictRow(
        label="overwritten",
        standing=_OPEN,
        sighting=frozenset({Sighting.FOREIGN}),
        prospect=_OVER,
        verdict=Verdict.ESCALATE,
        reason="somebody else's newer operation stands where the proof was",
    ),
    VerdictRow(
        label="not yet",
        standing=_OPEN,
        sighting=_WITHOUT_OURS,
        prospect=_AHEAD,
        patience=frozenset({Patience.LEFT}),
        verdict=Verdict.ASK_AGAIN,
        reason="it may still happen",
    ),
    VerdictRow(
        label="not yet, left",
        standing=_OPEN,
        sighting=_WITHOUT_OURS,
        prospect=_AHEAD,
        patience=frozenset({Patience.OUT}),
        verdict=Verdict.LEAVE,
        reason="it may still happen, and nobody waits any longer",
    ),
    VerdictRow(
        label="running",
        standing=_OPEN,
        sighting=frozenset({Sighting.RUNNING}),
        patience=frozenset({Patience.LEFT}),
        verdict=Verdict.ASK_AGAIN,
        reason="asked by our id, the terminal says that it runs",
    ),
    VerdictRow(
        label="running, left",
        standing=_OPEN,
        sighting=frozenset({Sighting.RUNNING}),
        patience=frozenset({Patience.OUT}),
        verdict=Verdict.LEAVE,
        reason="asked by our id, the terminal says that it runs, and nobody waits any longer",
    ),
    VerdictRow(
        label="silent",
        standing=_OPEN,
        sighting=frozenset({Sighting.SILENT}),
        patience=frozenset({Patience.LEFT}),
        verdict=Verdict.ASK_AGAIN,
        reason="the terminal does not answer",
    ),
    VerdictRow(
        label="silent, left",
        standing=_OPEN,
        sighting=frozenset({Sighting.SILENT}),
        patience=frozenset({Patience.OUT}),
        verdict=Verdict.LEAVE,
        reason="the terminal does not answer, and nobody waits any longer",
    ),
    VerdictRow(
        label="with a person",
        standing=frozenset({Standing.ESCALATED}),
        sighting=_WITHOUT_OURS | {Sighting.OURS_UNCLEAR, Sighting.RUNNING, Sighting.SILENT},
        verdict=Verdict.LEAVE,
        reason="a person has to rule on it: tillproof resolve",
    ),
    VerdictRow(
        label="contradicted",
        standing=frozenset({Standing.FINAL}),
        sighting=frozenset({Sighting.OURS_OTHERWISE}),
        verdict=Verdict.ALARM,
        reason="the terminal shows another ending than the one on record",
    ),
    VerdictRow(
        label="as recorded",
        standing=frozenset({Standing.FINAL}),
        sighting=_WITHOUT_OURS | {Sighting.OURS, Sighting.OURS_UNCLEAR, Sighting.RUNNING, Sighting.SILENT},
        verdict=Verdict.LEAVE,
        reason="nothing contradicts what is on record",
    ),
)

_Row = TypeVar("_Row", ProspectRow, VerdictRow)


def fitting(table: Sequence[_Row], given: Evidence | Signs) -> list[_Row]:
    """The rows of a table that are for this input. A test proves that there is always exactly one."""
    names = [field.name for field in fields(given)]
    return [row for row in table if all(_covers(getattr(row, name), getattr(given, name)) for name in names)]


def _covers(wanted: frozenset[StrEnum], value: StrEnum) -> bool:
    return not wanted or value in wanted


@cache
def foresee(signs: Signs) -> ProspectRow:
    """Whether it can still happen."""
    (row,) = fitting(PROSPECTS, signs)
    return row


@cache
def decide(evidence: Evidence) -> VerdictRow:
    """What to do. There are only so many inputs, and a till meets a dozen of them again and again."""
    (row,) = fitting(VERDICTS, evidence)
    return row
