"""An account of what was stored: by those who wrote it, and by what the journal holds in the end."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from journal import Draft, Fact
from journal.file import FileJournal

_WIDTH = 2**256


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How many facts, and the sum of their digests: which does not depend on who had stored which, or in what order.

    A fact that is missing, doubled or changed changes the sum; that two such errors cancel out is as likely as a
    collision of SHA-256.
    """

    facts: int = 0
    total: int = 0
    commits: int = 0

    def with_facts(self, facts: Iterable[Fact], *, commits: int = 0) -> Account:
        """The account after these were stored."""
        digests = [int(fact.digest, 16) for fact in facts]
        return Account(
            facts=self.facts + len(digests),
            total=(self.total + sum(digests)) % _WIDTH,
            commits=self.commits + commits,
        )

    def __add__(self, other: Account) -> Account:
        return Account(
            facts=self.facts + other.facts,
            total=(self.total + other.total) % _WIDTH,
            commits=self.commits + other.commits,
        )

    def __sub__(self, other: Account) -> Account:
        return Account(
            facts=self.facts - other.facts,
            total=(self.total - other.total) % _WIDTH,
            commits=self.commits - other.commits,
        )

    def difference(self, found: Account) -> str | None:
        """A sentence when the journal holds something else than this."""
        if (self.facts, self.total) == (found.facts, found.total):
            return None
        if self.facts == found.facts:
            return f"{self.facts:,} facts were stored and as many are there, but they are not the same"
        return f"{self.facts:,} facts were stored, and {found.facts:,} are there"


class AccountedJournal(FileJournal):
    """The shipped journal, of one thread: each append that returns is one commit, and is entered into the account."""

    account = Account()

    def append(self, drafts: Sequence[Draft], *, last_resort: bool = False) -> tuple[Fact, ...]:
        """See ``Journal``."""
        stored = super().append(drafts, last_resort=last_resort)
        self.account = self.account.with_facts(stored, commits=1)
        return stored

    def note(self, subject: str, dice: random.Random, largest: int) -> None:
        """Write down something of no meaning."""
        self.append([Draft(subject=subject, kind="Noted", body={"text": "n" * dice.randint(0, largest)})])
