"""The head of the hash chain: its last fact, and what stands for it before there is one."""

from __future__ import annotations

from dataclasses import dataclass

GENESIS = "0" * 64
"""What stands in for the digest before the first fact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The last fact of a chain, as far as the next one needs it."""

    seq: int
    digest: str


EMPTY = Head(seq=0, digest=GENESIS)
