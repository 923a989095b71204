"""The story of one operation: each of its facts as a sentence, with what it rests on.

Every fact is told, in the order in which it was written, and nothing is told that is not in a fact. A reader who
doubts a sentence finds the same number (``seq``) in the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, assert_never

from engine import EMPTY, Dispatch, FactKind, Kind, Operation, Reply, sentence
from tillproof import Fact
from tools.cli.paper import paragraph
from tools.cli.times import clock, day, local
from tools.cli.words import EVIDENCE

NameSlot = Callable[[str], str]
"""Names what a slot held, from its identity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One fact, told: ``evidence`` is what it rests on, ``row`` the row of the decision table that led to it."""

    seq: int
    at: str
    text: str
    evidence: str | None = None
    row: str | None = None

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {"seq": self.seq, "at": self.at, "text": self.text, "evidence": self.evidence, "row": self.row}


def tell(operation: Operation, facts: Sequence[Fact], name_slot: NameSlot) -> list[Chapter]:
    """The whole story."""
    return [_chapter(operation, fact, name_slot) for fact in facts]


def lines(chapters: Sequence[Chapter]) -> list[str]:
    """The story on paper. The day stands above its chapters, and again whenever it, or the offset, changes."""
    told: list[str] = []
    heading = ""
    for chapter in chapters:
        at = local(chapter.at)
        if day(at) != heading:
            heading = day(at)
            told.append(heading)
        told.append(paragraph(chapter.text, first=f"  {clock(at)}  "))
        told += [
            paragraph(note, first=" " * 16 + "- ") for note in (_evidence(chapter), _row(chapter)) if note is not None
        ]
    return told


def _evidence(chapter: Chapter) -> str | None:
    return f"evidence: {EVIDENCE[chapter.evidence]}" if chapter.evidence else None


def _row(chapter: Chapter) -> str | None:
    if chapter.row is None:
        return None
    from recovery import VERDICTS  # noqa: PLC0415 - most stories are of replies that came, and nobody had to decide

    verdict = next((row.verdict for row in VERDICTS if row.label == chapter.row), "of another release")
    return f'decided by the row "{chapter.row}" of the table ({verdict})'


def _chapter(operation: Operation, fact: Fact, name_slot: NameSlot) -> Chapter:
    text, evidence = _told(operation, fact, name_slot)
    row = fact.body.get("row")
    return Chapter(seq=fact.seq, at=fact.at, text=text, evidence=evidence, row=row if isinstance(row, str) else None)


_OPENINGS = {
    FactKind.NOT_DELIVERED: "the terminal did not take it",
    FactKind.LOST_TRACK: "we lost track of it",
    FactKind.PROVEN_ABSENT: "it did not happen",
}


def _told(operation: Operation, fact: Fact, name_slot: NameSlot) -> tuple[str, str | None]:
    body: Any = fact.body
    kind = FactKind(fact.kind)
    match kind:
        case FactKind.INTENDED:
            return f"we took it on: {operation.order.content()}, {operation.order.reference}", None
        case FactKind.DISPATCHED:
            return _dispatched(operation.order.kind, operation.dispatch, name_slot), None
        case FactKind.ANSWERED:
            return f"answer: {_said(operation, body)}", body.get("evidence", "reply")
        case FactKind.NOT_DELIVERED | FactKind.LOST_TRACK | FactKind.PROVEN_ABSENT:
            return f"{_opening(kind, body)}: {body['reason']}", body.get("evidence")
        case FactKind.SEEN:
            return _seen(operation, body)
        case FactKind.ABORT_REQUESTED:
            return f"we asked the terminal to abort it: {body['answer'].replace('_', ' ')}", None
        case FactKind.ESCALATED:
            return _escalated(operation, body), None
        case FactKind.RULED:
            word = body["outcome"].replace("_", " ")
            return f"{body['by']} ruled that it is {word}: {body['reason']}", "person"
        case FactKind.CONTRADICTED:
            return f"ALARM. {body['reason']}", body.get("evidence", "latest_slot")
        case _:
            assert_never(kind)


def _opening(kind: FactKind, body: Any) -> str:  # noqa: ANN401 - a fact's body
    return "a crash" if body.get("crashed") else _OPENINGS[kind]


def _seen(operation: Operation, body: Any) -> tuple[str, str]:  # noqa: ANN401 - a fact's body
    # Facts of the first release name no evidence: there was only the terminal's memory.
    evidence = body.get("evidence", "latest_slot")
    where = "the terminal tells it by our id" if evidence == "status_by_id" else "found in the terminal's memory"
    return f"{where}: {_said(operation, body)}", evidence


def _dispatched(kind: Kind, dispatch: Dispatch | None, name_slot: NameSlot) -> str:
    if dispatch is None:
        return "the order was about to leave"
    stamp = datetime.fromtimestamp(dispatch.stamp_ms / 1000, UTC).astimezone()
    held = "no earlier one" if dispatch.slot_before == EMPTY else name_slot(dispatch.slot_before)
    told = f"the order was about to leave in {dispatch.mode} mode, stamped {clock(stamp)}"
    told += f"; the terminal's memory of {kind}s showed {held}"
    if dispatch.witness is not None:
        other, identity = dispatch.witness
        told += f", and that of {other}s {name_slot(identity)}"
    return told


def _said(operation: Operation, body: Any) -> str:  # noqa: ANN401 - a fact's body
    """The terminal's word: outcome, receipt, another amount than was asked for."""
    return sentence(operation.order, Reply.from_body(body["reply"]))


def _escalated(operation: Operation, body: Any) -> str:  # noqa: ANN401 - a fact's body
    shown = f" (it shows: {_said(operation, body)})" if "reply" in body else ""
    return f"given to a person: {body['reason']}{shown}"
