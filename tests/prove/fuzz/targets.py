"""The targets: what reads words that others wrote, and the only errors that each of them may raise."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from engine import BadInput, Kind, Money, NotDelivered, Order, Reply, Secret, Slot, Unconfirmed, read_settings
from engine.samport.judgement import judge_abort, judge_answer, judge_order, judge_start, judge_status
from engine.samport.masking import mask_card_numbers, mask_escpos
from engine.samport.reading import read_dialog, read_slot, read_texts
from engine.samport.signing import SignedReply, Trust, verify
from engine.samport.wire import Exchange
from engine.settings import AmountUnit
from journal import Draft, JournalError, open_journal, read_journal
from journal.chain import entry_of
from tests.journal.things import THINGS, Clock, draft, written
from tests.prove.fuzz import seeds

Read = Callable[[bytes], None]
"""Reads some bytes. Whatever it raises was not declared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Something that reads. ``made`` gives the reader, a folder of its own in hand."""

    made: Callable[[Path], Read]
    seeds: Callable[[], Iterator[bytes]]
    longest: int
    """Bytes that it is given at most."""


_STATUSES = (200, 200, 200, 200, 201, 400, 401, 403, 404, 409, 423, 429, 500, 503, 999, None)
_TRUSTS = (Trust.AUTHENTIC, Trust.AUTHENTIC, Trust.AUTHENTIC, *Trust)
_UNITS = tuple(AmountUnit)


def reply(data: bytes) -> None:
    """A reply of the terminal, by each judge that it may come to; what it says is kept, and reads back the same.

    The first two bytes choose the judge, the status and the trust, so that refusals are tried as well.
    """
    head, body = data[:2].ljust(2, b"\0"), data[2:]
    exchange = Exchange(
        left=True,
        status=_STATUSES[head[0] & 15],
        headers={"content-type": "text/html"} if head[1] & 1 else {},
        body=body,
    )
    trust, unit = _TRUSTS[(head[1] >> 1) % len(_TRUSTS)], _UNITS[head[0] >> 7]
    with suppress(NotDelivered, Unconfirmed):
        match (head[0] >> 4) % 4:
            case 0:
                _keep(judge_order(exchange, trust, seeds.ORDER, unit))
            case 1:
                _keep(judge_status(exchange, trust, seeds.ORDER, unit).reply)
            case 2:
                _look(exchange, trust, unit)
            case _:
                judge_start(exchange, trust)
                judge_abort(exchange, trust)


def _look(exchange: Exchange, trust: Trust, unit: AmountUnit) -> None:
    document = judge_answer(exchange, trust)
    if document is not None:
        slot: Slot | None = read_slot(document, unit)
        _keep(slot.reply if slot else None)
        read_texts(document)
        read_dialog(document)


def _keep(said: Reply | None) -> None:
    """What was understood can be written as a fact, and is the same when it is read again."""
    if said is None:
        return
    entry_of(Draft(subject=seeds.OURS, kind="answered", body={"reply": said.as_body()}))
    if Reply.from_body(said.as_body()) != said:
        raise AssertionError("what was kept of a reply is not what the reply said")


def signature(data: bytes) -> None:
    """The header that vouches for a reply, by a key and a body that it was not made for."""
    told = SignedReply(method="GET", path="/api/v2/Payments/latest", status=200, body=data)
    if verify(Secret("example-secret"), data.decode("latin-1"), told) is Trust.AUTHENTIC:
        raise AssertionError("a signature was guessed")


def text(data: bytes) -> None:
    """Texts to mask, of which nothing changes but digits."""
    told = data.decode(errors="replace")
    pairs = zip(told, mask_card_numbers(told), strict=True)
    if any(before != after and not (before.isdigit() and after == "*") for before, after in pairs):
        raise AssertionError("a mask changed more than digits")
    mask_escpos(told)


def order(data: bytes) -> None:
    """What a cashier types: the amount and its currency, and the name of the bill."""
    told = data.decode(errors="surrogateescape")
    with suppress(BadInput):
        Money.parse(told[:-3], told[-3:])
    with suppress(BadInput, InvalidOperation):
        Money.parse(Decimal(told[:24]), "NOK")
    with suppress(BadInput):
        Order(operation_id=seeds.OURS, kind=Kind.REVERSAL, terminal="bar", reference=told, target_receipt=told[:6])


def configuration(folder: Path) -> Read:
    """A configuration file of any content."""
    path = folder / "till.toml"
    environment = {"INTEGRATION_KEY": "example-key", "SECRET_KEY": "example-secret"}

    def read(data: bytes) -> None:
        path.write_bytes(data)
        with suppress(BadInput):
            read_settings(path, environment)

    return read


def journal(folder: Path) -> Read:
    """A journal's files after some of their bytes were changed, read, checked, and opened to go on."""
    whole, broken = folder / "whole", folder / "broken"
    path = broken / written(whole / "till.journal").name
    _leave_a_log(whole / path.name)

    def read(data: bytes) -> None:
        shutil.rmtree(broken, ignore_errors=True)
        shutil.copytree(whole, broken)
        _spoil(broken, data)
        with suppress(JournalError):
            _read_all(path)
        with suppress(JournalError):
            writer = open_journal(path, projection=THINGS, now=Clock())
            try:
                writer.append([draft("thing-new")])
            finally:
                writer.close()

    return read


def _leave_a_log(path: Path) -> None:
    """Copy a journal while it is open: its last facts are still in SQLite's log."""
    writer = open_journal(path, projection=THINGS, now=Clock())
    writer.append([draft("thing-6", label="label-6")])
    logged = path.parent.with_name("logged")
    shutil.copytree(path.parent, logged)
    writer.close()
    shutil.rmtree(path.parent)
    logged.rename(path.parent)


def _read_all(path: Path) -> None:
    reader = read_journal(path, projection=THINGS)
    try:
        reader.verify()
        reader.open_rows()
        for fact in reader.facts():
            reader.facts_of(fact.subject)
    finally:
        reader.close()


def _spoil(folder: Path, data: bytes) -> None:
    """Change files: each five bytes of the data are a file, a place in it, and what stands there; or where it ends."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for start in range(0, len(data) - 4, 5):
        which, high, low, new, how = data[start : start + 5]
        path = files[which % len(files)]
        content = bytearray(path.read_bytes())
        place = (high << 8 | low) % (len(content) + 1)
        if how < _CUT:
            del content[place:]
        else:
            content[place : place + 1 + how % 4] = bytes([new])
        path.write_bytes(content)


_CUT = 8
"""Of 256 changes so many cut the file."""

TARGETS: Mapping[str, Target] = {
    "replies": Target(made=lambda _: reply, seeds=seeds.replies, longest=4096),
    "signatures": Target(made=lambda _: signature, seeds=seeds.signatures, longest=256),
    "texts": Target(made=lambda _: text, seeds=seeds.texts, longest=400),
    "orders": Target(made=lambda _: order, seeds=seeds.texts, longest=128),
    "configurations": Target(made=configuration, seeds=seeds.configurations, longest=2048),
    "journals": Target(made=journal, seeds=lambda: iter([bytes(range(50)), b"\xff" * 20]), longest=200),
}
