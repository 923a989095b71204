"""What the stress believes is what was stored: its account sees what is missing, changed or too much."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from journal import Draft, Fact, JournalError
from tests.prove.stress.account import Account
from tests.prove.stress.scene import Scene


def _facts(count: int) -> list[Fact]:
    return [
        Fact(seq=seq, at="", subject="s", kind="Noted", body={}, digest=f"{seq * 7919:064x}")
        for seq in range(1, count + 1)
    ]


def test_account_does_not_depend_on_the_order_or_on_who_wrote() -> None:
    """Two writers' accounts together are that of the journal."""
    facts = _facts(5)
    together = Account().with_facts(facts[::2], commits=3) + Account().with_facts(facts[1::2], commits=2)
    assert together.difference(Account().with_facts(reversed(facts))) is None
    assert together.commits == 5


def test_account_sees_a_fact_that_is_missing_doubled_or_another() -> None:
    """Each of them by a sentence."""
    facts = _facts(5)
    stored = Account().with_facts(facts)
    assert stored.difference(Account().with_facts(facts[:-1])) == "5 facts were stored, and 4 are there"
    assert stored.difference(Account().with_facts([*facts, facts[0]])) == "5 facts were stored, and 6 are there"
    changed = [*facts[:-1], replace(facts[-1], digest="0" * 64)]
    assert "they are not the same" in str(stored.difference(Account().with_facts(changed)))


def test_only_what_was_stored_is_entered(tmp_path: Path) -> None:
    """An append that fails is no commit; one with two facts is one commit."""
    scene = Scene(name="one", folder=tmp_path, seed=1, crew=(), commits=0, largest=0)
    scene.path.parent.mkdir()
    book = scene.opened()
    book.append([Draft(subject="a", kind="Noted", body={}), Draft(subject="b", kind="Noted", body={})])
    book.close()
    with pytest.raises(JournalError):
        book.append([Draft(subject="c", kind="Noted", body={})])
    assert (book.account.facts, book.account.commits) == (2, 1)
