"""What the till said while it was recorded: what it was told is stored, what it tried, and what it sent."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from journal import Draft, Fact
from tests.prove.power.log import Event, What

SAID = "said"
"""The file in the recorded folder whose writes the recorder takes for what is said; it stays empty."""

_IDENTITY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def key_of(told: Draft | Fact) -> str:
    """What of a fact is known before it is written."""
    return json.dumps([told.subject, told.kind, told.body], sort_keys=True, default=str)


class Voice:
    """Says it, into the recorder's log, between the writes that came before and those that come after."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / SAID, os.O_WRONLY | os.O_CREAT, 0o600)

    def tries(self, drafts: Iterable[Draft]) -> None:
        """These may stand in the journal from now on."""
        self._say("tries", [key_of(draft) for draft in drafts])

    def refused(self, drafts: Iterable[Draft]) -> None:
        """We were told that these were certainly not written."""
        self._say("refused", [key_of(draft) for draft in drafts])

    def stored(self, facts: Iterable[Fact]) -> None:
        """We were told that these are stored, or were shown them by a journal that was opened for writing."""
        self._say("stored", [[fact.seq, fact.digest, key_of(fact)] for fact in facts])

    def sends(self, operations: Sequence[str]) -> None:
        """An order is leaving for the terminal."""
        self._say("sends", operations)

    def _say(self, word: str, told: Sequence[object]) -> None:
        if told:
            os.write(self._file, json.dumps([word, told]).encode())


class Said:
    """What had been said up to a moment."""

    def __init__(self) -> None:
        self.stored: dict[int, str] = {}
        """The digest of each fact that must be there, by its number."""
        self.perhaps: Counter[str] = Counter()
        """The facts that may be there too, by their content: tried, and not refused."""
        self.sent: set[str] = set()
        self.ghosts: dict[int, str] = {}
        """Facts that a journal showed although it had told that they were not written."""
        self.words = 0
        """How often something was said."""

    def happen(self, event: Event) -> None:
        """Take over one event; only what was said counts."""
        if event.what is not What.SAID:
            return
        self.words += 1
        word, told = json.loads(event.data)
        match word:
            case "tries":
                self.perhaps.update(told)
            case "refused":
                self.perhaps.subtract(told)
            case "stored":
                self._store(told)
            case "sends":
                self.sent.update(told)
            case _:
                raise ValueError(f"nobody says {word!r}")

    def _store(self, told: Iterable[tuple[int, str, str]]) -> None:
        for seq, digest, key in told:
            if self.stored.get(seq) != digest:
                self.perhaps[key] -= 1
                if self.perhaps[key] < 0:
                    self.ghosts[seq] = key
            self.stored[seq] = digest

    def strangers(self, facts: Sequence[Fact]) -> list[Fact]:
        """The facts that nobody had tried to write."""
        left = Counter(self.perhaps)
        strange = []
        for fact in facts:
            if self.stored.get(fact.seq) == fact.digest:
                continue
            left[key_of(fact)] -= 1
            if left[key_of(fact)] < 0:
                strange.append(fact)
        return strange

    def lost(self, facts: Mapping[int, str]) -> list[int]:
        """The numbers of the facts that had been stored and are not there as they were."""
        return [seq for seq, digest in self.stored.items() if facts.get(seq) != digest]


def operations_in(*texts: str) -> list[str]:
    """The identities of operations that a request names."""
    return _IDENTITY.findall(" ".join(texts))
