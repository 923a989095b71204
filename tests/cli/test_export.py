"""Exports: whole, of one moment, harmless in a spreadsheet, and never in the place of a journal."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from engine import OPERATIONS
from tests.cli.shop import Shop
from tools.cli.export import OPERATION_COLUMNS
from tools.cli.sheet import Sheet


def sheet(path: Path) -> list[dict[str, str]]:
    """The rows of a file, as a spreadsheet sees them."""
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def test_operations_become_a_sheet(shop: Shop) -> None:
    """One row each, oldest first: minor units and a currency, times in UTC, words for what became of it."""
    shop.pay("--reference", "Bjørg, bord 7")
    shop.in_doubt()
    file = shop.folder / "day.csv"
    done = shop.run("journal", "export", "-o", str(file))
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("2 operations are in ")
    first, second = sheet(file)
    assert (first["reference"], first["amount_minor"], first["currency"]) == ("Bjørg, bord 7", "12500", "NOK")
    assert (first["outcome"], first["unsettled"], first["alarm"]) == ("approved", "no", "")
    assert first["opened_at"] == shop.run("show", "Bjørg, bord 7", "--json").json["opened_at"]
    assert first["opened_at"].endswith("Z")
    assert (second["outcome"], second["unsettled"]) == ("in_doubt", "yes")


def test_every_column_of_the_table_is_exported() -> None:
    """A column that is added there must not be forgotten here."""
    renamed = {"table" if name == "at_table" else name for name in OPERATIONS.columns}
    assert set(OPERATION_COLUMNS) == renamed


def test_operations_become_lines_of_json(shop: Shop) -> None:
    """Numbers as numbers, nothing as null, in ASCII; and the document tells how many and up to where."""
    paid = shop.pay("--reference", "=Bjørg").json
    file = shop.folder / "day.jsonl"
    done = shop.run("journal", "export", "--format", "jsonl", "-o", str(file), "--json")
    (line,) = map(json.loads, file.read_bytes().decode("ascii").splitlines())
    assert list(line) == list(OPERATION_COLUMNS)
    assert {name: line[name] for name in ("reference", "amount_minor", "alarm", "unsettled", "operation_id")} == {
        "reference": "=Bjørg",
        "amount_minor": 12500,
        "alarm": None,
        "unsettled": False,
        "operation_id": paid["operation_id"],
    }
    assert (done.json["operations"], done.json["defused"]) == (1, 0)
    assert done.json["head"] == shop.run("journal", "head").out.strip()


def chained(facts: list[Any]) -> str:
    """The head of a chain, computed from exported facts by the rule in the documents, and by nothing of ours."""
    digest = "0" * 64
    for fact in facts:
        body = json.dumps(fact["body"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        content = [digest, fact["seq"], fact["at"], fact["subject"], fact["kind"], body]
        digest = hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
        assert digest == fact["digest"]
    return f"{len(facts)}:{digest}"


def test_facts_as_lines_prove_themselves(shop: Shop) -> None:
    """Whoever gets the file can compute the chain anew and compare its head with the slip."""
    shop.pay("--reference", "Bjørg \u2013 \u5bff\u53f8")
    shop.in_doubt()
    file = shop.folder / "facts.jsonl"
    assert shop.run("journal", "export", "--format", "jsonl", "--facts", "-o", str(file)).code == 0
    facts = [json.loads(line) for line in file.read_text("ascii").splitlines()]
    assert chained(facts) == shop.run("journal", "head").out.strip()


def test_facts_become_a_sheet(shop: Shop) -> None:
    """One row each, with its particulars as the text that stands in the journal."""
    shop.pay()
    file = shop.folder / "facts.csv"
    assert shop.run("journal", "export", "--facts", "-o", str(file)).out.startswith("3 facts are in ")
    rows = sheet(file)
    assert [row["kind"] for row in rows] == ["Intended", "Dispatched", "Answered"]
    assert json.loads(rows[0]["body"])["amount_minor"] == 12500


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_text_that_a_spreadsheet_would_execute_gets_an_apostrophe(shop: Shop, start: str) -> None:
    """At its start, and behind a semicolon, where a sheet that is cut there would take it for a cell; it is said."""
    shop.pay("--reference", f"{start}2+5")
    shop.pay("--reference", f"bord;{start}2+5")
    file = shop.folder / "day.csv"
    done = shop.run("journal", "export", "-o", str(file))
    assert "note: 2 texts got an apostrophe" in done.told
    assert [row["reference"] for row in sheet(file)] == [f"'{start}2+5", f"bord;'{start}2+5"]
    for separator in ",;\t":
        cells = [
            cell for row in csv.reader(file.read_text("utf-8-sig").splitlines(), delimiter=separator) for cell in row
        ]
        assert [cell for cell in cells if cell.lstrip().startswith(start)] == []


@pytest.mark.parametrize("text", ["a\n=1", "a\r=1", "\t=1", "a\t@x", " =1", ";;=1", "\r\n=1"])
def test_no_line_break_and_no_tab_lets_a_formula_through(text: str) -> None:
    """Texts of a terminal may hold anything."""
    file = io.BytesIO()
    made = Sheet(file, ("text",))
    made.write([{"text": text}])
    made.end()
    lines = file.getvalue().decode("utf-8-sig").replace("\r", "\n").split("\n")
    cells = [cell.strip(' "') for line in lines for part in line.split(";") for cell in part.split("\t")]
    assert [cell for cell in cells if cell.startswith(("=", "@"))] == []
    assert made.defused == 1


def test_harmless_text_is_left_as_it_is(shop: Shop) -> None:
    """A sign in the middle is no formula, and a number is none either."""
    shop.pay("--reference", "bill-1042=a+b@c")
    file = shop.folder / "day.csv"
    assert shop.run("journal", "export", "-o", str(file)).err == ""
    assert sheet(file)[0]["reference"] == "bill-1042=a+b@c"


def test_file_that_is_there_is_kept_unless_told_otherwise(shop: Shop) -> None:
    """The option is named, and nothing is left beside it."""
    shop.pay()
    file = shop.folder / "day.csv"
    file.write_text("somebody's")
    refused = shop.run("journal", "export", "-o", str(file))
    assert (refused.code, file.read_text()) == (2, "somebody's")
    assert "replace it with --force" in refused.told
    assert shop.run("journal", "export", "-o", str(file), "--force").code == 0
    assert len(sheet(file)) == 1
    assert list(shop.folder.glob(".day.csv.*")) == []


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", ".side/mark", ".side", ".wire/new", "-copy"])
def test_no_force_puts_a_sheet_in_the_place_of_a_journal(shop: Shop, ending: str) -> None:
    """Neither of the journal itself, nor of what stands beside it, nor of a copy."""
    shop.pay()
    shop.run("journal", "backup", f"{shop.journal}-copy")
    target = Path(f"{shop.journal}{ending}")
    before = target.read_bytes() if target.is_file() else None
    refused = shop.run("journal", "export", "-o", str(target), "--force")
    assert (refused.code, refused.err.split()[:2]) == (2, ["error:", "output:"])
    assert (target.read_bytes() if target.is_file() else None) == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such links without a right of its own, and no such device")
def test_what_is_no_plain_file_is_not_replaced(shop: Shop) -> None:
    """A link may lead anywhere, and a device belongs to the system."""
    shop.pay()
    link = shop.folder / "link.csv"
    link.symlink_to(shop.config)
    for target in (str(link), os.devnull, str(shop.folder)):
        assert shop.run("journal", "export", "-o", target, "--force").code == 2
    assert link.is_symlink()


def test_folder_that_is_not_there_ends_with_2(shop: Shop) -> None:
    """The name is wrong, and no folder is made."""
    shop.pay()
    refused = shop.run("journal", "export", "-o", str(shop.folder / "no" / "day.csv"))
    assert (refused.code, "cannot be made" in refused.told) == (2, True)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_file_is_for_its_owner_only(shop: Shop) -> None:
    """Also where it takes the place of one that all could read."""
    shop.pay()
    file = shop.folder / "day.csv"
    file.write_text("old")
    file.chmod(0o644)
    shop.run("journal", "export", "-o", str(file), "--force")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_disk_that_fills_up_leaves_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old file stays, no half one is beside it, and the code is 1."""
    shop.pay()
    file = shop.folder / "day.csv"
    file.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tools.cli.target.os.fsync", full)
    failed = shop.run("journal", "export", "-o", str(file), "--force", "--json")
    assert (failed.code, failed.json["error"]["kind"], file.read_text()) == (1, "NotWritten", "old")
    assert list(shop.folder.glob(".day.csv.*")) == []


def test_disk_without_links_gets_its_file_all_the_same(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stick knows no links."""
    shop.pay()

    def unknown(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("tools.cli.target.os.link", unknown)
    file = shop.folder / "day.csv"
    assert shop.run("journal", "export", "-o", str(file)).code == 0
    assert len(sheet(file)) == 1


def test_name_that_is_taken_meanwhile_stays_whose_it_is(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two exports to one name: the second one loses."""
    shop.pay()
    file, link = shop.folder / "day.csv", os.link

    def late(source: str, target: Path) -> None:
        target.write_text("another's")
        link(source, target)

    monkeypatch.setattr("tools.cli.target.os.link", late)
    refused = shop.run("journal", "export", "-o", str(file))
    assert (refused.code, file.read_text()) == (2, "another's")


def test_dash_is_stdout_and_nothing_else_is_said_there(shop: Shop) -> None:
    """The same bytes as in a file, in a pipe of any encoding."""
    shop.pay("--reference", "Bjørg")
    file = shop.folder / "day.csv"
    shop.run("journal", "export", "-o", str(file))
    piped = shop.run_apart("journal", "export", "-o", "-", environment={"PYTHONIOENCODING": "utf-8"})
    assert (piped.code, piped.err) == (0, "")
    assert piped.out.encode() == file.read_bytes()
    in_a_console = shop.start("journal", "export", "-o", "-", environment={"PYTHONIOENCODING": "cp1252"})
    with in_a_console as process:
        assert process.communicate(timeout=60)[0] == file.read_bytes()


def test_dash_and_a_document_exclude_each_other(shop: Shop) -> None:
    """Two things cannot both be all that is on stdout."""
    shop.pay()
    refused = shop.run("journal", "export", "-o", "-", "--json")
    assert (refused.code, refused.json["error"]["kind"]) == (2, "BadInput")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_output_that_could_not_be_written_ends_with_1(shop: Shop) -> None:
    """Half a sheet must not look like a whole one."""
    shop.pay()
    with Path("/dev/full").open("wb") as full, shop.start("journal", "export", "-o", "-", stdout=full) as process:
        _, complaint = process.communicate(timeout=60)
    assert process.returncode == 1
    assert complaint.startswith(b"error: the output could not be written")


@pytest.mark.skipif(os.name == "nt", reason="no such pipe")
def test_reader_who_has_had_enough_is_no_error(shop: Shop) -> None:
    """As with `head` at the end of the pipe."""
    shop.pay()
    with shop.start("journal", "export", "--facts", "-o", "-") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()
        process.wait(timeout=60)
    assert (process.returncode, complaint) == (0, b"")


def test_without_a_journal_it_ends_with_2_and_makes_no_file(shop: Shop) -> None:
    """There is nothing to export before the first operation."""
    file = shop.folder / "day.csv"
    assert shop.run("journal", "export", "-o", str(file)).code == 2
    assert not file.exists()
