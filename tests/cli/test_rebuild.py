"""The table of operations is made anew, and what changed is told."""

from __future__ import annotations

from tests.cli.shop import Shop
from tests.journal.things import tampering


def test_changed_table_is_made_anew_and_the_change_is_told(shop: Shop) -> None:
    """Somebody's tool wrote another amount; afterwards the table says what the facts say."""
    paid = shop.pay().json
    with tampering(shop.journal) as connection:
        connection.execute("UPDATE operations SET amount_minor = 1")
    assert shop.run("journal", "verify").code == 1
    done = shop.run("journal", "rebuild")
    assert done.code == 0
    assert done.out.startswith("The table of operations is made anew.\n")
    told = " ".join(done.out.split())
    assert f"was: operations: '{paid['operation_id']}' has amount_minor = 1 where its facts say 12500" in told
    assert shop.run("journal", "verify").code == 0
    assert "It says what it said before.\n" in shop.run("journal", "rebuild").out


def test_document_counts_facts_and_operations(shop: Shop) -> None:
    """With the changes as they are told."""
    shop.pay()
    with tampering(shop.journal) as connection:
        connection.execute("DROP TABLE operations")
    done = shop.run("journal", "rebuild", "--json")
    assert (done.code, done.json["facts"], done.json["operations"]) == (0, 3, 1)
    assert done.json["changes"] == ["operations: the table was missing, or had another shape"]


def test_facts_that_do_not_fit_end_with_1_and_change_nothing(shop: Shop) -> None:
    """Nothing is made from facts that somebody has changed; the sentence says what to do."""
    shop.pay()
    with tampering(shop.journal) as connection:
        connection.execute("UPDATE facts SET at = '2020' WHERE seq = 2")
    refused = shop.run("journal", "rebuild")
    assert refused.code == 1
    assert "cannot be trusted: fact 2" in refused.told


def test_without_a_journal_it_ends_with_2(shop: Shop) -> None:
    """And none is made."""
    refused = shop.run("journal", "rebuild", "--json")
    assert (refused.code, refused.json["error"]["kind"]) == (2, "JournalRefused")
    assert not shop.journal.exists()
