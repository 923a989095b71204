"""The row of a subject: the projection's answer, checked before any table takes it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from journal.errors import JournalError

if TYPE_CHECKING:
    from journal.fact import Fact, Value
    from journal.projection import Projection

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)
_RESERVED = frozenset({"seq", "facts"})
_INT64 = range(-(2**63), 2**63)


def checked(projection: Projection) -> Projection:
    """The projection, when a table can be made of it.

    Names of tables and columns cannot be bound as parameters, so they go into the SQL text: they are held to plain
    words here, once, and no later file has to quote or to doubt them.

    Raises:
        JournalError: it names something twice, nowhere, or in a way that SQL would not take.
    """
    for name in (projection.table, *projection.columns):
        if _NAME.fullmatch(name) is None or name in _RESERVED:
            raise JournalError(f"a projection cannot use the name {name!r}: use a-z, 0-9 and _, but not seq or facts")
    texts = (projection.key, projection.lane, *projection.unique)
    for name, kind in [(projection.open, int), *((name, str) for name in texts)]:
        if projection.columns.get(name) is not kind:
            raise JournalError(f"the projection needs a column {name!r} of type {kind.__name__}")
    return projection


def row_of(projection: Projection, facts: Sequence[Fact]) -> dict[str, Value]:
    """Fold the facts of one subject into its row, in the order of the columns.

    Raises:
        JournalError: the projection gave a row that does not fit its own columns.
        Exception: whatever the projection itself raises.
    """
    given = projection.row(facts)
    if given.keys() != projection.columns.keys():
        odd = ", ".join(sorted(given.keys() ^ projection.columns.keys()))
        raise JournalError(f"the projection's row and its columns differ in: {odd}")
    row = {name: _value(name, given[name], kind) for name, kind in projection.columns.items()}
    subject = facts[0].subject
    if row[projection.key] != subject:
        raise JournalError(f"the projection's key is {row[projection.key]!r} for the facts of {subject!r}")
    if row[projection.open] not in (0, 1):
        raise JournalError(f"column {projection.open!r} must be 1 or 0, not {row[projection.open]!r}")
    return row


def _value(column: str, value: object, kind: type[int | str]) -> Value:
    # Enumerations become what they stand for, so that every kind of journal gives back the same plain value.
    match value:
        case None:
            return None
        case bool():
            pass
        case int() if kind is int and value in _INT64:
            return int(value)
        case str() if kind is str and _encodes(value):
            return str.__str__(value)
        case _:
            pass
    raise JournalError(f"column {column!r} takes {kind.__name__} or None, not {value!r}")


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # half a surrogate pair
        return False
    return True


def row_breaks(
    projection: Projection, subject: str, stored: Mapping[str, Value] | None, facts: Sequence[Fact]
) -> list[str]:
    """One sentence for each way in which a stored row is not what the facts of its subject say."""
    if stored is None:
        return [f"{projection.table}: {subject!r} has facts but no row"]
    try:
        wanted = row_of(projection, facts)
    except Exception as error:  # noqa: BLE001  -- whatever the projection raises is a finding, not the end of the check
        return [f"{projection.table}: the facts of {subject!r} cannot be folded: {error}"]
    return [
        f"{projection.table}: {subject!r} has {name} = {stored[name]!r} where its facts say {value!r}"
        for name, value in wanted.items()
        if stored[name] != value
    ]
