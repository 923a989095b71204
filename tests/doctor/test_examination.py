"""The whole examination: nothing is hidden, nothing is changed, and nothing is told that must not be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from journal import SqliteReport
from tests.cli.shop import Shop
from tests.doctor.room import examined, line_of, verdicts
from tests.prove.security.scanner import Scanner
from tools.doctor import Line, Verdict, examination, examine

_EVERY_CHECK = [
    *("configuration", "keys", "terminal", "credentials", "clock", "release", "lane", "operations", "day", "journal"),
    *("writer", "rights", "space", "file system", "flush", "pragmas", "SQLite", "chain"),
]


@pytest.fixture(autouse=True)
def _mended_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever SQLite these tests run on."""
    mended = SqliteReport(version="3.54.0", wal_reset_bug=False)
    monkeypatch.setattr("tools.doctor.database.sqlite_report", lambda: mended)


def test_everything_is_well_with_a_till_that_has_just_been_paid_at(shop: Shop) -> None:
    """Every check gives its line, in the order in which a technician looks, and none complains."""
    shop.pay()
    lines = examined(shop)
    assert [line.check for line in lines] == _EVERY_CHECK
    # How fast the disk of this machine is, is not the shop's fault.
    assert {line.check for line in lines if line.verdict is not Verdict.OK} <= {"flush"}


def test_every_complaint_has_a_remedy(tmp_path: Path) -> None:
    """Of a till with nothing in order at all, each line that is wrong says what to do."""
    lines = examine(tmp_path / "missing" / "tillproof.toml", {})
    assert [line.finding for line in lines if line.verdict in {"warn", "fail"} and not line.remedy] == []
    assert verdicts(lines, "fail") == {"configuration", "space"}


def test_missing_configuration_still_tells_of_the_disk(tmp_path: Path) -> None:
    """What hangs on it is not checked and says so; what does not is."""
    lines = examine(tmp_path / "tillproof.toml", {})
    missing = line_of(lines, "configuration")
    assert (missing.verdict, "there is no such configuration" in missing.finding) == ("fail", True)
    assert missing.remedy is not None
    assert "-c or TILLPROOF_CONFIG" in missing.remedy
    assert verdicts(lines, "not_checked") == {"terminals", "operations", "journal", "chain"}
    assert verdicts(lines, "ok") >= {"space", "file system", "pragmas", "SQLite"}


def test_configuration_that_is_refused_still_names_the_journal(shop: Shop) -> None:
    """A misspelt setting keeps nobody from looking at the facts."""
    shop.pay()
    shop.configure(shop.terminal().replace("patience_s", "patence_s"))
    lines = examined(shop)
    refused = line_of(lines, "configuration")
    assert (refused.verdict, refused.remedy) == ("fail", "did you mean 'patience_s'?")
    assert "unknown key 'terminals.bar.patence_s'" in refused.finding
    assert line_of(lines, "journal").finding.startswith(f"{shop.journal}, 3 facts")
    assert verdicts(lines, "ok") >= {"journal", "chain", "operations", "space"}


@pytest.mark.parametrize("text", ["journal = 3\n", "journal = ' '\n", "not toml", "\xff"])
def test_configuration_without_a_journal_hides_no_disk(shop: Shop, text: str) -> None:
    """Whatever stands in the file, the folder in which it lies has a disk."""
    shop.config.write_bytes(text.encode("latin-1"))
    lines = examined(shop)
    assert verdicts(lines, "fail") == {"configuration"}
    assert line_of(lines, "journal").finding == "the configuration does not say where it is"


def test_check_that_breaks_hides_no_other(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours is told as one, without its text, and the rest goes on."""

    def broken(_: object) -> Iterator[Line]:
        raise RuntimeError(shop.environment["SHOP_SECRET_KEY"])

    monkeypatch.setattr(examination, "space", broken)
    lines = examined(shop)
    assert line_of(lines, "space").finding == "this check broke (RuntimeError), a fault of ours"
    assert "flush" in {line.check for line in lines}
    assert shop.environment["SHOP_SECRET_KEY"] not in repr(lines)


def test_nothing_is_changed_but_the_stamps_of_the_questions(shop: Shop) -> None:
    """Not one byte of journal, log and side folder; beside them stands what stood before."""
    shop.pay()
    before, told = _bytes(shop.folder), shop.ledger()
    examined(shop)
    after = _bytes(shop.folder)
    changed = {name for name in before if before[name] != after.get(name)}
    assert (set(after), shop.ledger()) == (set(before), told)
    assert {Path(name).parent.name for name in changed} == {"rising", f"{shop.journal.name}.wire"}


def test_nothing_is_made_where_no_till_has_been(shop: Shop) -> None:
    """A mistyped path must not make an empty journal, nor a folder."""
    lines = examined(shop)
    assert line_of(lines, "terminal", "bar").verdict == "ok"
    assert [file.name for file in shop.folder.iterdir()] == ["tillproof.toml"]


def test_quick_leaves_the_chain_out_and_says_so(shop: Shop) -> None:
    """Nobody takes what was not read for well."""
    shop.pay()
    line = line_of(examined(shop, quick=True), "chain")
    assert (line.verdict, line.finding) == ("not_checked", "left out, as asked")


def test_how_far_it_has_come_is_told(shop: Shop) -> None:
    """For a bar: each check once, and never more than there are."""
    told: list[tuple[int, int]] = []
    examine(shop.config, shop.environment, tell=lambda done, total: told.append((done, total)))
    assert told == [(done, len(told)) for done in range(len(told))]
    assert len(told) > 10


_QUOTED = ('example-"integration"-key\\4711', 'example-"secret"/key\\0815')


@pytest.mark.parametrize("keys", [_QUOTED])
@pytest.mark.parametrize("fault", ["none", "wrong keys", "html_error", "keys in the configuration"])
def test_no_key_is_told_in_whatever_form(shop: Shop, keys: tuple[str, str], fault: str) -> None:
    """Not as it is and not as JSON, Python or Base64 write it; the scanner finds both when they are planted."""
    shop.pay()
    if fault == "wrong keys":
        shop.environment |= {"SHOP_INTEGRATION_KEY": keys[1], "SHOP_SECRET_KEY": keys[0]}
    elif fault == "html_error":
        shop.faults(questions=["html_error"] * 9)
    elif fault == "keys in the configuration":
        pasted = shop.terminal().replace("SHOP_SECRET_KEY", keys[1].replace("\\", "").replace('"', ""))
        shop.configure(pasted)
        keys = (keys[0], keys[1].replace("\\", "").replace('"', ""))
    lines = examined(shop)
    scanner = Scanner(numbers=(), keys=dict(zip(("integration key", "secret key"), keys, strict=True)))
    told = f"{lines!r}\n{json.dumps([line.as_dict() for line in lines])}".encode()
    assert list(scanner.search("doctor", told)) == []
    planted = replace(lines[0], finding=keys[1])
    for form in (repr(planted), json.dumps(planted.as_dict())):
        assert list(scanner.search("planted", form.encode()))


def _bytes(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, but for the shared memory and the empty log that any reader makes SQLite make."""
    files = {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file() and "-shm" not in file.name}
    return {name: content for name, content in files.items() if content or not name.endswith("-wal")}
