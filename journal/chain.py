"""The hash chain: why a fact that was changed, dropped or slipped in shows.

SQLite does not notice bit rot: a flipped bit in the file can change an amount and every check of its own still says
"ok"; a flipped bit in the write-ahead log makes all later commits vanish without a word. So each fact carries a
digest over its own content *and* over the digest of the fact before it. Whoever changes one fact must rewrite all
later ones, and the last digest (the head) stands outside the file too: see ``journal/side.py``.

The digest is SHA-256 over *canonical* bytes, so that every program in every language gets the same bytes from the
same content: JSON with sorted keys, without spaces, in UTF-8 without escapes. Floats are refused, because their text
differs between programs; so are keys that are not text, because JSON would quietly turn ``1`` into ``"1"``.
The body goes in as the text that stands in the column, not as what that text means: two texts for one meaning would
be two digests, and a check needs to parse nothing.

The chain shows accidents and clumsy hands. It is no signature: who can write the file and the side folder can
compute it anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from journal.errors import JournalError
from journal.fact import Draft, Fact, Json
from journal.head import EMPTY, Head

# Made once: ``json.dumps`` makes one anew for each text that is not in its default form.
_CANONICAL = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
_LIST = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A draft whose content has been checked and is in its final text."""

    subject: str
    kind: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A fact exactly as it is stored: the body is the text of the column."""

    seq: int
    at: str
    subject: str
    kind: str
    body: str
    digest: str

    def fact(self) -> Fact:
        """The fact, its body read; a new object each time, so that nobody changes another's."""
        try:
            body = json.loads(self.body)
        except (ValueError, TypeError) as error:  # a TypeError when rot has made a number of it
            raise JournalError(f"fact {self.seq}: its body cannot be read; run a verification") from error
        return Fact(seq=self.seq, at=self.at, subject=self.subject, kind=self.kind, body=body, digest=self.digest)


def line_of(row: tuple[int, str, str, str, str, str]) -> Line:
    """The line in a row of the table."""
    seq, at, subject, kind, body, digest = row
    return Line(seq=seq, at=at, subject=subject, kind=kind, body=body, digest=digest)


def entry_of(draft: Draft) -> Entry:
    """Check a draft and bring it into its final text.

    Raises:
        JournalError: it holds something that has no one canonical text.
    """
    for name, text in (("subject", draft.subject), ("kind", draft.kind)):
        if not text or not isinstance(text, str):
            raise JournalError(f"the {name} of a fact must be a text that is not empty, not {text!r}")
        _must_encode(text)
    if not isinstance(draft.body, Mapping):
        raise JournalError(f"the body of a fact must be a mapping, not {type(draft.body).__name__}")
    # Enumerations are texts to the caller, but the database adapter and JSON each have their own idea of them.
    return Entry(subject=str.__str__(draft.subject), kind=str.__str__(draft.kind), body=canonical(draft.body))


def canonical(value: Json) -> str:
    """The one text of a JSON value.

    Raises:
        JournalError: the value, or something inside it, has no one text.
    """
    try:
        text = _CANONICAL.encode(_plain(value))
    except (ValueError, RecursionError) as error:  # an endless number, a loop
        raise JournalError(f"a fact cannot hold this: {error}") from error
    _must_encode(text)
    return text


def _must_encode(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:  # half a surrogate pair
        raise JournalError(f"a fact cannot hold this: {error}") from error


_Plain: TypeAlias = "bool | int | str | list[_Plain] | dict[str, _Plain] | None"


def _plain(value: object) -> _Plain:
    match value:
        case None | bool():
            return value
        case int():
            return int(value)
        case str():
            return str.__str__(value)
        case Mapping():
            return {_key(key): _plain(item) for key, item in value.items()}
        case bytes() | bytearray() | memoryview():
            raise JournalError("a fact cannot hold bytes: write them as text")
        case Sequence():
            return [_plain(item) for item in value]
        case float():
            raise JournalError(f"a fact cannot hold the float {value!r}: count in whole units")
        case _:
            raise JournalError(f"a fact cannot hold a value of type {type(value).__name__}")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise JournalError(f"the keys in a fact must be text, not {key!r}")
    return str.__str__(key)


def link(previous: Head, at: str, entry: Entry) -> Line:
    """The line that follows ``previous``."""
    seq = previous.seq + 1
    digest = _digest(previous.digest, (seq, at, entry.subject, entry.kind, entry.body))
    return Line(seq=seq, at=at, subject=entry.subject, kind=entry.kind, body=entry.body, digest=digest)


def _digest(previous: str, content: tuple[int, str, str, str, str]) -> str:
    # A list in JSON rather than the parts in a row: no part can grow into its neighbour.
    text = _LIST.encode([previous, *content])
    # A stored text is checked here too, and rot may have made it one that UTF-8 does not know.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def chain_breaks(lines: Iterable[Line], *, after: Head = EMPTY) -> Iterator[str]:
    """One sentence for each place where the lines do not continue the chain."""
    previous = after
    for line in lines:
        if line.seq != previous.seq + 1:
            yield f"fact {line.seq}: it follows fact {previous.seq}, so facts between them are missing"
        elif not _continues(previous, line):
            yield f"fact {line.seq}: its content, or the digest of fact {previous.seq}, is not what was written"
        # Go on from what stands there, so that one fault is told once and not for every later fact.
        previous = Head(seq=line.seq, digest=str(line.digest))


def _continues(previous: Head, line: Line) -> bool:
    content = (line.at, line.subject, line.kind, line.body)
    # One flipped bit makes bytes or a number of a text, and the file gives it out as that, whatever its table says.
    if not all(isinstance(part, str) for part in content):
        return False
    return line.digest == _digest(previous.digest, (line.seq, *content))
