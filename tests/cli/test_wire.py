"""The log of the communication, shown and exported."""

from __future__ import annotations

import json
import os
import shutil
import stat
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from journal import DayLines
from tests.cli.shop import INTEGRATION_KEY, SECRET_KEY, Printed, Shop

_IDLE = "11111111-2222-4333-8444-555555555555"


def entry(at: str, direction: str, **fields: Any) -> dict[str, Any]:
    """An entry, a request for the last payment unless told otherwise."""
    usual = dict.fromkeys(("status", "outcome", "receipt_number", "total_minor", "operation_id", "took_ms", "failure"))
    said: dict[str, Any] = {"method": "GET", "path": "/api/v2/Payments/latest", "headers": {}, "body": None}
    return {"at": at, "direction": direction, "terminal": "bar", "host": "127.0.0.1:8085"} | usual | said | fields


def order(at: str, operation_id: str, **fields: Any) -> list[dict[str, Any]]:
    """An order and its reply: 125 crowns, approved."""
    whole = {"method": "POST", "path": "/api/v2/Payments", "operation_id": operation_id, "total_minor": 12500} | fields
    asked = {"amounts": {"base": 12500, "currencySymbol": "NOK"}}
    paid = {"amounts": {"total": 12500, "currency": {"symbol": "NOK"}}}
    ended = {"status": 200, "outcome": "Approved", "receipt_number": "000123", "took_ms": 2333}
    return [entry(at, "request", **whole, body=asked), entry(at, "reply", **whole, **ended, body=paid)]


def write(shop: Shop, *entries: dict[str, Any] | str) -> list[str]:
    """Leave these in the log and nothing else; the lines as they stand there."""
    folder = shop.journal.with_name("till.journal.wire")
    shutil.rmtree(folder, ignore_errors=True)
    texts = [text if isinstance(text, str) else json.dumps(text, ensure_ascii=False) for text in entries]
    for text in texts:
        at = json.loads(text)["at"] if text.startswith('{"at"') else "2026-11-24T12:00:00Z"
        lines = DayLines(folder, now=partial(datetime.fromisoformat, at))
        lines.append(text)
        lines.close()
    return texts


def times(printed: Printed) -> list[str]:
    """The days of the entries of a document."""
    return [told["at"][:10] for told in printed.json["entries"]]


def test_each_entry_is_a_line_that_people_can_read(shop: Shop) -> None:
    """Time, direction, what was asked or answered, receipt, total, duration; a missing reply with its reason."""
    write(
        shop,
        *order("2026-11-24T12:00:00.123Z", _IDLE),
        entry("2026-11-24T12:01:00.000Z", "request"),
        entry("2026-11-24T12:01:05.000Z", "reply", failure="no complete reply in time", took_ms=5000),
        entry("2026-11-24T12:02:00.000Z", "reply", status=404, took_ms=7),
    )
    shown = shop.run("journal", "wire")
    assert shown.code == 0
    assert shown.out.splitlines() == [
        "2026-11-24T12:00:00.123Z  bar  -> POST /api/v2/Payments, 125.00 NOK",
        "2026-11-24T12:00:00.123Z  bar  <- 200 Approved, receipt 000123, 125.00 NOK, took 2333 ms",
        "2026-11-24T12:01:00.000Z  bar  -> GET /api/v2/Payments/latest",
        "2026-11-24T12:01:05.000Z  bar  <- no reply: no complete reply in time, took 5000 ms",
        "2026-11-24T12:02:00.000Z  bar  <- 404, took 7 ms",
    ]


def test_a_payment_is_in_the_log_of_its_till(shop: Shop) -> None:
    """From the order on loopback to the line on the screen; the keys are in no file of the log."""
    shop.pay()
    lines = [line.split("  bar  ")[1] for line in shop.run("journal", "wire", "bill-1042").out.splitlines()]
    assert lines[0] == "-> POST /api/v2/Payments, 125.00 NOK"
    assert lines[1].startswith("<- 200 Approved, receipt 000001, 125.00 NOK, took ")
    written = b"".join(file.read_bytes() for file in (shop.folder / "till.journal.wire").iterdir())
    assert (INTEGRATION_KEY.encode() in written, SECRET_KEY.encode() in written) == (False, False)


def test_what_a_terminal_says_does_not_steer_the_console(shop: Shop) -> None:
    """Control characters are shown as question marks, and an entry stays one line; odd amounts are told as they are."""
    write(shop, entry("2026-11-24T12:00:00Z", "reply", status=200, outcome="a\x1b[2Jb\nc", total_minor=7))
    assert shop.run("journal", "wire").out == "2026-11-24T12:00:00Z  bar  <- 200 a?[2Jb c, 7 minor units\n"


def test_without_a_log_there_is_none(shop: Shop) -> None:
    """Before the first operation there is neither journal nor log, and that is no fault."""
    assert shop.run("journal", "wire").out == "There is none.\n"
    assert shop.run("journal", "wire", "--json").json == {"entries": []}
    assert not shop.journal.exists()


def test_json_has_the_entries_whole(shop: Shop) -> None:
    """Everything that is in the log, oldest first."""
    entries = order("2026-11-24T12:00:00Z", _IDLE)
    write(shop, *entries)
    assert shop.run("journal", "wire", "--json").json == {"entries": entries}


def test_an_operation_is_shown_with_the_questions_that_found_it(shop: Shop) -> None:
    """By reference and by id: its own exchange, and the one whose reply named it, request and all."""
    ours = shop.pay().json["operation_id"]
    at = "2026-11-24T12:00:00Z"
    found = {"status": 200, "outcome": "Approved", "operation_id": ours}
    wanted = [*order(at, ours), entry(at, "request"), entry(at, "reply", **found)]
    other = entry(at, "request", terminal="kiosk")
    write(
        shop,
        entry(at, "request"),
        entry(at, "reply", status=404),
        *order(at, _IDLE),
        *wanted[:3],
        other,
        wanted[3],
        *order(at, _IDLE),
    )
    by_reference, by_id = (
        shop.run("journal", "wire", "bill-1042", "--json"),
        shop.run("journal", "wire", ours, "--json"),
    )
    assert by_reference.json == {"entries": wanted}
    assert by_id.json == by_reference.json


def test_a_day_and_a_terminal_are_picked(shop: Shop) -> None:
    """Only these, and both at once."""
    write(
        shop,
        entry("2026-11-23T23:59:59Z", "request"),
        entry("2026-11-24T00:00:00Z", "request", terminal="kiosk"),
        entry("2026-11-24T00:00:01Z", "request"),
    )
    assert times(shop.run("journal", "wire", "--json", "--terminal", "bar")) == ["2026-11-23", "2026-11-24"]
    assert times(shop.run("journal", "wire", "--json", "--day", "2026-11-24")) == ["2026-11-24"] * 2
    assert times(shop.run("journal", "wire", "--json", "--day", "2026-11-24", "--terminal", "bar")) == ["2026-11-24"]
    assert times(shop.run("journal", "wire", "--json", "--day", "2026-11-25")) == []


def test_an_unknown_reference_ends_with_2(shop: Shop) -> None:
    """A mistyped bill is not an empty log."""
    shop.pay()
    unknown = shop.run("journal", "wire", "bill-9999")
    assert (unknown.code, unknown.out) == (2, "")
    assert "bill-9999" in unknown.told


def test_a_reference_without_a_journal_ends_with_2(shop: Shop) -> None:
    """Nothing is looked up in nothing, and the sentence says so."""
    unknown = shop.run("journal", "wire", "bill-1042")
    assert unknown.code == 2
    assert "there is no journal yet" in unknown.told


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "20261124", "2026-W48-2", "24.11.2026", ""])
def test_a_bad_day_ends_with_2(shop: Shop, day: str) -> None:
    """With a sentence that says how a day is written."""
    shown = shop.run("journal", "wire", "--day", day)
    assert (shown.code, shown.out) == (2, "")
    assert "is no day; give YYYY-MM-DD" in shown.told


def test_torn_lines_are_counted_and_cost_no_other(shop: Shop) -> None:
    """What a power cut has torn is told on stderr; everything else is shown."""
    whole = entry("2026-11-24T12:00:00Z", "request")
    write(shop, whole, '{"at', "[1]", whole)
    shown = shop.run("journal", "wire", "--json")
    assert shown.json == {"entries": [whole, whole]}
    assert "warning: 2 lines are torn" in shown.told


def test_an_export_is_the_raw_lines_in_a_file_of_its_owner(shop: Shop, tmp_path: Path) -> None:
    """Character for character as in the log, whatever the umask; the console only tells how many."""
    lines = write(shop, *order("2026-11-24T12:00:00Z", _IDLE), entry("2026-11-24T13:00:00Z", "request", path="/KJØP"))
    before = os.umask(0)
    try:
        written = shop.run("journal", "wire", "-o", str(tmp_path / "log.jsonl"))
    finally:
        os.umask(before)
    assert written.code == 0
    assert written.out.startswith("3 entries are in ")
    assert (tmp_path / "log.jsonl").read_bytes() == "".join(f"{line}\n" for line in lines).encode()
    assert stat.S_IMODE((tmp_path / "log.jsonl").stat().st_mode) == 0o600


def test_an_export_as_json_tells_the_file(shop: Shop, tmp_path: Path) -> None:
    """One document, as from every command; the selection holds for the file."""
    write(shop, *order("2026-11-24T12:00:00Z", _IDLE))
    written = shop.run("--json", "journal", "wire", "--terminal", "kiosk", "-o", str(tmp_path / "log.jsonl"))
    assert written.json == {"file": str(tmp_path / "log.jsonl"), "entries": 0}
    assert (tmp_path / "log.jsonl").read_bytes() == b""


def test_an_export_overwrites_nothing(shop: Shop) -> None:
    """A slip of the finger must not cost a journal; and what cannot be written is told, not traced."""
    shop.pay()
    before = shop.journal.read_bytes()
    refused = shop.run("journal", "wire", "-o", str(shop.journal))
    nowhere = shop.run("journal", "wire", "-o", str(shop.folder / "no" / "such" / "folder"))
    assert (refused.code, nowhere.code) == (2, 2)
    assert "is there already" in refused.told
    assert "cannot be written" in nowhere.told
    assert shop.journal.read_bytes() == before


def test_half_an_export_is_not_left_behind(shop: Shop, tmp_path: Path) -> None:
    """A log that ends in the middle looks like a whole one to whoever is sent it."""
    write(shop, entry("2026-11-24T12:00:00Z", "request"))
    (shop.folder / "till.journal.wire" / "2026-11-25.jsonl").mkdir()
    broken = shop.run("journal", "wire", "-o", str(tmp_path / "log.jsonl"))
    assert broken.code == 1
    assert "cannot be read" in broken.told
    assert not (tmp_path / "log.jsonl").exists()
