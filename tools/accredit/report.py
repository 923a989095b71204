"""A run as lines for people, as one document, and as an exit code."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tools.accredit.record import Entry, Row
from tools.accredit.run import Report
from tools.accredit.verdict import Verdict, Word

PASSED, FAILED, UNDECIDED = 0, 1, 30

_SHOWN = 8


def exit_code(report: Report) -> int:
    """0 when all has passed, 1 when anything has failed, 30 when something was not played or not judged."""
    words = {verdict.word for _, verdict in _verdicts(report)}
    if Word.FAILED in words:
        return FAILED
    return PASSED if words == {Word.PASSED} else UNDECIDED


def document(report: Report) -> dict[str, object]:
    """The one document of ``--json``."""
    return {
        "simulator": {"name": report.terminal, "release": report.profile},
        "cases": [
            {
                "name": result.case.name,
                "source": result.case.source,
                "proves": result.case.proves,
                **result.verdict.as_json(),
                "pos": list(result.endings),
            }
            for result in report.results
        ],
        "whole_run": [{"name": name, **verdict.as_json()} for name, verdict in report.manners.items()],
    }


def lines(report: Report) -> Iterator[str]:
    """One line for each case; under what has not passed, the reason and the rows that decided."""
    width = max(len(name) for name, _ in _verdicts(report))
    yield f"Terminal {report.terminal}, release {report.profile}; judged by its ledger and request log."
    for name, verdict in _verdicts(report):
        yield f"  {name.ljust(width)}  {verdict.word}"
        if verdict.why:
            yield f"      {verdict.why}"
        for proof in verdict.evidence[:_SHOWN]:
            yield f"      {_told(proof)}"
        if len(verdict.evidence) > _SHOWN:
            yield f"      and {len(verdict.evidence) - _SHOWN} more; --json has them all"
    yield _sum(report)


def _verdicts(report: Report) -> Iterator[tuple[str, Verdict]]:
    yield from ((result.case.name, result.verdict) for result in report.results)
    yield from report.manners.items()


def _told(proof: Entry | Row) -> str:
    if isinstance(proof, Row):
        reply = "no reply" if proof.status is None else str(proof.status)
        fault = "" if proof.fault == "none" else f" ({proof.fault})"
        return f"log     {_time(proof.at)} {proof.method} {proof.path} {reply}{fault}"
    amount = "" if proof.amount_minor is None else f" {proof.amount_minor // 100}.{proof.amount_minor % 100:02d}"
    return f"ledger  {_time(proof.started_at)} {proof.kind}{amount} {proof.outcome} {proof.arrived}"


def _time(at: float) -> str:
    whole = int(at)
    return f"{time.strftime('%H:%M:%S', time.gmtime(whole))}.{int((at - whole) * 1000):03d}Z"


def _sum(report: Report) -> str:
    words = [verdict.word for _, verdict in _verdicts(report)]
    order = (Word.PASSED, Word.FAILED, Word.NOT_PLAYED, Word.NOT_JUDGED)
    return ", ".join(f"{words.count(word)} {word}" for word in order if word in words)
