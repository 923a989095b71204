"""The head goes on paper, and from paper back to the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from journal import verification
from tests.cli.shop import Shop
from tests.journal.things import tampering
from tools.cli import verify as file_of_verify


def cut_off(shop: Shop, after: int) -> None:
    """Somebody who knows the journal well makes it shorter, and leaves no mark behind."""
    with tampering(shop.journal) as connection:
        connection.execute("DELETE FROM facts WHERE seq > ?", (after,))
        connection.execute("DELETE FROM operations WHERE seq > ?", (after,))
    shop.journal.with_name(shop.journal.name + ".side").joinpath("mark").unlink()


def test_head_is_printed_alone(shop: Shop) -> None:
    """For a printer or a file; the document names its parts."""
    shop.pay()
    printed, document = shop.run("journal", "head"), shop.run("journal", "head", "--json").json
    assert printed.out == f"3:{document['digest']}\n"
    assert (document["head"], document["facts"]) == (printed.out.strip(), 3)
    assert printed.code == 0


def test_journal_that_went_on_reaches_its_head(shop: Shop) -> None:
    """It is said, also of a head that was typed with its first digits only."""
    shop.pay()
    head = shop.run("journal", "head").out.strip()
    shop.pay("--reference", "later")
    whole, short = (shop.run("journal", "verify", "--head", typed) for typed in (head, head[:18]))
    assert (whole.code, short.code) == (0, 0)
    told = " ".join(whole.out.split())
    assert told.endswith("Nothing was cut off: all that it held when this head was printed, at fact 3, is there.")
    document = shop.run("journal", "verify", "--head", head, "--json").json
    assert document["slip"] == {"given": head, "reached": True}
    assert shop.run("journal", "verify", "--json").json["slip"] is None


def test_cut_off_end_shows_only_by_the_head_on_paper(shop: Shop) -> None:
    """What is left fits together; the head from the drawer says that something is missing, and the code is 1."""
    shop.pay()
    shop.pay("--reference", "embarrassing")
    head = shop.run("journal", "head").out.strip()
    cut_off(shop, after=3)
    assert shop.run("journal", "verify").code == 0
    verified = shop.run("journal", "verify", "--head", head)
    assert verified.code == 1
    assert verified.out.startswith("The journal does NOT fit together, in 1 place(s).\n")
    assert "the journal ends at fact 3, and ended at fact 6 when its head" in " ".join(verified.out.split())
    assert "Nothing was cut off" not in verified.out
    document = shop.run("journal", "verify", "--head", head, "--json")
    assert (document.code, document.json["slip"]["reached"], len(document.json["breaks"])) == (1, False, 1)


@pytest.mark.parametrize("typed", ["42", "42:abc", "x", "0:" + "f" * 64])
def test_what_is_no_head_ends_with_2(shop: Shop, typed: str) -> None:
    """The option is named, and where a head comes from."""
    shop.pay()
    refused = shop.run("journal", "verify", "--head", typed)
    assert refused.code == 2
    assert "--head" in refused.told
    assert "`tillproof journal head` prints one" in refused.told


def test_head_of_no_journal_ends_with_2(shop: Shop) -> None:
    """There is nothing to print, and none is made."""
    assert shop.run("journal", "head").code == 2
    assert not shop.journal.exists()


def test_the_whole_chain_is_read_behind_a_bar(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal of years takes minutes; on a terminal something moves meanwhile, and it is gone before the result."""
    shown: list[str] = []

    @contextmanager
    def noted(*steps: str) -> Iterator[Callable[[int, int], None]]:
        shown.append(steps[0])
        yield lambda done, total: shown.append(f"{done} of {total}")
        shown.append("gone")

    monkeypatch.setattr(verification, "_TOLD_EACH", 3)
    monkeypatch.setattr(file_of_verify, "bar", noted)
    monkeypatch.setattr(file_of_verify, "say", lambda lines: shown.append(lines[0]))
    shop.pay()
    assert shop.run("journal", "verify").code == 0
    assert shown == ["checking", "3 of 6", "6 of 6", "gone", "The journal fits together."]
