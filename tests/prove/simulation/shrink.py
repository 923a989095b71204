"""Shrinking: from a seed that fails to the few deeds and mishaps that it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from tests.prove.simulation.script import Script

Thing = TypeVar("Thing")

Kept = Mapping[int, Sequence[int]]
"""The deeds that are kept, by number, and of each the mishaps, by their place."""

_LONGEST = 500
"""Performances; a story that is one deed too long is better than none."""


class Shrinker:
    """Leaves out whatever can be left out, in halves, quarters and single steps, while it still fails."""

    def __init__(self, script: Script, fails: Callable[[Script], bool]) -> None:
        self._script = script
        self._fails = fails
        self._left = _LONGEST

    def shrunk(self) -> Kept:
        """What is left."""
        kept: Kept = {deed.number: tuple(range(len(deed.mishaps))) for deed in self._script.deeds}
        size = -1
        while size != _size(kept):
            size = _size(kept)
            kept = self._fewer_mishaps(self._fewer_deeds(kept))
        return kept

    def _fewer_deeds(self, kept: Kept) -> Kept:
        numbers = self._fewer(list(kept), lambda few: self._still({number: kept[number] for number in few}))
        return {number: kept[number] for number in numbers}

    def _fewer_mishaps(self, kept: Kept) -> Kept:
        pairs = [(number, place) for number in kept for place in kept[number]]
        return _regrouped(kept, self._fewer(pairs, lambda few: self._still(_regrouped(kept, few))))

    def _fewer(self, things: list[Thing], still: Callable[[list[Thing]], bool]) -> list[Thing]:
        size = len(things)
        while size > 0:
            at = 0
            while at < len(things):
                fewer = things[:at] + things[at + size :]
                if still(fewer):
                    things = fewer
                else:
                    at += size
            size //= 2
        return things

    def _still(self, kept: Kept) -> bool:
        self._left -= 1
        return self._left > 0 and self._fails(self._script.only(kept))


def _size(kept: Kept) -> int:
    return len(kept) + sum(map(len, kept.values()))


def _regrouped(kept: Kept, pairs: Sequence[tuple[int, int]]) -> dict[int, tuple[int, ...]]:
    return {number: tuple(place for owner, place in pairs if owner == number) for number in kept}


def as_text(kept: Kept) -> str:
    """``3:0,2 7:``: for the command line."""
    return " ".join(f"{number}:{','.join(map(str, places))}" for number, places in kept.items())


def from_text(text: str) -> Kept:
    """The other way round."""
    found: dict[int, tuple[int, ...]] = {}
    for word in text.split():
        number, _, places = word.partition(":")
        found[int(number)] = tuple(int(place) for place in places.split(",") if place)
    return found
