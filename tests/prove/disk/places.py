"""A journal that is not where or what it was: read-only, deleted, replaced, copied, put back from yesterday."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from engine import OPERATIONS, NothingSent, TerminalUnsettled
from journal import JournalRefused, read_journal
from tests.prove.disk.desk import Desk
from tools.rehearsal import Process, discrepancies
from tools.simulator import Guest


def _desk(folder: Path) -> Desk:
    desk = Desk(folder, latency_s=0.4, guest=Guest(takes_s=4.0, weights={"Approved": 1.0}))
    with desk.till() as till:
        till.pay("bill-0")
    return desk


def read_only(folder: Path) -> Iterator[str]:
    """It opens for looking and not for paying, and says so."""
    desk = _desk(folder)
    desk.path.chmod(0o400)
    try:
        with desk.till():
            yield "a read-only journal was opened for writing"
    except JournalRefused as refusal:
        if "may only be read" not in str(refusal):
            yield f"the refusal does not say why: {refusal}"
    reader = read_journal(desk.path, projection=OPERATIONS)
    if len(list(reader.facts())) == 0:
        yield "a read-only journal cannot be looked at"
    reader.close()


def deleted(folder: Path) -> Iterator[str]:
    """Deleted under a running till: nothing more is sent."""
    yield from _tampered(_desk(folder), lambda path: path.unlink())


def replaced(folder: Path) -> Iterator[str]:
    """Another file under its name, under a running till: nothing more is sent."""

    def replace(path: Path) -> None:
        other = path.with_name("other")
        shutil.copy(path, other)
        other.rename(path)

    yield from _tampered(_desk(folder), replace)


def _tampered(desk: Desk, tamper: Callable[[Path], object]) -> Iterator[str]:
    with desk.till() as till:
        till.pay("bill-1")
        tamper(desk.path)
        before = len(desk.ledger)
        yield from _must_send_nothing(till)
        if len(desk.ledger) != before:
            yield "an order was sent without a journal"


def _must_send_nothing(till: Process) -> Iterator[str]:
    try:
        outcome = till.pay("bill-2")
    except NothingSent:
        return
    yield f"it said {outcome.word}"


def put_back(folder: Path) -> Iterator[str]:
    """Yesterday's file in the place of today's, while no till runs: refused, for the mark has gone further."""
    desk = _desk(folder)
    yesterday = desk.path.read_bytes()
    with desk.till() as till:
        till.pay("bill-1")
    desk.path.write_bytes(yesterday)
    try:
        with desk.till():
            yield "yesterday's journal was opened without a word"
    except JournalRefused:
        pass


def put_back_whole(folder: Path) -> Iterator[str]:
    """Yesterday's file and side folder: nothing here can tell, but the terminal can; it is told, and not taken over."""
    desk = _desk(folder)
    yesterday = folder.with_name(folder.name + "-yesterday")
    shutil.copytree(folder, yesterday)
    with desk.till() as till:
        till.pay("bill-1")
    shutil.rmtree(folder)
    yesterday.rename(folder)
    with desk.till() as till:
        facts = len(list(desk.journal.facts()))
        strangers = till.recovery.recover().strangers
        if not any("is not in this journal" in told for told in strangers):
            yield "the terminal knows a payment that the journal lacks, and nothing was said"
        if len(list(desk.journal.facts())) != facts:
            yield "a payment was taken over that nobody here has made"


def copied(folder: Path) -> Iterator[str]:
    """Two tills with copies of one journal at one terminal: each ending is the ledger's, and each sees the stranger."""
    ours = _desk(folder)
    theirs = copy.copy(ours)
    theirs.move(folder.with_name(folder.name + "-theirs"))
    tills = {"ours": ours, "theirs": theirs}
    for number in range(1, 4):
        for name, desk in tills.items():
            with desk.till() as till:
                try:
                    till.pay(f"{name}-{number}")
                except TerminalUnsettled:
                    continue
    known: set[str] = set()
    for desk in tills.values():
        with desk.till() as till:
            known |= {operation.order.operation_id for operation in desk.operations}
    with ours.till() as till:
        if not till.recovery.recover().strangers:
            yield "another till paid from a copy of this journal, and nothing was said"
        own = {operation.order.operation_id for operation in ours.operations}
        entries = [entry for entry in ours.ledger if entry.id in own or entry.id not in known]
        yield from discrepancies(ours.operations, entries)


PLACES: Mapping[str, Callable[[Path], Iterator[str]]] = {
    place.__name__.replace("_", " "): place
    for place in (read_only, deleted, replaced, put_back, put_back_whole, copied)
}
