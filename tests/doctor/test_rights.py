"""Who may read and change the till's files, and who is asking."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from journal import look_around
from tests.cli.shop import SECRET_KEY, Shop
from tests.doctor.room import examined, line_of, lines_of
from tools.doctor import rights

pytestmark = pytest.mark.skipif(os.name == "nt", reason="other rights")


def test_files_that_are_their_owners_alone_are_well(shop: Shop) -> None:
    """As the till makes them."""
    shop.pay()
    assert line_of(examined(shop), "rights").verdict == "ok"


def test_journal_that_others_may_read_is_warned_of(shop: Shop) -> None:
    """With the command that shuts it."""
    shop.pay()
    shop.journal.chmod(0o644)
    line = line_of(examined(shop), "rights")
    assert (line.verdict, line.finding.split(",")[0]) == ("warn", f"others may read {shop.journal}")
    assert line.remedy is not None
    assert line.remedy.startswith(f"chmod go-rwx {shop.journal}")


def test_key_that_others_may_read_is_a_failure(shop: Shop) -> None:
    """A key in a file of 0644 is no secret."""
    key = shop.folder / "secret key"
    key.write_text(SECRET_KEY, encoding="ascii")
    key.chmod(0o644)
    shop.configure(shop.terminal().replace('secret_key_env = "SHOP_SECRET_KEY"', 'secret_key_file = "secret key"'))
    line = line_of(examined(shop), "rights")
    assert (line.verdict, line.remedy) == ("fail", f"chmod go-rwx '{key}'")


@pytest.mark.parametrize("what", ["journal", "folder", "configuration"])
def test_what_others_may_change_is_a_failure(shop: Shop, what: str) -> None:
    """Whoever may write in the folder can put another journal there."""
    shop.pay()
    path = {"journal": shop.journal, "folder": shop.folder, "configuration": shop.config}[what]
    path.chmod(0o777)
    lines = lines_of(examined(shop), "rights")
    # The log takes over the rights of the journal.
    assert [(line.verdict, line.finding.split(",")[0]) for line in lines] == [("fail", f"others may change {path}")]


def test_folder_in_which_everybody_may_only_add_is_well(shop: Shop) -> None:
    """As /tmp is."""
    shop.folder.chmod(0o1777)
    assert line_of(examined(shop), "rights").verdict == "ok"


def test_only_some_are_named(shop: Shop) -> None:
    """A folder that was copied with other rights has dozens, and the remedy has them all."""
    shop.pay()
    side = shop.folder / f"{shop.journal.name}.side"
    for file in side.rglob("*"):
        file.chmod(0o755)
    line = line_of(examined(shop), "rights")
    assert line.finding.endswith(" more")
    assert line.remedy is not None
    assert str(side / "mark") in line.remedy


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_files_of_another_user_are_a_failure(shop: Shop) -> None:
    """Somebody ran a command as root, and now the till cannot write its log."""
    shop.pay()
    lock = shop.folder / f"{shop.journal.name}.side" / "lanes" / "bar.lock"
    os.chown(lock, 1234, -1)
    line = lines_of(examined(shop), "rights")[0]
    assert (line.verdict, line.remedy) == ("fail", f"sudo chown --reference={shop.journal} {lock}")


def test_side_folder_that_the_till_may_not_write_is_a_failure(shop: Shop) -> None:
    """Somebody took all rights to write away, and no stamp can be drawn; one command gives them back."""
    shop.pay()
    side = shop.folder / f"{shop.journal.name}.side"
    for path in (*side.rglob("*"), side):
        path.chmod(path.stat().st_mode & ~0o222)
    lines = examined(shop)
    side.chmod(0o700)
    line = line_of(lines, "rights")
    assert (line.verdict, line.remedy) == ("fail", f"chmod -R u+rwX {side}")
    assert line.finding.startswith(f"its own user may not write {side}, ")


def test_file_that_goes_while_one_looks_is_no_fault(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A till at work makes files and takes them away."""
    shop.pay()
    around = look_around(shop.journal)
    seen = replace(around, files=(*around.files, around.writer.parent / "doubt"))
    monkeypatch.setattr("tools.doctor.patient.look_around", lambda _: seen)
    assert line_of(examined(shop), "rights").verdict == "ok"


def test_another_user_asks_no_terminal(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What root would leave beside the journal, the till could not use; so it is told who has to ask."""
    shop.pay()
    before = len(shop._admin("GET", "/requests"))
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    lines = examined(shop)
    assert line_of(lines, "user").verdict == "warn"
    assert line_of(lines, "terminal", "bar").verdict == "not_checked"
    assert len(shop._admin("GET", "/requests")) == before


def test_windows_has_other_rights(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are not read, and it is said so."""
    monkeypatch.setattr(rights, "_ON_WINDOWS", True)
    monkeypatch.delattr(os, "geteuid")
    lines = examined(shop)
    assert line_of(lines, "rights").verdict == "not_checked"
    assert lines_of(lines, "user") == []


def test_folder_that_is_missing_has_no_stranger(shop: Shop) -> None:
    """Nobody can be the wrong one there."""
    shop.configure(shop.terminal(), head='journal = "missing/till.journal"\n')
    shop.config.chmod(0o600)
    assert line_of(examined(shop), "rights").verdict == "ok"
    assert not Path(shop.folder / "missing").exists()
