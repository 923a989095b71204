"""The planted faults: readers that are wrong in the ways in which a reader can be, behind a door that must be found."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.prove.fuzz.targets import Read, Target


def _field(data: bytes, name: str) -> Any:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return document.get(name) if isinstance(document, dict) else None


def forgets_a_field(data: bytes) -> None:
    """Takes for granted that what has amounts has a total."""
    amounts = _field(data, "amounts")
    if isinstance(amounts, dict):
        amounts["total"]


def never_ends(data: bytes) -> None:
    """Doubles a number until it is large, which nothing is never."""
    count = _field(data, "count")
    while isinstance(count, int) and count < 1000:
        count *= 2


def goes_too_deep(data: bytes) -> None:
    """Counts down to nothing, one call in the other, from a number that somebody else names."""
    levels = _field(data, "levels")
    if isinstance(levels, int):
        _down_from(levels)


def _down_from(levels: int) -> None:
    if levels != 0:
        _down_from(levels - 1)


def _seeds() -> Iterator[bytes]:
    yield b'{"amounts":{"total":1}}'
    yield b'{"count":1,"levels":1}'


def _target(read: Read) -> Target:
    return Target(made=lambda _: read, seeds=_seeds, longest=64)


PLANTED: Mapping[str, Target] = {read.__name__: _target(read) for read in (forgets_a_field, never_ends, goes_too_deep)}
