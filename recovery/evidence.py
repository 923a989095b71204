"""Evidence: what we wrote and what the terminal shows, reduced to the few things that a decision depends on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine import Activity


class Standing(StrEnum):
    """What our own facts say of the operation."""

    UNSENT = "unsent"
    """Intended, and no dispatch was ever written: it cannot have left."""
    OPEN = "open"
    """Dispatched, and no answer on record."""
    ESCALATED = "escalated"
    """Given to a person, who has not ruled yet."""
    FINAL = "final"
    """An ending is on record."""


class Sighting(StrEnum):
    """What the terminal shows: asked by our id where it can be, and by the slot of this kind of operation."""

    OURS = "ours"
    """Our id, and the ending that is on record, or any known one where none is."""
    OURS_OTHERWISE = "ours otherwise"
    """Our id, and another ending than the one on record."""
    OURS_UNCLEAR = "ours, unclear"
    """Our id, with an outcome that nobody here knows."""
    UNCHANGED = "unchanged"
    """What it held before we sent: the terminal still remembers, and ours did not finish."""
    STILL_EMPTY = "still empty"
    """Nothing, as before we sent."""
    FORGOTTEN = "forgotten"
    """Nothing, where something was before we sent: a capture or a restart wiped it."""
    FOREIGN = "foreign"
    """Something newer that is not ours."""
    RUNNING = "running"
    """Asked by our id, the terminal says that it runs."""
    SILENT = "silent"
    """No authentic answer."""


class Fence(StrEnum):
    """Whether the order can still arrive."""

    UP = "up"
    """The terminal has heard a newer stamp since, and refuses older ones."""
    DOWN = "down"
    """It may still be under way somewhere."""


class Grace(StrEnum):
    """Whether the longest life of an operation has passed since its dispatch."""

    RUNNING = "running"
    OVER = "over"


class Recall(StrEnum):
    """Whether the terminal would still know it, had it happened."""

    KEPT = "kept"
    """No capture since the dispatch, and no restart: too little time for one, or a witness from before still stands."""
    UNSURE = "unsure"
    """It may have restarted, or closed the day, and forgotten."""


class Prospect(StrEnum):
    """Whether it can still happen."""

    SHUT = "shut"
    """No: it can no longer arrive and does not run."""
    OUTLIVED = "outlived"
    """No: nothing lives that long."""
    AHEAD = "ahead"
    """Perhaps."""


class Patience(StrEnum):
    """Whether whoever is waiting can wait for another round of questions."""

    LEFT = "left"
    OUT = "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that one decision is made from. ``prospect`` itself is decided from fence, activity and grace."""

    standing: Standing
    sighting: Sighting
    prospect: Prospect
    recall: Recall
    patience: Patience


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What tells whether an operation can still happen."""

    fence: Fence
    activity: Activity
    grace: Grace
