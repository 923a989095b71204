"""A journal that cannot be trusted: whoever is asked, nothing is to be deleted, and the way back to a copy works."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable

import pytest

from tests.cli.shop import Shop
from tests.journal.things import tampering

_SAFE = "delete nothing, -wal least of all"


def _without_its_last_facts(shop: Shop) -> None:
    """The journal as it was a payment ago; its side folder knows better."""
    shop.run("journal", "backup", str(shop.folder / "copy.db"))
    shop.pay("--reference", "bill-1043")
    shutil.copyfile(shop.folder / "copy.db", shop.journal)


def _altered(shop: Shop) -> None:
    with tampering(shop.journal) as connection:
        connection.execute("UPDATE facts SET at = '2020-01-01T00:00:00.000Z' WHERE seq = 2")


def _gone(shop: Shop) -> None:
    shop.journal.unlink()


def _empty(shop: Shop) -> None:
    shop.journal.write_bytes(b"")


@pytest.mark.parametrize("harm", [_without_its_last_facts, _altered, _gone, _empty])
def test_all_who_are_asked_say_that_nothing_is_to_be_deleted(shop: Shop, harm: Callable[[Shop], None]) -> None:
    """Recover, doctor and verify use the same words, and none of them names a file to delete beside them."""
    shop.pay()
    harm(shop)
    told = {
        command: " ".join((done.out + done.err).split()).lower()
        for command in ("recover", "doctor", "journal verify")
        for done in [shop.run(*command.split())]
    }
    assert [command for command in ("recover", "doctor") if _SAFE not in told[command]] == []
    assert [text for text in told.values() if re.search(r"\b(?:delete(?! nothing)|remove|rm)\b", text)] == []


def test_verify_says_the_same_where_the_chain_is_broken(shop: Shop) -> None:
    """It is the one that both others point to."""
    shop.pay()
    _altered(shop)
    assert _SAFE in " ".join(shop.run("journal", "verify").out.split()).lower()


def test_a_copy_is_put_back_as_the_page_says(shop: Shop) -> None:
    """Moved together, never deleted; what the copy lacks is told, and the till goes on once its mark is moved away."""
    shop.pay()
    assert shop.run("journal", "backup", str(shop.folder / "copy.db")).code == 0
    shop.pay("--reference", "bill-1043")
    _altered(shop)
    kept = shop.folder / "kept"
    kept.mkdir()
    for ending in ("", "-wal", "-shm"):
        file = shop.folder / f"{shop.journal.name}{ending}"
        if file.exists():
            file.rename(kept / file.name)
    shutil.copyfile(shop.folder / "copy.db", shop.journal)

    refused = shop.run("recover")
    mark = shop.folder / f"{shop.journal.name}.side" / "mark"
    assert (refused.code, str(mark) in refused.told) == (1, True)
    mark.rename(kept / "mark")
    shop.run("recover")
    assert shop.run("journal", "verify").code == 0
    assert shop.run("show", "bill-1042").code == 0
