"""The hash chain: canonical texts, and what a change does to them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal import JournalError
from journal.chain import Entry, Line, canonical, chain_breaks, entry_of, link
from journal.head import EMPTY, GENESIS, Head
from tests.journal.things import draft

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)
_ENTRIES = st.lists(
    st.builds(Entry, subject=_TEXT.filter(bool), kind=_TEXT.filter(bool), body=_JSON.map(canonical)),
    min_size=1,
    max_size=6,
)


def chained(entries: list[Entry]) -> list[Line]:
    """The lines that these entries become."""
    lines: list[Line] = []
    head = EMPTY
    for entry in entries:
        lines.append(link(head, "2026-01-02T03:04:05.678Z", entry))
        head = Head(seq=lines[-1].seq, digest=lines[-1].digest)
    return lines


def test_digest_is_what_the_words_say() -> None:
    """SHA-256 over the JSON list of previous digest, seq, at, subject, kind and the body's text, spelled out here."""
    line = link(EMPTY, "2026-01-02T03:04:05.678Z", entry_of(draft("a", "Begun", b="é", a=1)))

    told = f'["{"0" * 64}",1,"2026-01-02T03:04:05.678Z","a","Begun","{{\\"a\\":1,\\"b\\":\\"é\\"}}"]'
    assert line.body == '{"a":1,"b":"é"}'
    assert line.digest == hashlib.sha256(told.encode()).hexdigest()
    assert GENESIS == "0" * 64


@given(_JSON)
def test_canonical_text_means_the_value(value: object) -> None:
    """Reading the text gives the value back, and writing that gives the same text."""
    text = canonical(value)  # type: ignore[arg-type]

    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@given(st.dictionaries(_TEXT, st.integers(), min_size=2, max_size=6))
def test_order_of_keys_makes_no_difference(value: dict[str, int]) -> None:
    """Two mappings that are equal have one text."""
    assert canonical(dict(reversed(value.items()))) == canonical(value)


@given(_ENTRIES)
def test_untouched_chain_has_no_break(entries: list[Entry]) -> None:
    """What link made, chain_breaks takes; also from the middle on."""
    lines = chained(entries)

    assert list(chain_breaks(lines)) == []
    first = lines[0]
    assert list(chain_breaks(lines[1:], after=Head(seq=first.seq, digest=first.digest))) == []


@given(_ENTRIES, st.data())
def test_changed_line_breaks_the_chain(entries: list[Entry], data: st.DataObject) -> None:
    """Whichever part of whichever line is changed, the first sentence names that line."""
    lines = chained(entries)
    at = data.draw(st.integers(0, len(lines) - 1))
    part = data.draw(st.sampled_from(["at", "subject", "kind", "body", "digest"]))
    other = data.draw(_TEXT.filter(lambda text: text != getattr(lines[at], part)))

    lines[at] = replace(lines[at], **{part: other})  # type: ignore[arg-type]
    assert next(chain_breaks(lines)).startswith(f"fact {at + 1}: its content")


@given(_ENTRIES, st.data())
def test_dropped_doubled_or_swapped_line_breaks_the_chain(entries: list[Entry], data: st.DataObject) -> None:
    """A line that is missing before the end, stands twice, or in another place is told."""
    lines = chained([*entries, *entries])
    at = data.draw(st.integers(0, len(lines) - 2))

    dropped = [*lines[:at], *lines[at + 1 :]]
    doubled = [*lines[: at + 1], *lines[at:]]
    swapped = [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]
    assert [bool(list(chain_breaks(changed))) for changed in (dropped, doubled, swapped)] == [True, True, True]


@given(_TEXT.filter(bool), _TEXT.filter(bool), _TEXT.filter(bool))
def test_parts_cannot_grow_into_their_neighbours(one: str, two: str, three: str) -> None:
    """Moving characters from one part to the next gives another digest."""
    left = link(EMPTY, "t", Entry(subject=one + two, kind=three, body="{}"))
    right = link(EMPTY, "t", Entry(subject=one, kind=two + three, body="{}"))

    assert left.digest != right.digest


@pytest.mark.parametrize("part", ["at", "subject", "kind", "body", "digest"])
@pytest.mark.parametrize("rotten", [b"a", 7, None])
def test_what_is_no_text_any_more_breaks_the_chain(part: str, rotten: object) -> None:
    """One flipped bit makes bytes of a text, whatever its table says: told as any other change, and once."""
    lines = chained([entry_of(draft("a")), entry_of(draft("b"))])
    lines[0] = replace(lines[0], **{part: rotten})  # type: ignore[arg-type]
    told = list(chain_breaks(lines))
    assert told[0].startswith("fact 1: its content")
    assert len(told) == (2 if part == "digest" else 1)


def test_body_that_is_a_number_cannot_be_read() -> None:
    """A fact whose body has rotted into something else is an error of ours, not Python's."""
    (line,) = chained([entry_of(draft("a"))])
    with pytest.raises(JournalError, match="its body cannot be read"):
        replace(line, body=7).fact()  # type: ignore[arg-type]
