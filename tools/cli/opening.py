"""Opening what a command works on. Here, and not at the top of the files, the door is imported: it brings the house."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.cli.ask import Ask
from tools.cli.errors import NoJournal
from tools.cli.logs import configure_logs, level_of

if TYPE_CHECKING:
    from tillproof import Records, Settings, Till


def settings_of(ask: Ask) -> Settings:
    """The configuration, read and checked, without its keys: whoever only looks needs none."""
    import tillproof  # noqa: PLC0415 - heavy

    level_of(ask)  # nothing is logged here, but a level that does not exist is refused by every command
    return tillproof.read_settings(ask.path, None)


def till_of(ask: Ask) -> Till:
    """A till; it makes the journal if there is none."""
    import tillproof  # noqa: PLC0415 - heavy

    configure_logs(ask)
    return tillproof.open(ask.path)


def till_with_journal(ask: Ask) -> Till:
    """A till, for what only makes sense where a journal is: a mistyped path must not make an empty one."""
    records_of(ask).close()
    return till_of(ask)


def records_of(ask: Ask, *, unverified: bool = False) -> Records:
    """The journal for reading, also beside a running till."""
    import tillproof  # noqa: PLC0415 - heavy

    level_of(ask)
    try:
        return tillproof.open_records(ask.path, unverified=unverified)
    except tillproof.JournalMissing:
        raise _no_journal(ask) from None


def _no_journal(ask: Ask) -> NoJournal:
    return NoJournal(
        f"there is no journal yet at {settings_of(ask).journal}; the first operation makes it. "
        f"If there should be one, look at the setting journal in {ask.path}"
    )
