"""The commands by their names, each loaded from its file when it is asked for: who looks does not wait for who pays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module

import click


class Commands(MutableMapping[str, click.Command]):
    """What a ``click.Group`` keeps its commands in, given the file of this room in which each one stands.

    Behind a colon comes the name of its function, where that is another one: ``list`` is a name of Python's own.
    """

    def __init__(self, files: Mapping[str, str]) -> None:
        self._commands: dict[str, click.Command | str] = {**files}

    def __getitem__(self, name: str) -> click.Command:
        found = self._commands[name]
        if isinstance(found, str):
            file, _, function = found.partition(":")
            command: click.Command = getattr(import_module(f"tools.cli.{file}"), function or name)
            self[name] = found = command
        return found

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._commands[name] = command

    def __delitem__(self, name: str) -> None:
        del self._commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._commands)

    def __len__(self) -> int:
        return len(self._commands)
