"""Journals that are not where, what or as new as they were: each is noticed, or does no harm."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine import OPERATIONS, AnswerNotStored, Approved, Mode, NothingSent, Outcome, TillproofError
from journal import JournalError, JournalRefused, read_journal
from tests.prove.disk.desk import Desk
from tests.prove.disk.plants import PLANTS
from tools.rehearsal import Process, discrepancies
from tools.simulator import Guest

_LATER_S = 400.0
_BESIDE = (".side", "-wal", "-shm")
"""What stands beside the file of a journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One scene at a journal with so many payments in it; ``plant`` names a fault that is planted."""

    scene: str
    payments: int
    mode: Mode
    folder: Path
    plant: str | None = None

    @property
    def words(self) -> str:
        """For a sentence."""
        return f"{self.scene.replace('_', ' ')}, after {self.payments} payments, {self.mode}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came of it."""

    visit: Visit
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A desk where some guests have paid, and what it was like when one less had."""

    desk: Desk
    mode: Mode
    yesterday: Path

    @property
    def path(self) -> Path:
        """The journal."""
        return self.desk.path

    def pay(self, till: Process, reference: str) -> tuple[Outcome | Exception, int]:
        """What the caller hears, and how many orders left for it."""
        before = _orders(till)
        try:
            told: Outcome | Exception = till.pay(reference, mode=self.mode)
        except (TillproofError, JournalError) as error:
            told = error
        return told, _orders(till) - before

    def put_back(self, *, side: bool) -> None:
        """Yesterday's journal in place of today's; with the folder beside it, or without."""
        for ending in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        shutil.copy2(self.yesterday / self.path.name, self.path)
        if side:
            shutil.rmtree(_side(self.path))
            shutil.copytree(_side(self.yesterday / self.path.name), _side(self.path))


def visit(task: Visit) -> Seen:
    """Play one scene."""
    place = Path(tempfile.mkdtemp(dir=task.folder))
    try:
        with pytest.MonkeyPatch.context() as patch:
            case = _case(place, task)
            if task.plant is not None:
                PLANTS[task.plant].put(patch)
            problems = tuple(f"{task.words}: {told}" for told in _played(case, task.scene))
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return Seen(visit=task, problems=problems)


def _played(case: Case, scene: str) -> Iterator[str]:
    try:
        yield from SCENES[scene](case)
    except (TillproofError, JournalError) as error:
        yield f"it goes no further: {error}"


def _case(place: Path, task: Visit) -> Case:
    shop = place / "shop"
    shop.mkdir()
    desk = Desk(shop, guest=Guest(takes_s=4.0, weights={"Approved": 1.0}), latency_s=0.4)
    case = Case(desk, task.mode, place / "yesterday")
    with desk.till() as till:
        for number in range(task.payments - 1):
            till.pay(f"before-{number}", mode=task.mode)
    shutil.copytree(shop, case.yesterday)
    with desk.till() as till:
        till.pay("today", mode=task.mode)
    return case


def _orders(till: Process) -> int:
    return sum(request.method == "POST" for request in till.wires["bar"].sent)


def _side(path: Path) -> Path:
    return path.with_name(path.name + ".side")


def _when_sent(till: Process, deed: Callable[[], object]) -> None:
    """Do it when the next order has left, while the guest pays."""
    wire = till.wires["bar"]
    call = wire._call
    waiting = [deed]

    def called(request: Any, timeout_s: float) -> Any:
        if request.method == "POST" and waiting:
            waiting.pop()()
        return call(request, timeout_s)

    wire._call = called  # type: ignore[method-assign]


def _audit(case: Case, *, lacking: int = 0) -> Iterator[str]:
    """By a new run of the program on a sound journal; ``lacking`` operations went with the newer copy."""
    case.desk.virtual.advance(_LATER_S)
    with case.desk.till() as till:
        report = till.recovery.recover()
        yield from (f"{found.outcome.reference} stays {found.outcome.word}" for found in report.unsettled)
        wrong = list(case.desk.discrepancies())
        missing = [told for told in wrong if "not in the journal" in told]
        yield from (told for told in wrong if told not in missing)
        if len(missing) != lacking:
            yield f"{len(missing)} operations are in the ledger and not in the journal, and {lacking} were expected"
        yield from case.desk.journal.verify().breaks
    yield from (f"{name} was charged {times} times" for name, times in case.desk.charges().items() if times > 1)


def _must_be_refused(case: Case, *words: str) -> Iterator[str]:
    try:
        with case.desk.till():
            pass
    except JournalRefused as error:
        if not any(word in str(error) for word in words):
            yield f"it is refused for another reason: {error}"
    else:
        yield "it is opened, and nobody is told"


def _heard(told: Outcome | Exception) -> str:
    return f"{type(told).__name__}: {told}" if isinstance(told, Exception) else told.word


def _nothing_sent(told: Outcome | Exception, sent: int) -> Iterator[str]:
    # Also the journal's own error: a reference that cannot even be looked up is not paid for.
    if not isinstance(told, NothingSent | JournalError) or sent:
        yield f"{sent} orders were sent, and the caller heard {_heard(told)}"


def read_only_file(case: Case) -> Iterator[str]:
    """The owner may not write: refused; and as before, once he may."""
    case.path.chmod(0o400)
    yield from _must_be_refused(case, "may only be read")
    reader = read_journal(case.path, projection=OPERATIONS)
    if not list(reader.facts()):
        yield "it cannot even be looked at"
    reader.close()
    case.path.chmod(0o600)
    yield from _audit(case)


def taken_away_while_it_runs(case: Case) -> Iterator[str]:
    """Moved away under a running till, which then sends nothing; and put back."""
    aside = case.path.with_name("aside")
    with case.desk.till() as till:
        case.path.rename(aside)
        yield from _nothing_sent(*case.pay(till, "bill-1"))
    aside.rename(case.path)
    yield from _audit(case)


def deleted_while_it_runs(case: Case) -> Iterator[str]:
    """Deleted under a running till, which then sends nothing; the log beside it says that there was one."""
    with case.desk.till() as till:
        case.path.unlink()
        yield from _nothing_sent(*case.pay(till, "bill-1"))
    yield from _must_be_refused(case, "is missing, though a journal was written here")


def taken_away_while_a_guest_pays(case: Case) -> Iterator[str]:
    """Moved away between the order and its answer: the caller has the answer, and the terminal still knows it."""
    aside = case.path.with_name("aside")
    with case.desk.till() as till:
        _when_sent(till, lambda: case.path.rename(aside))
        told, _ = case.pay(till, "bill-1")
        if not isinstance(told, AnswerNotStored):
            yield f"the answer could not be stored, and the caller heard {_heard(told)}"
        elif case.mode is Mode.SYNC and not isinstance(told.outcome, Approved):
            yield f"the guest has paid, and the caller was handed {told.outcome.word}"
    aside.rename(case.path)
    yield from _audit(case)


def replaced_while_it_runs(case: Case) -> Iterator[str]:
    """Another file at its path: an empty one, another program's, another journal, yesterday's copy."""
    aside = case.path.with_name("aside")
    with case.desk.till() as till:
        case.path.rename(aside)
        for replacement in (_empty, _foreign, _yesterday):
            replacement(case)
            yield from _nothing_sent(*case.pay(till, f"bill-{replacement.__name__}"))
            case.path.unlink()
    aside.rename(case.path)
    yield from _audit(case)


def _empty(case: Case) -> None:
    case.path.write_bytes(b"")


def _foreign(case: Case) -> None:
    connection = sqlite3.connect(case.path)
    connection.execute("CREATE TABLE guests (name TEXT)")
    connection.close()


def _yesterday(case: Case) -> None:
    shutil.copy2(case.yesterday / case.path.name, case.path)


def overwritten_while_it_runs(case: Case) -> Iterator[str]:
    """Yesterday's content written over today's file, and its log emptied, under a running till."""
    newest = case.path.parent / "newest"
    with case.desk.till() as till:
        case.pay(till, "bill-1")
        newest.write_bytes(case.path.read_bytes())
        log = case.path.with_name(case.path.name + "-wal")
        newest.with_name("newest-wal").write_bytes(log.read_bytes())
        case.path.write_bytes((case.yesterday / case.path.name).read_bytes())
        log.write_bytes(b"")
        yield from _nothing_sent(*case.pay(till, "bill-2"))
    yield from _must_be_refused(case, "an older copy was put back", "damaged", "is not what was written")
    for ending in ("-wal", "-shm"):
        case.path.with_name(case.path.name + ending).unlink(missing_ok=True)
    newest.rename(case.path)
    newest.with_name("newest-wal").rename(case.path.with_name(case.path.name + "-wal"))
    yield from _audit(case)


def missing(case: Case) -> Iterator[str]:
    """The file is gone, and what stands beside it tells that there was one."""
    aside = case.path.with_name("aside")
    case.path.rename(aside)
    yield from _must_be_refused(case, "is missing, though a journal was written here")
    aside.rename(case.path)
    yield from _audit(case)


def emptied(case: Case) -> Iterator[str]:
    """The file is there and has nothing in it."""
    content = case.path.read_bytes()
    case.path.write_bytes(b"")
    yield from _must_be_refused(case, "is empty, though")
    case.path.write_bytes(content)
    yield from _audit(case)


def some_other_database(case: Case) -> Iterator[str]:
    """Another program's file stands at the path."""
    content = case.path.read_bytes()
    case.path.unlink()
    _foreign(case)
    yield from _must_be_refused(case, "some other database")
    case.path.write_bytes(content)
    yield from _audit(case)


def without_its_log(case: Case) -> Iterator[str]:
    """The till was killed, and somebody tidied up the log, with the last facts in it."""
    killed = case.path.parent / "killed"
    with case.desk.till() as till:
        case.pay(till, "bill-1")
        for ending in ("", "-wal"):
            shutil.copy2(case.path.with_name(case.path.name + ending), killed.with_name(f"killed{ending}"))
    case.path.write_bytes(killed.read_bytes())
    yield from _must_be_refused(case, "its end has vanished")
    shutil.copy2(killed.with_name("killed-wal"), case.path.with_name(case.path.name + "-wal"))
    yield from _audit(case)


def from_yesterday(case: Case) -> Iterator[str]:
    """Yesterday's file is put back, and the mark beside it is today's."""
    case.put_back(side=False)
    yield from _must_be_refused(case, "an older copy was put back")


def from_yesterday_with_its_side_folder(case: Case) -> Iterator[str]:
    """All of yesterday is put back: nothing here can tell, but the terminal knows more. Told, and not taken over."""
    case.put_back(side=True)
    with case.desk.till() as till:
        facts = len(list(case.desk.journal.facts()))
        report = till.recovery.recover()
        if not any("is not in this journal" in told for told in report.strangers):
            yield "the terminal remembers a guest whom the journal does not know, and nobody is told"
        if len(list(case.desk.journal.facts())) != facts:
            yield "facts were written of what only the terminal knows"
    yield from _audit(case, lacking=1)


def two_tills_with_copies(case: Case) -> Iterator[str]:
    """Two tills go on, each with its own copy of one journal: neither's operations end under the other's names."""
    other_shop = case.path.parent.with_name("other")
    shutil.copytree(case.path.parent, other_shop)
    other_desk = case.desk.beside()
    if not isinstance(other_desk, Desk):
        raise TypeError("a desk beside a desk is a desk")
    other_desk.folder, other_desk.path = other_shop, other_shop / case.path.name
    other = Case(other_desk, case.mode, case.yesterday)
    for number in range(3):
        for who, each in (("ours", case), ("theirs", other)):
            with each.desk.till() as till:
                each.pay(till, f"{who}-{number}")
    with case.desk.till() as till:
        if not till.recovery.recover().strangers:
            yield "the other till's operation stands in the terminal's memory, and nobody is told"
    case.desk.virtual.advance(_LATER_S)
    yield from _each_has_its_own(case.desk, other_desk)


def _each_has_its_own(*desks: Desk) -> Iterator[str]:
    known = []
    for desk in desks:
        with desk.till() as till:
            till.recovery.recover()
            known.append(desk.operations)
            yield from desk.journal.verify().breaks
    everybody = {operation.order.operation_id for operations in known for operation in operations}
    for operations in known:
        own = {operation.order.operation_id for operation in operations}
        yield from discrepancies(
            operations, [entry for entry in desks[0].ledger if entry.id in own or entry.id not in everybody]
        )


SCENES: Mapping[str, Callable[[Case], Iterator[str]]] = {
    scene.__name__: scene
    for scene in (
        read_only_file,
        taken_away_while_it_runs,
        deleted_while_it_runs,
        taken_away_while_a_guest_pays,
        replaced_while_it_runs,
        overwritten_while_it_runs,
        missing,
        emptied,
        some_other_database,
        without_its_log,
        from_yesterday,
        from_yesterday_with_its_side_folder,
        two_tills_with_copies,
    )
}
