"""What a script wants of one operation; it travels with the request, however late that arrives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """The number of an operation in the order of its requests, from 1, and how its guest differs from the usual."""

    n: int
    takes_s: float | None = None
    outcome: str | None = None
