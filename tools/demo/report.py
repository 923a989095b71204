"""The report: what the audit found, as rows of a table, as plain lines, and as one JSON document."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from engine import Evidence
from tools.demo import house
from tools.demo.audit import Account, Faults
from tools.demo.story import Plan, Story


def opening(plan: Plan) -> str:
    """What is about to be played."""
    return (
        f"A lunch rush: {plan.bills} bills, {plan.terminals} terminals, {plan.kills} kills, "
        f"{plan.fault_rate:.0%} faults, seed {plan.seed}"
    )


def rows(story: Story) -> list[tuple[str, str]]:
    """Everything but the verdict, in two columns."""
    audit = story.audit
    return [
        ("played", f"{story.plan.bills} bills, {story.plan.terminals} terminals, seed {story.plan.seed}"),
        ("took", f"{story.took_s:.0f} s"),
        ("paid by card", f"{len(audit.charged_once)} guests, charged exactly once"),
        ("unpaid by card", f"{len(audit.unpaid)} guests, never charged, who paid cash"),
        *_faults(story.faults),
        ("kills", _kills(story)),
        ("recoveries", f"{len(story.recoveries)}, exit codes {_listed(r.exit_code for r in story.recoveries)}"),
        ("lost replies", str(audit.lost_replies)),
        ("settled by", _counted(audit.settled_by)),
        ("truth, in line", _spread(audit.doubts_in_line_s, "from the lost reply")),
        ("truth, after a kill", _spread(audit.doubts_after_kill_s, "from the kill, with the start of a new process")),
        ("journal", f"{story.facts} facts, {'; '.join(story.breaks) or 'every link of the chain holds'}"),
        ("conditions", conditions(story)),
    ]


def conditions(story: Story) -> str:
    """Under which values, and on which guesses, all this holds."""
    graced = story.audit.settled_by.get(Evidence.ABSENCE_AFTER_GRACE, 0)
    return (
        f"patience {house.PATIENCE_S} s; grace {house.GRACE_S} s ({graced} verdicts leaned on it); guests take "
        f"{house.GUEST_S[0]} to {house.GUEST_S[1]} s; late orders come up to {house.LATEST_ARRIVAL_S:.0f} s late; "
        f"release {house.RELEASE}, with fence and idle by dialogs, which are INFERRED; terminals do not restart"
    )


def verdict(story: Story) -> list[str]:
    """The last lines: everything that must be nothing, what is not known, and the end of the story."""
    audit = story.audit
    return [
        _must_be_none("Guests charged twice or more", map(str, audit.charged_twice)),
        _must_be_none("Paid at the terminal, unpaid in the till", map(str, audit.lost)),
        _must_be_none("Paid in the till, not at the terminal", map(str, audit.phantom)),
        _must_be_none("Approved at a terminal, unknown to the journal", audit.unknown_ids),
        _must_be_none("Endings on which the books differ", audit.disagreeing),
        _must_be_none("Approved amounts that no bill has", audit.strange_amounts),
        _must_be_none("Bills that nobody came back to", map(str, story.unserved)),
        *_named("Still in doubt", audit.in_doubt),
        *_named("Waiting for a person", audit.with_person),
        *story.warnings,
        story.sentence,
    ]


def document(story: Story) -> dict[str, Any]:
    """The report as JSON."""
    kills = [asdict(kill) | {"at": kill.at.isoformat(timespec="milliseconds")} for kill in story.kills]
    return {
        "plan": asdict(story.plan),
        "exit_code": story.exit_code,
        "verdict": story.sentence,
        "warnings": story.warnings,
        "differences": story.audit.differences,
        "audit": asdict(story.audit),
        "unserved": story.unserved,
        "faults": asdict(story.faults),
        "kills": kills,
        "kills_that_hit": story.hits,
        "recoveries": [asdict(recovered) for recovered in story.recoveries],
        "journal": {"facts": story.facts, "breaks": story.breaks},
        "conditions": conditions(story),
        "took_s": round(story.took_s, 1),
    }


def _must_be_none(what: str, found: Iterable[str]) -> str:
    names = list(found)
    return f"{what}: {len(names)}" + (f" ({', '.join(names)})" if names else "")


def _named(what: str, accounts: Sequence[Account]) -> list[str]:
    return [f"{what}: {len(accounts)}", *(f"  {account.reference}: {account.reason}" for account in accounts)]


def _faults(faults: Faults) -> list[tuple[str, str]]:
    return [
        ("faults on orders", _struck(faults.on_orders, faults.orders)),
        ("faults on questions", _struck(faults.on_questions, faults.questions)),
        ("orders come late", f"{faults.late_refused} refused for their stamp, {faults.late_taken} performed"),
    ]


def _struck(struck: Mapping[str, int], exchanges: int) -> str:
    return f"{sum(struck.values())} of {exchanges}" + (f": {_counted(struck)}" if struck else "")


def _kills(story: Story) -> str:
    running = sum(len(kill.running) for kill in story.kills)
    settling = sum(len(kill.settling) for kill in story.kills)
    return (
        f"{len(story.kills)} by SIGKILL, {story.hits} hit a running operation: {running} were at the terminals without "
        f"an answer on record, {settling} more were being settled"
    )


def _spread(seconds: Sequence[float], since: str) -> str:
    """``seconds`` are sorted."""
    if not seconds:
        return "none"
    p95_s = seconds[min(len(seconds) - 1, int(len(seconds) * 0.95))]
    median_s = statistics.median(seconds)
    return f"median {median_s:.2f} s, p95 {p95_s:.2f} s, longest {seconds[-1]:.2f} s {since} ({len(seconds)} of them)"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {times}" for name, times in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
