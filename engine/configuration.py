"""The configuration: one TOML file, read once, refused whole if anything in it is not understood.

A setting that is misspelt and silently ignored is a till that runs on other rules than its owner believes. So unknown
keys are errors, and every error names the key, the value and the remedy.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from engine.errors import BadInput
from engine.secret import Secret
from engine.settings import (
    FILE_SETTINGS,
    FROM_ELSEWHERE,
    REQUIRED,
    TERMINAL_SETTINGS,
    AmountUnit,
    Refused,
    Release,
    Setting,
    Settings,
    TerminalSettings,
)
from journal import JournalRefused

_TERMINAL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


def read_settings(
    path: Path, environment: Mapping[str, str] | None = os.environ, *, keys_of: str | None = None
) -> Settings:
    """Read and check a configuration file.

    Without an ``environment`` (None) no key is read: whoever only looks things up has none, and needs none. With
    ``keys_of`` only the keys of that terminal are: one that is missing elsewhere does not matter then.

    Raises:
        BadInput: it cannot be read, or something in it is missing, unknown or wrong.
    """
    path = path.absolute()
    document = _load(path)
    tables = document.pop("terminals", None)
    values = _read_table(str(path), "", document, FILE_SETTINGS)
    if not isinstance(tables, dict) or not tables:
        raise BadInput(f"{path}: there is no terminal; add a table such as [terminals.bar]")
    terminals = {
        name: _terminal(path, name, table, environment if keys_of in (None, name) else None)
        for name, table in tables.items()
    }
    return Settings(journal=path.parent / values["journal"], terminals=terminals, make_journal=values["make_journal"])


def must_stand(settings: Settings) -> None:
    """Refuse a journal that is not there, where none is to be made.

    On the folder of a disk that is not mounted a till would begin a new one, and charge again what it does not know.

    Raises:
        JournalRefused: there is no such file.
    """
    if not settings.make_journal and not os.path.exists(settings.journal):  # noqa: PTH110 - one that may not be seen as well
        raise JournalRefused(
            f"{settings.journal} is missing, and make_journal = false says that there is one: is its disk mounted? Let "
            "nobody pay before it is back"
        )


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
    except (ValueError, RecursionError) as error:  # also a number of a thousand digits, and lists a thousand deep
        raise BadInput(f"{path}: is not TOML ({error}); mend that line") from None


def _read_table(path: str, prefix: str, table: Mapping[str, object], settings: Mapping[str, Setting]) -> dict[str, Any]:
    for key in table:
        if key not in settings:
            raise BadInput(f"{path}: unknown key {prefix + key!r}{_remedy(key, table[key], settings)}")
    values = {}
    for key, setting in settings.items():
        if key in table:
            try:
                values[key] = setting.read(table[key])
            except Refused as remedy:
                shown = _shown(table[key], private=setting.private or _may_hide_a_password(table[key]))
                raise BadInput(f"{path}: {prefix}{key}{shown} cannot be; {remedy}") from None
        elif setting.default is REQUIRED:
            raise BadInput(f"{path}: {prefix}{key} is missing; {setting.meaning}")
        elif setting.default is not FROM_ELSEWHERE:
            values[key] = setting.default
    return values


def _remedy(key: str, value: object, settings: Mapping[str, Setting]) -> str:
    """What to do about an unknown key.

    Its value is shown only if it is plainly a misspelt setting that is no secret: people put keys of other kinds here,
    under names that nobody can list.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - heavy, and most configurations have no such key

    near = get_close_matches(key, settings, n=1)
    if not near:
        return f"; the keys here are {', '.join(settings)}"
    plain = get_close_matches(key, [name for name in settings if "key" not in name], n=1, cutoff=_PLAINLY_MISSPELT)
    return f"{_shown(value, private=not plain)}; did you mean {near[0]!r}?"


_PLAINLY_MISSPELT = 0.8


def _may_hide_a_password(value: object) -> bool:
    return isinstance(value, str) and any(mark in value for mark in "@?")


def _shown(value: object, *, private: bool) -> str:
    return "" if private else f" = {value!r}"


def _terminal(path: Path, name: str, table: object, environment: Mapping[str, str] | None) -> TerminalSettings:
    if not _TERMINAL_NAME.fullmatch(name) or not isinstance(table, dict):
        raise BadInput(
            f"{path}: terminals.{name} cannot be; write a table [terminals.bar] whose name has 1 to 32 letters, "
            "digits, hyphens or underscores"
        )
    prefix = f"terminals.{name}."
    where = f"{path}: {prefix}"
    values = _read_table(str(path), prefix, table, TERMINAL_SETTINGS)
    release, url = values.pop("api"), urlsplit(values.pop("url"))
    _must_fit(where, release, url.scheme, values, table)
    keys = ("integration_key", "secret_key") if release.signs else ("integration_key",)
    secrets = {
        key: _secret(path, prefix, key, values.pop(f"{key}_env", None), values.pop(f"{key}_file", None), environment)
        for key in keys
    }
    certificate, unit = values.pop("certificate"), values.pop("amount_unit")
    return TerminalSettings(
        name=name,
        origin=f"{url.scheme}://{url.netloc}",
        base_path=url.path,
        release=release,
        certificate=path.parent / certificate if certificate else None,
        amount_unit=unit or AmountUnit.MINOR,
        aborts_lost=values.pop("on_lost_reply") == "abort",
        **{"secret_key": Secret(None), **values, **secrets},
    )


def _must_fit(
    where: str, release: Release, scheme: str, values: Mapping[str, object], table: Mapping[str, object]
) -> None:
    """What belongs to one generation of the API and not to the other."""
    if release.signs:
        if scheme != "http":
            raise BadInput(f"{where}url: API 2 speaks plain http and signs; write http:// and the terminal's port")
        for key in ("certificate", "amount_unit"):
            if key in table:
                raise BadInput(f'{where}{key} belongs to API 1; leave it out, or set api = "1"')
        return
    if scheme != "https":
        raise BadInput(f"{where}url: API 1 speaks https; write https:// and the terminal's port, which is 443")
    for key in ("certificate", "amount_unit"):
        if values[key] is None:
            raise BadInput(f"{where}{key} is missing; {TERMINAL_SETTINGS[key].meaning}")
    for key in ("secret_key_env", "secret_key_file"):
        if key in table:
            raise BadInput(f"{where}{key} belongs to API 2; API 1 has an integration key only, so leave it out")


def _secret(  # noqa: PLR0917 - one table row, taken apart
    path: Path, prefix: str, key: str, variable: str | None, file: str | None, environment: Mapping[str, str] | None
) -> Secret:
    """Read a secret from where the configuration points; the configuration itself never holds one.

    A terminal that hears a wrong key is blocked from production, so nothing is ever sent without a configured one.
    """
    if (variable is None) == (file is None):
        raise BadInput(f"{path}: {prefix}{key}_env or {prefix}{key}_file must be given, and only one of them")
    if environment is None:
        return Secret(None)
    if variable is not None:
        setting, source, remedy = f"{key}_env", f"environment variable {variable}", f"set {variable}"
        text = environment.get(variable, "")
    else:
        file_path = path.parent / str(file)
        setting, source, remedy = f"{key}_file", str(file_path), "write the key into that file"
        try:
            text = file_path.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:  # not UTF-8, or a name that no file can have
            raise BadInput(f"{path}: {prefix}{setting}: {source} cannot be read ({error}); {remedy}") from None
    text = text.strip()
    if not text:
        raise BadInput(f"{path}: {prefix}{setting}: {source} is empty or missing; {remedy}")
    if not text.isascii() or not text.isprintable():
        raise BadInput(f"{path}: {prefix}{setting}: {source} holds characters that no key has; {remedy}")
    return Secret(text)
