"""The patient: one till, as far as its configuration can be read, and what every check may look at.

Nothing here fails for good. A configuration that is refused still names a journal, perhaps; and a disk has free space
whatever stands in a file.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine import OPERATIONS, BadInput, Records, Settings, TerminalSettings, must_stand, read_settings
from journal import JournalError, Lane, Reader, Surroundings, look_around, read_journal


@dataclass(slots=True, kw_only=True)
class Patient:
    """One till.

    ``settings`` are read without keys; without them ``refusal`` says why there are none. ``folder`` is where the
    journal is, or where the configuration is, while nobody knows of a journal; ``reader`` is the journal, also when it
    cannot be trusted; ``distrust`` says why not.
    """

    config: Path
    environment: Mapping[str, str]
    document: Mapping[str, Any]
    settings: Settings | None
    refusal: str | None
    journal: Path | None
    folder: Path
    surroundings: Surroundings | None
    reader: Reader | None
    distrust: JournalError | None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def terminals(self) -> Mapping[str, TerminalSettings]:
        """The terminals, without their keys."""
        return self.settings.terminals if self.settings is not None else {}

    @property
    def records(self) -> Records | None:
        """What can be looked up in the journal."""
        if self.reader is None or self.journal is None:
            return None
        return Records(reader=self.reader, settings=self.settings or Settings(journal=self.journal, terminals={}))

    def lane(self, terminal: str) -> Lane | None:
        """The lane of a terminal as it is at this moment, once it was used."""
        around = _surroundings(self.journal)
        return next((lane for lane in around.lanes if lane.name == terminal), None) if around is not None else None

    def with_keys(self, terminal: str) -> TerminalSettings:
        """A terminal with its keys.

        Raises:
            BadInput: one of them is missing.
        """
        return read_settings(self.config, self.environment, keys_of=terminal).terminals[terminal]

    def table(self, terminal: str) -> Mapping[str, Any]:
        """The table of a terminal as it stands in the configuration."""
        return dict(self.document["terminals"][terminal])

    def close(self) -> None:
        """Close the journal."""
        if self.reader is not None:
            self.reader.close()


def admit(config: Path, environment: Mapping[str, str] = os.environ) -> Patient:
    """Look at a till from outside: configuration, files, journal. No key is read, and no terminal is asked."""
    config = config.absolute()
    document = _document(config)
    settings, refusal = _settings(config)
    journal = _journal(config, settings, document)
    reader, distrust = (None, None) if journal is None else _reader(journal, settings)
    return Patient(
        config=config,
        environment=environment,
        document=document,
        settings=settings,
        refusal=refusal,
        journal=journal,
        folder=(journal or config).parent,
        surroundings=_surroundings(journal),
        reader=reader,
        distrust=distrust,
    )


def _document(config: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(config.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}


def _settings(config: Path) -> tuple[Settings | None, str | None]:
    try:
        return read_settings(config, None), None
    except BadInput as error:
        return None, str(error)


def _journal(config: Path, settings: Settings | None, document: Mapping[str, Any]) -> Path | None:
    """Where the journal is; also of a configuration of which nothing else can be used."""
    named = document.get("journal")
    if settings is not None:
        return settings.journal.resolve()
    return (config.parent / named).resolve() if isinstance(named, str) and named.strip() else None


def _surroundings(journal: Path | None) -> Surroundings | None:
    if journal is not None:
        with suppress(JournalError):
            return look_around(journal)
    return None


def _reader(journal: Path, settings: Settings | None) -> tuple[Reader | None, JournalError | None]:
    try:
        if settings is not None:
            must_stand(settings)
        return read_journal(journal, projection=OPERATIONS), None
    except JournalError as distrust:
        try:
            return read_journal(journal, projection=OPERATIONS, unverified=True), distrust
        except JournalError:
            return None, distrust
