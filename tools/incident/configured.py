"""The configuration as it may be told: what is set, and of keys only where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PureWindowsPath
from typing import Any

from engine import TERMINAL_SETTINGS

_PLACES = ("integration_key_file", "secret_key_file", "certificate")
"""Of these only the name of the file is told."""


def configured(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a configuration file that has been read and found sound says, without the folders of this machine."""
    terminals = {name: _terminal(table) for name, table in document.get("terminals", {}).items()}
    return {"journal": _name(document.get("journal")), "terminals": terminals}


def _terminal(table: Mapping[str, Any]) -> Mapping[str, Any]:
    known = {key: value for key, value in table.items() if key in TERMINAL_SETTINGS}
    return {key: _name(value) if key in _PLACES else value for key, value in known.items()}


def _name(path: object) -> str:
    # Also of a path with slashes: Windows takes both.
    return PureWindowsPath(str(path)).name
