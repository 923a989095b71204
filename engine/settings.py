"""The configuration: one TOML file, read once, refused whole if anything in it is not understood.

A setting that is misspelt and silently ignored is a till that runs on other rules than its owner believes. So unknown
keys are errors, and every error names the key, the value and the remedy. The tables below are the only list of
settings; the reference in ``docs/`` is generated from them.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from engine.errors import BadInput
from engine.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What a release of the terminal's API can do (``protocol.md``, *Generations*)."""

    name: str
    dialogs_without_id: bool


RELEASES: Mapping[str, Release] = {
    release.name: release
    for release in (
        Release(name="2.0", dialogs_without_id=False),
        Release(name="2.1", dialogs_without_id=True),
        Release(name="2.2", dialogs_without_id=True),
    )
}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole file, checked. ``journal`` is absolute."""

    journal: Path
    terminals: Mapping[str, TerminalSettings]


class _Refused(ValueError):
    """A value that cannot be; the text is the remedy."""


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _Refused("give a text in quotes")
    return value


def _variable(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z_][A-Z0-9_]*", value):
        raise _Refused("give the *name* of an environment variable, in capitals, never the key itself")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _LONGEST_S:
        raise _Refused(f"give a number of seconds above 0 and up to {_LONGEST_S}")
    return float(value)


_LONGEST_S = 3600


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Refused("give true or false")
    return value


def _release(value: object) -> Release:
    if not isinstance(value, str) or value not in RELEASES:
        raise _Refused(f"give one of {', '.join(map(repr, RELEASES))}, as text in quotes")
    return RELEASES[value]


def _url(value: object) -> str:
    if isinstance(value, str) and _ADDRESS.fullmatch(value):
        with suppress(ValueError):  # a port above 65535
            if urlsplit(value).port:
                return value
    raise _Refused('give address, port and path of the terminal, such as "http://192.168.1.20:8085/api/v2"')


_ADDRESS = re.compile(r"http://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):[0-9]{1,5}(/[A-Za-z0-9._-]+)+")
"""No user, query or fragment; and a path that no library has a reason to write in another way, because it is signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One key: how its value is read, what it is when absent (``REQUIRED`` or a value), and what it means.

    ``private`` keeps the value out of errors, because people paste keys where the name of a variable belongs.
    """

    read: Callable[[object], Any]
    default: object
    meaning: str
    private: bool = False


REQUIRED = object()
_FROM_ELSEWHERE = object()

FILE_SETTINGS: Mapping[str, Setting] = {
    "journal": Setting(read=_text, default=REQUIRED, meaning="The journal's file, relative to this file."),
}

TERMINAL_SETTINGS: Mapping[str, Setting] = {
    "url": Setting(read=_url, default=REQUIRED, meaning="Address, port and path of the terminal's API."),
    "api": Setting(read=_release, default=REQUIRED, meaning='Release of its API: "2.0", "2.1" or "2.2".'),
    "integration_key_env": Setting(
        read=_variable,
        default=_FROM_ELSEWHERE,
        meaning="Environment variable that holds the integration key.",
        private=True,
    ),
    "integration_key_file": Setting(
        read=_text, default=_FROM_ELSEWHERE, meaning="File that holds the integration key, instead."
    ),
    "secret_key_env": Setting(
        read=_variable,
        default=_FROM_ELSEWHERE,
        meaning="Environment variable that holds the secret key.",
        private=True,
    ),
    "secret_key_file": Setting(read=_text, default=_FROM_ELSEWHERE, meaning="File that holds the secret key, instead."),
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
}

_TERMINAL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


def read_settings(path: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read and check a configuration file.

    Raises:
        BadInput: it cannot be read, or something in it is missing, unknown or wrong.
    """
    path = path.absolute()
    document = _load(path)
    tables = document.pop("terminals", None)
    values = _read_table(str(path), "", document, FILE_SETTINGS)
    if not isinstance(tables, dict) or not tables:
        raise BadInput(f"{path}: there is no terminal; add a table such as [terminals.bar]")
    terminals = {name: _terminal(path, name, table, environment) for name, table in tables.items()}
    return Settings(journal=path.parent / values["journal"], terminals=terminals)


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(
            f"{path}: there is no such configuration; name it with -c or TILLPROOF_CONFIG, or write it "
            "(the README has one to copy)"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read ({error}); check the file and its rights") from None
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path}: is not TOML ({error}); mend that line") from None


def _read_table(path: str, prefix: str, table: Mapping[str, object], settings: Mapping[str, Setting]) -> dict[str, Any]:
    for key in table:
        if key not in settings:
            near = get_close_matches(key, settings, n=1)
            remedy = f"did you mean {near[0]!r}?" if near else f"the keys here are {', '.join(settings)}"
            private = any(word in key.lower() for word in _PRIVATE_WORDS)
            raise BadInput(f"{path}: unknown key {prefix + key!r}{_shown(table[key], private=private)}; {remedy}")
    values = {}
    for key, setting in settings.items():
        if key in table:
            try:
                values[key] = setting.read(table[key])
            except _Refused as remedy:
                shown = _shown(table[key], private=setting.private)
                raise BadInput(f"{path}: {prefix}{key}{shown} cannot be; {remedy}") from None
        elif setting.default is REQUIRED:
            raise BadInput(f"{path}: {prefix}{key} is missing; {setting.meaning}")
        elif setting.default is not _FROM_ELSEWHERE:
            values[key] = setting.default
    return values


_PRIVATE_WORDS = ("key", "secret", "password", "token")


def _shown(value: object, *, private: bool) -> str:
    return "" if private else f" = {value!r}"


def _terminal(path: Path, name: str, table: object, environment: Mapping[str, str]) -> TerminalSettings:
    if not _TERMINAL_NAME.fullmatch(name) or not isinstance(table, dict):
        raise BadInput(
            f"{path}: terminals.{name} = {table!r} cannot be; write a table [terminals.bar] whose name has "
            "1 to 32 letters, digits, hyphens or underscores"
        )
    prefix = f"terminals.{name}."
    values = _read_table(str(path), prefix, table, TERMINAL_SETTINGS)
    secrets = {
        key: _secret(path, prefix, key, values.pop(f"{key}_env", None), values.pop(f"{key}_file", None), environment)
        for key in ("integration_key", "secret_key")
    }
    url = urlsplit(values.pop("url"))
    release = values.pop("api")
    values |= secrets
    return TerminalSettings(
        name=name, origin=f"{url.scheme}://{url.netloc}", base_path=url.path, release=release, **values
    )


def _secret(  # noqa: PLR0917 - one table row, taken apart
    path: Path, prefix: str, key: str, variable: str | None, file: str | None, environment: Mapping[str, str]
) -> Secret:
    """Read a secret from where the configuration points; the configuration itself never holds one.

    A terminal that hears a wrong key is blocked from production, so nothing is ever sent without a configured one.
    """
    if (variable is None) == (file is None):
        raise BadInput(f"{path}: {prefix}{key}_env or {prefix}{key}_file must be given, and only one of them")
    if variable is not None:
        setting, source, remedy = f"{key}_env", f"environment variable {variable}", f"set {variable}"
        text = environment.get(variable, "")
    else:
        file_path = path.parent / str(file)
        setting, source, remedy = f"{key}_file", str(file_path), "write the key into that file"
        try:
            text = file_path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"{path}: {prefix}{setting}: {source} cannot be read ({error}); {remedy}") from None
    text = text.strip()
    if not text:
        raise BadInput(f"{path}: {prefix}{setting}: {source} is empty or missing; {remedy}")
    if not text.isascii() or not text.isprintable():
        raise BadInput(f"{path}: {prefix}{setting}: {source} holds characters that no key has; {remedy}")
    return Secret(text)
