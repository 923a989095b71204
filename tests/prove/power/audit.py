"""The audit: an image is opened by the shipped journal, and compared with what the till had said before the cut."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from engine import OPERATIONS, FactKind, facts
from journal import Fact, Journal, open_journal, read_journal
from tests.prove.power.acts import new_order
from tests.prove.power.cut import Image
from tests.prove.power.till import ARCHIVE, JOURNAL

LOST = "stored facts lost"
PHANTOM = "facts that nobody wrote"
SHUT = "images that would not open"
UNKNOWN = "orders sent of which the journal knew nothing"
UNSOUND = "images that did not verify, or could not be written on"
WRONGS = (LOST, PHANTOM, SHUT, UNKNOWN, UNSOUND)

_TORN_MARK = "is torn, as a power cut may leave it"
"""The one thing that a verification may say: the mark is not flushed, on purpose, and the next write renews it."""

_BEFORE_SENDING = {FactKind.INTENDED, FactKind.DISPATCHED}


@dataclass(slots=True)
class Audited:
    """What was found in one image: how often each wrong, and a sentence for each."""

    wrongs: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    facts: int = 0

    def add(self, wrong: str, sentence: str) -> None:
        """One thing that must not be."""
        self.wrongs[wrong] += 1
        self.told.append(sentence)


def audit(image: Image, folder: Path, *, verify: bool, write_on: bool) -> Audited:
    """Open the image, which stands in this folder, and compare it; perhaps verify it whole, and perhaps write on."""
    found = Audited()
    try:
        journal = _open(folder)
    except Exception as error:  # noqa: BLE001 - whatever it is, the journal does not open
        found.add(SHUT, f"it does not open: {error!r}".replace(str(folder), ""))
        return found
    try:
        present = tuple(journal.facts())
        everything = {fact.seq: fact for fact in (*_archived(folder, found), *present)}
        found.facts = len(everything)
        _compare(image, list(everything.values()), found)
        for told in journal.verify().breaks if verify else ():
            if _TORN_MARK not in told:
                found.add(UNSOUND, f"the verification says: {told}")
        for told in _write_on(journal, folder, present) if write_on else ():
            found.add(UNSOUND, told)
    except Exception as error:  # noqa: BLE001 - whatever it is, the journal cannot be used
        found.add(UNSOUND, f"it opens, and then: {error!r}")
    finally:
        journal.close()
    return found


def _open(folder: Path) -> Journal:
    return open_journal(folder / JOURNAL, projection=OPERATIONS, now=lambda: datetime.now(UTC))


def _archived(folder: Path, found: Audited) -> Iterator[Fact]:
    """The facts of every archive that has its name: then it must be whole."""
    for path in sorted((folder / JOURNAL).parent.glob(f"{ARCHIVE}*.db")):
        with closing(read_journal(path, projection=OPERATIONS)) as archive:
            for told in archive.verify().breaks:
                found.add(UNSOUND, f"the verification of the archive {path.name} says: {told}")
            yield from archive.facts()


def _compare(image: Image, present: Sequence[Fact], found: Audited) -> None:
    for seq in image.said.lost({fact.seq: fact.digest for fact in present}):
        found.add(LOST, f"fact {seq} had been stored and is not there, as it was: {len(present)} facts are")
    for fact in image.said.strangers(present):
        found.add(PHANTOM, f"fact {fact.seq}, {fact.kind}, was not tried, or was told to be not written")
    for seq, key in image.said.ghosts.items():
        found.add(PHANTOM, f"fact {seq}, {key:.80}, was told to be not written, and shown by the next opening")
    for operation in sorted(image.said.sent):
        kinds = {fact.kind for fact in present if fact.subject == operation}
        if not kinds >= _BEFORE_SENDING:
            found.add(UNKNOWN, f"{operation} had been sent, and the journal knows nothing of it")


def _write_on(journal: Journal, folder: Path, present: Sequence[Fact]) -> Iterator[str]:
    """The life after the cut: what is written now stands on what was found."""
    (fact,) = journal.append([facts.intended(new_order("afterwards", seed=1))])
    journal.close()
    again = _open(folder)
    try:
        if tuple(again.facts()) != (*present, fact):
            yield "after one more fact and a restart, the journal holds something else"
        for told in again.verify().breaks:
            yield f"after one more fact and a restart, the verification says: {told}"
    finally:
        again.close()
