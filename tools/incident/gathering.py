"""Gathering: everything about one incident, from journal, wire log, configuration and doctor, as far as it can be had.

What cannot be read is named in ``missing`` and hides nothing else: a bundle is needed most where something is broken.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

from engine import TillproofError, UnknownReference
from journal import JournalError, sqlite_report
from tillproof import wire_log_folder
from tools.incident.configured import configured
from tools.incident.incident import CONFIGURATION, OPERATIONS, WIRE, Ending, ending_of
from tools.incident.sources import Sources
from tools.incident.veil import Veil
from tools.incident.wire_days import AROUND, MOST_ENTRIES, Entry, Span, WireDays

_MOST_NEIGHBOURS = 100
_MOST_VERIFIED = 100_000
"""Facts that are checked in a second or two. Of a longer journal the opening has checked the end."""

_RECEIPTS = frozenset({"receipt", "receipts"})
"""Their names on the wire and in facts."""


STRANGERS = "Another till's, on the same terminal. This journal does not know them, and nothing of ours is missing:"
"""Before the ids of what the terminal was seen to remember of somebody else."""


@dataclass(kw_only=True)
class Gathered:
    """The parts of a bundle by their names, and one sentence for each thing that could not be had.

    ``strangers`` are the ids in the wire log that this journal does not know: other tills at the same terminal.
    """

    parts: dict[str, bytes] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)

    def found(self, veil: Veil) -> list[str]:
        """What must not be in it, and is."""
        return [sentence for name, content in self.parts.items() for sentence in veil.found(name, content)]


def gather(sources: Sources, veil: Veil, missing: Iterable[str] = ()) -> Gathered:
    """Gather an incident; every text goes through the veil."""
    gathered = Gathered(missing=list(missing))
    operations = [account.told for account in sources.accounts]
    gathered.endings = [ending_of(veil.value(operation)) for operation in operations]
    entries = _entries(sources, gathered)
    neighbours = _neighbours(sources, entries, gathered)
    gathered.strangers = [veil.text(identity) for identity in gathered.strangers]
    facts = {"operations": operations, "neighbours": neighbours, "strangers": gathered.strangers}
    _put(gathered, veil, OPERATIONS, facts if sources.receipts else without_receipts(facts))
    for n, account in enumerate(sources.accounts, start=1):
        gathered.parts[f"story-{n}.txt"] = f"{veil.text(account.story)}\n".encode()
    gathered.parts[WIRE] = b"".join(_lines(entries, veil, gathered, receipts=sources.receipts))
    _put(gathered, veil, CONFIGURATION, configured(sources.document))
    _try(gathered, veil, "day.json", lambda: _days(sources, operations))
    _try(gathered, veil, "journal.json", lambda: _journal(sources, gathered))
    _try(gathered, veil, "doctor.json", sources.doctor)
    _put(gathered, veil, "versions.json", versions())
    gathered.missing = [veil.text(sentence) for sentence in gathered.missing]
    gathered.parts["READ_ME.txt"] = veil.text(_words(gathered, receipts=sources.receipts)).encode()
    return gathered


def without_receipts(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """A value of JSON without the receipts in it."""
    match value:
        case dict():
            return {name: without_receipts(inner) for name, inner in value.items() if name not in _RECEIPTS}
        case list() | tuple():
            return [without_receipts(inner) for inner in value]
        case _:
            return value


def versions() -> Mapping[str, str]:
    """What it ran on; nothing that names the machine."""
    try:
        ours = metadata.version("tillproof")
    except metadata.PackageNotFoundError:
        ours = "from source"
    return {
        "tillproof": ours,
        "python": platform.python_version(),
        "sqlite": str(sqlite_report()),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def _put(gathered: Gathered, veil: Veil, name: str, value: object) -> None:
    gathered.parts[name] = f"{json.dumps(veil.value(value), indent=1, ensure_ascii=False)}\n".encode()


def _try(gathered: Gathered, veil: Veil, name: str, tell: Callable[[], object]) -> None:
    try:
        _put(gathered, veil, name, tell())
    except (JournalError, TillproofError, OSError) as error:
        gathered.missing.append(f"{name} is left out: {error}")


def _entries(sources: Sources, gathered: Gathered) -> list[Entry]:
    """The log of the span; without a journal, that of the last minutes."""
    times = [fact["at"] for account in sources.accounts for fact in account.told["facts"]]
    terminals = frozenset(str(account.told["terminal"]) for account in sources.accounts)
    span = Span.of(times or [datetime.now(UTC).isoformat()], terminals or frozenset(sources.settings.terminals))
    days = WireDays(wire_log_folder(sources.settings))
    try:
        found = days.entries(span)
    except JournalError as error:
        gathered.missing.append(f"{WIRE} is empty: {error}")
        return []
    if days.torn:
        gathered.missing.append(f"{days.torn} lines of the wire log are torn, and left out")
    if days.cut:
        gathered.missing.append(f"{WIRE} ends after {MOST_ENTRIES} entries; there are more in the log")
    if not found:
        gathered.missing.append(f"{WIRE} is empty: the wire log has nothing of that time")
    return found


def _lines(entries: Iterable[Entry], veil: Veil, gathered: Gathered, *, receipts: bool) -> Iterator[bytes]:
    """The entries as lines. What a terminal packed, in Base64 say, no mask can open; such a line stays at home."""
    kept = 0
    for entry in entries:
        told = veil.value(entry if receipts else without_receipts(entry))
        line = f"{json.dumps(told, ensure_ascii=False)}\n".encode()
        if any(veil.found(WIRE, line)):
            kept += 1
        else:
            yield line
    if kept:
        gathered.missing.append(f"{kept} lines of the wire log are left out: a card number or a key is packed in them")


def _neighbours(sources: Sources, entries: Iterable[Entry], gathered: Gathered) -> list[Mapping[str, Any]]:
    """The other operations of ours that the wire log names around the incident."""
    named = {account.told["operation_id"] for account in sources.accounts}
    ids = [one for one in dict.fromkeys(entry.get("operation_id") for entry in entries) if one and one not in named]
    if sources.records is None:
        return []
    found: list[Mapping[str, Any]] = []
    for identity in ids[-_MOST_NEIGHBOURS:]:
        try:
            found.append(sources.summary(sources.records, str(identity)))
        except UnknownReference:
            gathered.strangers.append(str(identity))
        except (TillproofError, JournalError) as error:
            gathered.missing.append(f"the neighbour {identity} is left out: {error}")
    return found


def _days(sources: Sources, operations: Sequence[Mapping[str, Any]]) -> object:
    if sources.records is None:
        raise JournalError("the journal cannot be read")
    return sources.days(sources.records, [str(operation["opened_at"]) for operation in operations])


def _journal(sources: Sources, gathered: Gathered) -> object:
    if sources.records is None:
        raise JournalError("the journal cannot be read")
    head = sources.records.head()
    told: dict[str, object] = {"file": sources.settings.journal.name, "facts": head.seq, "digest": head.digest}
    if head.seq > _MOST_VERIFIED:
        return {**told, "verified": "only its end, at the opening: it is long; run `tillproof journal verify`"}
    found = sources.records.verify()
    if found.breaks:
        gathered.missing.append(f"the journal does not fit together, in {len(found.breaks)} place(s): see journal.json")
    return {**told, "verified": "whole", "breaks": list(found.breaks)}


def _words(gathered: Gathered, *, receipts: bool) -> str:
    """For whoever opens it and was not there."""
    lines = [
        "An incident at a card terminal, gathered by `tillproof bundle`. Card numbers are masked, keys are not in it.",
        "",
        *map(str, gathered.endings),
        "",
        "story-N.txt: what happened, in sentences; operations.json: the same as facts, and the operations around it;",
        f"wire.jsonl: what was said to the terminal, {AROUND.seconds // 60} minutes before and after; day.json: that",
        "day's captures, rulings and strays; also configuration.json, doctor.json, journal.json, versions.json.",
        "Receipts are "
        + ("in it, with what a shop prints on them." if receipts else "left out, so digests of facts")
        + ("" if receipts else " that held one cannot be made again from here."),
        "`tillproof simulate --replay FILE` plays it again.",
        *(["", STRANGERS, *(f"- {identity}" for identity in gathered.strangers)] if gathered.strangers else []),
        *(["", "Missing:", *(f"- {sentence}" for sentence in gathered.missing)] if gathered.missing else []),
    ]
    return "\n".join(lines) + "\n"
