"""The settings: what can be configured, what each value may be, and what it means.

The tables below are the only list; the reference in ``docs/`` is generated from them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from engine.mode import ModePolicy
from engine.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What a release of the terminal's API can do (``protocol.md``, *Generations*).

    ``signs`` tells v2, with stamps and hashes over plain HTTP, from v1, which has a certificate and neither.
    """

    name: str
    signs: bool
    status_repeatable: bool
    dialogs_without_id: bool
    read_card: bool
    modeless_abort: bool


RELEASES: Mapping[str, Release] = {
    name: Release(
        name=name,
        signs=signs,
        status_repeatable=since_21,
        dialogs_without_id=since_21,
        read_card=since_21,
        modeless_abort=since_22,
    )
    for name, signs, since_21, since_22 in (
        ("1", False, False, False),
        ("2.0", True, False, False),
        ("2.1", True, True, False),
        ("2.2", True, True, True),
    )
}


class AmountUnit(StrEnum):
    """What an amount on the wire counts."""

    MINOR = "minor"
    MAJOR = "major"


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalSettings:
    """One table ``[terminals.NAME]``, checked. Times are in seconds."""

    name: str
    origin: str
    base_path: str
    release: Release
    integration_key: Secret
    secret_key: Secret
    patience_s: float
    grace_s: float
    reboot_s: float
    payment_timeout_s: float
    question_timeout_s: float
    fence: bool
    idle_by_dialogs: bool
    wiped_whole: bool
    certificate: Path | None = None
    amount_unit: AmountUnit = AmountUnit.MINOR
    mode: ModePolicy = ModePolicy.SYNC
    aborts_lost: bool = False
    shared: bool = False
    reply_stamps_rise: bool = True
    async_id_in_path: bool = True
    abort_path: str = "/Abort"
    read_card_path: str = "/ReadCard"
    print_path: str = "/Print"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole file, checked. ``journal`` is absolute; without ``make_journal`` it has to be there."""

    journal: Path
    terminals: Mapping[str, TerminalSettings]
    make_journal: bool = True


class Refused(ValueError):
    """A value that cannot be; the text is the remedy."""


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Refused("give a text in quotes")
    return value


def _variable(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z_][A-Z0-9_]*", value):
        raise Refused("give the *name* of an environment variable, in capitals, never the key itself")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _LONGEST_S:
        raise Refused(f"give a number of seconds above 0 and up to {_LONGEST_S}")
    return float(value)


_LONGEST_S = 3600


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise Refused("give true or false")
    return value


def _choice(*names: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in names:
            raise Refused(f"give one of {', '.join(map(repr, names))}, as text in quotes")
        return str(value)

    return read


def _path(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"(/[A-Za-z0-9._-]+)+", value):
        raise Refused('give a path below the base, such as "/ReadCard"')
    return value


def _release(value: object) -> Release:
    return RELEASES[_choice(*RELEASES)(value)]


def _url(value: object) -> str:
    if isinstance(value, str) and _ADDRESS.fullmatch(value):
        with suppress(ValueError):  # a port above 65535
            if urlsplit(value).port:
                return value
    raise Refused('give address, port and path of the terminal, such as "http://192.168.1.20:8085/api/v2"')


_ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):[0-9]{1,5}(/[A-Za-z0-9._-]+)+")
"""No user, query or fragment; and a path that no library has a reason to write in another way, because it is signed."""


class Setting(NamedTuple):
    """One key: how its value is read, what it is when absent (``REQUIRED`` or a value), and what it means.

    ``private`` keeps the value out of errors, because people paste keys where the name of a variable belongs.
    """

    read: Callable[[object], Any]
    default: object
    meaning: str
    private: bool = False


REQUIRED = object()
"""There is no default: the setting must be given."""

FROM_ELSEWHERE = object()
"""The setting says where a secret is; of its two forms exactly one must be given."""

FILE_SETTINGS: Mapping[str, Setting] = {
    "journal": Setting(read=_text, default=REQUIRED, meaning="The journal's file, relative to this file."),
    "make_journal": Setting(
        read=_switch,
        default=True,
        meaning="Whether a journal that is not there is made. Set it to `false` once guests pay: a disk that is not "
        "mounted is then an error, and not an empty journal that knows of no bill.",
    ),
}

TERMINAL_SETTINGS: Mapping[str, Setting] = {
    "url": Setting(read=_url, default=REQUIRED, meaning="Address, port and path of the terminal's API."),
    "api": Setting(read=_release, default=REQUIRED, meaning='Release of its API: "1", "2.0", "2.1" or "2.2".'),
    "integration_key_env": Setting(
        read=_variable,
        default=FROM_ELSEWHERE,
        meaning="Environment variable that holds the integration key.",
        private=True,
    ),
    "integration_key_file": Setting(
        read=_text, default=FROM_ELSEWHERE, meaning="File that holds the integration key, instead."
    ),
    "secret_key_env": Setting(
        read=_variable,
        default=FROM_ELSEWHERE,
        meaning="Environment variable that holds the secret key.",
        private=True,
    ),
    "secret_key_file": Setting(read=_text, default=FROM_ELSEWHERE, meaning="File that holds the secret key, instead."),
    "patience_s": Setting(
        read=_seconds,
        default=30.0,
        meaning="How long a call settles a lost reply before it answers in doubt.",
    ),
    "grace_s": Setting(read=_seconds, default=180.0, meaning="Longest life of an operation on the terminal."),
    "reboot_s": Setting(
        read=_seconds,
        default=20.0,
        meaning="Shortest time in which the terminal can restart. An empty memory proves nothing after it. INFERRED.",
    ),
    "payment_timeout_s": Setting(
        read=_seconds,
        default=180.0,
        meaning="How long the connection of an operation is kept open for the guest.",
    ),
    "question_timeout_s": Setting(read=_seconds, default=15.0, meaning="How long a question may take."),
    "fence": Setting(
        read=_switch,
        default=True,
        meaning="INFERRED: the terminal checks stamps on arrival, so an answered question keeps older orders out.",
    ),
    "reply_stamps_rise": Setting(
        read=_switch,
        default=True,
        meaning="OPEN: each reply's stamp is newer than the last one's. An old reply that is played again is then not "
        "believed; without it, it is. Needed off where the terminal's clock is coarse, or was set back.",
    ),
    "idle_by_dialogs": Setting(
        read=_switch,
        default=True,
        meaning="INFERRED: /Dialogs without an id is empty exactly while nothing runs.",
    ),
    "wiped_whole": Setting(
        read=_switch,
        default=True,
        meaning="INFERRED: a restart wipes the memory for all kinds of operations at once.",
    ),
    "certificate": Setting(
        read=_text,
        default=None,
        meaning="v1, required there: the file of the only certificate that is trusted, relative to this file.",
    ),
    "amount_unit": Setting(
        read=lambda value: AmountUnit(_choice(*AmountUnit)(value)),
        default=None,
        meaning="v1, required there, because nothing says which it is: amounts count `minor` or `major` units.",
    ),
    "mode": Setting(
        read=lambda value: ModePolicy(_choice(*ModePolicy)(value)),
        default=ModePolicy.SYNC,
        meaning="`sync`, `async`, or `auto`: synchronous, unless the link keeps losing replies.",
    ),
    "on_lost_reply": Setting(
        read=_choice("wait", "abort"),
        default="wait",
        meaning="`wait` for the guest after a lost reply, or `abort` his operation to know the truth sooner (2.2).",
    ),
    "shared": Setting(
        read=_switch,
        default=False,
        meaning="Other tills use this terminal too: its memory is read before each operation.",
    ),
    "async_id_in_path": Setting(
        read=_switch,
        default=True,
        meaning="INFERRED: the id of an asynchronous start stands in the path; else in the body, as operationId.",
    ),
    "abort_path": Setting(
        read=_choice("/Abort", "/Aborts"),
        default="/Abort",
        meaning="INFERRED: the abort by id is /Abort/{id}; it might be /Aborts/{id}.",
    ),
    "read_card_path": Setting(read=_path, default="/ReadCard", meaning="OPEN: where a card is read (2.1)."),
    "print_path": Setting(read=_path, default="/Print", meaning="OPEN: where a text is printed on the terminal."),
}
