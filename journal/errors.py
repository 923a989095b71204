"""What can go wrong with a journal. The docstring of each class is what a reader is told to do."""

from __future__ import annotations


class JournalError(Exception):
    """The journal cannot do what was asked; nothing was half done."""


class JournalRefused(JournalError):
    """The file is not one that can be trusted with money; the message says why and what to do."""


class JournalMissing(JournalRefused):
    """There is no journal here, and nothing beside the path says that there ever was one."""


class NotStored(JournalError):
    """The facts are certainly not in the journal: nothing may be sent on their strength."""


class PerhapsStored(JournalError):
    """The commit failed and its fate is unknown: send nothing, reopen the journal, and judge by what it holds."""


class Conflict(JournalError):
    """Another subject already holds this value in a column that allows it once; nothing was written."""

    def __init__(self, column: str, value: str) -> None:
        super().__init__(f"another entry already has {column} = {value!r}")
        self.column = column
        self.value = value


class LaneBusy(JournalError):
    """Somebody else holds the lane; wait for them, or ask them."""

    def __init__(self, lane: str, holder: str) -> None:
        super().__init__(f"lane {lane!r} is held by {holder}")
        self.lane = lane
        self.holder = holder
