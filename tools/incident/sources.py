"""Where an incident is gathered from; whoever asks for a bundle opens all of it, and knows the words for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tillproof import Records, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One operation: as ``tillproof show --json`` tells it, and as ``tillproof show`` prints it."""

    told: Mapping[str, Any]
    story: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What is read. ``records`` is None where the journal cannot be read, ``doctor`` and ``days`` tell when asked."""

    settings: Settings
    document: Mapping[str, Any]
    records: Records | None
    accounts: Sequence[Account]
    summary: Callable[[Records, str], Mapping[str, Any]]
    days: Callable[[Records, Iterable[str]], Mapping[str, Any]]
    doctor: Callable[[], Mapping[str, Any]]
    receipts: bool
