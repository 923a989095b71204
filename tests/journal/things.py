"""What the journal's tests write: facts of no meaning, about things that are open until they are done."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from journal import Draft, Fact, Journal, Json, Projection, Value, open_journal


class ImpossibleError(Exception):
    """The history is one that cannot be."""


class PowerCut(BaseException):
    """The process ends here: nothing that catches ordinary errors may catch it."""


def row(facts: Sequence[Fact]) -> Mapping[str, Value]:
    """Later facts overrule earlier ones; some kinds of facts make the projection itself misbehave."""
    said: dict[str, Json] = {}
    for fact in facts:
        if fact.kind == "Impossible":
            raise ImpossibleError(fact.subject)
        if fact.kind == "PowerCut":
            raise PowerCut
        if fact.kind == "Odd":
            return cast("Mapping[str, Value]", fact.body["row"])
        said |= fact.body
    label, lane = said.get("label"), said.get("lane")
    return {
        "thing_id": facts[0].subject,
        "label": label if isinstance(label, str) else None,
        "lane": lane if isinstance(lane, str) else None,
        "steps": len(facts),
        "pending": int(facts[-1].kind != "Done"),
    }


THINGS = Projection(
    table="things",
    key="thing_id",
    lane="lane",
    open="pending",
    columns={"thing_id": str, "label": str, "lane": str, "steps": int, "pending": int},
    unique=("label",),
    row=row,
)

RESHAPED = replace(
    THINGS,
    columns={**THINGS.columns, "first_at": str},
    row=lambda facts: {**row(facts), "first_at": facts[0].at},
)
"""The projection of a later release: one column more."""


class Clock:
    """A clock that a second goes by on whenever somebody looks."""

    def __init__(self) -> None:
        self._moment = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The next second."""
        self._moment += timedelta(seconds=1)
        return self._moment


def draft(subject: str, kind: str = "Begun", **body: Json) -> Draft:
    """A fact about to be written."""
    return Draft(subject=subject, kind=kind, body=body)


def opened(path: Path, projection: Projection = THINGS) -> Journal:
    """The journal in this file."""
    return open_journal(path, projection=projection, now=Clock())


def written(path: Path, count: int = 5) -> Path:
    """A closed journal file with this many facts, each about a thing of its own."""
    journal = opened(path)
    for number in range(1, count + 1):
        journal.append([draft(f"thing-{number}", label=f"label-{number}", lane="north")])
    journal.close()
    return path


@contextmanager
def tampering(path: Path) -> Iterator[sqlite3.Connection]:
    """Somebody's database tool: the guards dropped for the change and put back after it."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, sql in guards:
            connection.execute(sql)
    finally:
        connection.close()
