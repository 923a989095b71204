"""The report: what the audit found, in a table, in plain lines or as one JSON document. All three say the same."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from tools.demo import house
from tools.demo.audit import Account
from tools.demo.rush import Plan, Story

PASSED, FAILED, IN_DOUBT = 0, 1, 30
"""The exit codes, in the meaning that the command line gives them."""


def exit_code(story: Story) -> int:
    """How the demo ended; see ``tools.demo.run``."""
    audit = story.audit
    if audit.differences or story.breaks or _wrong_keys(story) or (_unserved(story) and not audit.in_doubt):
        return FAILED
    return IN_DOUBT if audit.in_doubt else PASSED


def opening(plan: Plan) -> str:
    """What is about to be played."""
    return (
        f"A lunch rush: {plan.bills} bills at {plan.terminals} terminals, {plan.fault_rate:.0%} faults, "
        f"{plan.kills} kills, seed {plan.seed}"
    )


def rows(story: Story) -> list[tuple[str, str]]:
    """Everything but the verdict, in two columns."""
    audit, plan = story.audit, story.plan
    return [
        ("bills", f"{plan.bills} at {plan.terminals} terminals, seed {plan.seed}, {story.took_s:.0f} s"),
        ("paid by card", f"{len(audit.charged_once)} guests, charged exactly once"),
        ("unpaid by card", f"{len(audit.unpaid)} guests, never charged; they paid cash"),
        ("faults played", _faults(story)),
        ("late orders", _late(story)),
        ("kills", _kills(story)),
        ("recoveries", f"{len(story.recoveries)}, exit codes {_listed(r.exit_code for r in story.recoveries)}"),
        ("lost replies", f"{audit.lost_replies}, none of them sent again"),
        ("settled by", _counted(audit.settled_by)),
        ("truth, in line", _spread(audit.doubts_in_line_s, "from the lost reply")),
        ("truth, after a kill", _spread(audit.doubts_after_kill_s, "from the kill, with the start of a new process")),
        ("journal", f"{story.facts} facts, {_breaks(story.breaks)}"),
        ("conditions", conditions(story)),
    ]


def conditions(story: Story) -> str:
    """Under which values, and on which guesses, all this holds."""
    graced = story.audit.settled_by.get("absence_after_grace", 0)
    return (
        f"patience {house.PATIENCE_S} s, grace {house.GRACE_S} s ({graced} verdicts leaned on it), guests of "
        f"{house.GUEST_S[0]} to {house.GUEST_S[1]} s, late orders up to {house.LATEST_ARRIVAL_S:.0f} s late, "
        f"release {house.RELEASE}, fence and idle by dialogs INFERRED; terminals do not restart"
    )


def verdict(story: Story) -> list[str]:
    """The last lines: everything that must be nothing, what is not known, and one sentence."""
    audit = story.audit
    return [
        *_must_be_none("Guests charged twice or more", map(str, audit.charged_twice)),
        *_must_be_none("Paid at the terminal, unpaid in the till", map(str, audit.lost)),
        *_must_be_none("Paid in the till, not at the terminal", map(str, audit.phantom)),
        *_must_be_none("Approved at a terminal, unknown to the journal", audit.unknown_ids),
        *_must_be_none("Endings on which the books differ", audit.disagreeing),
        *_must_be_none("Approved amounts that no bill has", audit.strange_amounts),
        *_must_be_none("Bills that nobody came back to", map(str, _unserved(story))),
        *_named("Still in doubt", audit.in_doubt),
        *_named("Waiting for a person", audit.with_person),
        *_warnings(story),
        _sentence(story),
    ]


def document(story: Story) -> dict[str, Any]:
    """The report as JSON."""
    audit = story.audit
    return {
        "plan": asdict(story.plan),
        "exit_code": exit_code(story),
        "verdict": _sentence(story),
        "warnings": _warnings(story),
        "audit": {**asdict(audit), "differences": audit.differences, "unserved": _unserved(story)},
        "faults": {name: asdict(faults) for name, faults in story.faults.items()},
        "kills": [
            {
                "after_bills": kill.after_bills,
                "at": kill.at.isoformat(timespec="milliseconds"),
                "running": kill.running,
                "settling": kill.settling,
            }
            for kill in story.kills
        ],
        "recoveries": [asdict(recovered) for recovered in story.recoveries],
        "journal": {"facts": story.facts, "breaks": story.breaks},
        "conditions": conditions(story),
        "took_s": round(story.took_s, 1),
    }


def _must_be_none(what: str, found: Iterable[str]) -> list[str]:
    names = list(found)
    return [f"{what}: {len(names)}" + (f" ({', '.join(names)})" if names else "")]


def _named(what: str, accounts: Sequence[Account]) -> list[str]:
    return [f"{what}: {len(accounts)}", *(f"  {account.reference}: {account.reason}" for account in accounts)]


def _sentence(story: Story) -> str:
    audit = story.audit
    match exit_code(story):
        case 0 if audit.with_person:
            return f"Nothing was lost and nobody was charged twice; {len(audit.with_person)} wait for a person."
        case 0:
            return (
                f"Nothing was lost: {len(audit.charged_once)} guests were charged exactly once, "
                f"and {len(audit.unpaid)} not at all."
            )
        case 30:
            return f"Nobody was charged twice, but {len(audit.in_doubt)} operations stay in doubt."
        case _:
            return f"THE AUDIT FAILED: {audit.differences} differences between the ledgers and the journal."


def _warnings(story: Story) -> list[str]:
    """What keeps this run from proving as much as it was meant to."""
    hits, asked = _hits(story), story.plan.kills
    warnings = []
    if hits < asked:
        warnings.append(f"Note: {asked} kills were asked for, {len(story.kills)} came, {hits} hit a running operation.")
    if story.plan.fault_rate and not _played(story):
        warnings.append("Note: not a single fault was played.")
    if wrong := _wrong_keys(story):
        warnings.append(f"Note: {wrong} requests carried a wrong key; a real terminal blocks after that.")
    return warnings


def _unserved(story: Story) -> list[int]:
    """Bills whose guest neither paid, nor gave up, nor waits for a person."""
    return sorted(set(range(1, story.plan.bills + 1)) - story.byes.keys())


def _wrong_keys(story: Story) -> int:
    return sum(faults.wrong_keys for faults in story.faults.values())


def _hits(story: Story) -> int:
    return sum(bool(kill.running) for kill in story.kills)


def _played(story: Story) -> int:
    return sum(faults.played for faults in story.faults.values())


def _faults(story: Story) -> str:
    orders = sum(faults.orders for faults in story.faults.values())
    questions = sum(faults.questions for faults in story.faults.values())
    on_orders: Counter[str] = Counter()
    on_questions: Counter[str] = Counter()
    for faults in story.faults.values():
        on_orders.update(faults.on_orders)
        on_questions.update(faults.on_questions)
    told = f": {_counted(on_orders)}" if on_orders else ""
    return (
        f"{on_orders.total()} on {orders} orders, {on_questions.total()} on {questions} questions. On orders{told}"
        if on_orders
        else f"none on {orders} orders, {on_questions.total()} on {questions} questions"
    )


def _late(story: Story) -> str:
    refused = sum(faults.late_refused for faults in story.faults.values())
    taken = sum(faults.late_taken for faults in story.faults.values())
    return f"{refused} arrived and were refused for their stamp, {taken} were performed"


def _kills(story: Story) -> str:
    running = sum(len(kill.running) for kill in story.kills)
    settling = sum(len(kill.settling) for kill in story.kills)
    return (
        f"{len(story.kills)} by SIGKILL, {_hits(story)} of them hit: {running} operations at the terminals without an "
        f"answer on record, {settling} that were being settled"
    )


def _spread(seconds: Sequence[float], since: str) -> str:
    if not seconds:
        return "none"
    ninety_fifth = seconds[min(len(seconds) - 1, int(len(seconds) * 0.95))]
    return (
        f"median {statistics.median(seconds):.2f} s, 95 of 100 within {ninety_fifth:.2f} s, "
        f"the longest {seconds[-1]:.2f} s {since} ({len(seconds)})"
    )


def _breaks(breaks: Sequence[str]) -> str:
    return "BROKEN: " + "; ".join(breaks) if breaks else "every link of the chain holds"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {times}" for name, times in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
