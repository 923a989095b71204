"""Putting text on stdout and stderr: 80 columns, any encoding, a pipe that may be closed, and no surprises in it."""

from __future__ import annotations

import os
import re
import sys
import textwrap
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from typing import IO

import click

WIDTH = 79


def prepare_streams() -> None:
    """A character that the console does not have becomes a question mark, never an error after a payment."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def say(lines: Iterable[str]) -> None:
    """Print to stdout, all at once."""
    _print("\n".join(map(plain, lines)))


def say_json(document: object, *, compact: bool = False) -> None:
    """Print one JSON document; in ASCII, because no encoding of a console may change a reference."""
    import json  # noqa: PLC0415 - who asks for text needs none of it

    _print(json.dumps(document, indent=None if compact else 2))


def complain(text: str) -> None:
    """Print one paragraph to stderr."""
    try:
        click.echo(paragraph(text), err=True)
    except OSError:
        # There is nobody to tell, and the exit code still has to.
        return


def mention(text: str) -> None:
    """Print one line to stderr, at once and of whatever length; where that cannot be, nothing happens."""
    # A ValueError is a stream that somebody has closed.
    with suppress(OSError, ValueError):
        click.echo(plain(text.replace("\n", " ")), err=True)


def say_exactly(text: str) -> None:
    """Print to stdout exactly this, also its control characters, and no line break after it.

    As bytes, because a text stream would make other line breaks of these on some systems.
    """
    _print(text.encode(getattr(sys.stdout, "encoding", None) or "utf-8", errors="replace"), nl=False)


def pour(file: IO[bytes]) -> None:
    """Copy a file to stdout as it is, however long. A reader who stops reading is no error.

    Raises:
        OSError: it could not be written.
    """
    import shutil  # noqa: PLC0415 - brings what unpacks archives, and nothing else here needs it

    stdout = sys.stdout.buffer
    try:
        shutil.copyfileobj(file, stdout)
        stdout.flush()
    except BrokenPipeError:
        _mute()
    except OSError:
        _mute()
        raise


def _print(text: str | bytes, *, nl: bool = True) -> None:
    try:
        click.echo(text, nl=nl)
    except BrokenPipeError:
        # Whoever read has had enough. What became of the money did not change, so the exit code must not either.
        _mute()
    except OSError as error:
        _mute()
        complain(f"warning: the output could not be written ({error.strerror}); the exit code still holds")


def _mute() -> None:
    """Let the flush at the end of the process go nowhere, or Python complains about it on stderr."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def plain(text: str) -> str:
    """Text without control characters: what a terminal of the store sends must not steer ours."""
    if text.isprintable():  # as nearly all is; looking at each character takes longer than printing them
        return text
    return "".join("?" if unicodedata.category(mark)[0] == "C" and mark != "\n" else mark for mark in text)


def paragraph(text: str, *, first: str = "", rest: str | None = None) -> str:
    """One paragraph, wrapped; ``first`` stands before its first line, ``rest`` (blanks, if not given) before others.

    Paths and references are not broken, nor, where they fit into a line, are commands: people copy them.
    """
    hanging = " " * len(first) if rest is None else rest
    wrapped = textwrap.fill(
        _COMMAND.sub(lambda found: _in_one_piece(found[0], WIDTH - len(hanging)), plain(text)),
        width=WIDTH,
        initial_indent=first,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapped.replace(_GLUE, " ")


_COMMAND = re.compile(r"`[^`]+`\S?")
_GLUE = "\0"
"""Stands for a blank that must not become a line break; ``plain`` has left none of it in the text."""


def _in_one_piece(command: str, room: int) -> str:
    return command.replace(" ", _GLUE) if len(command) <= room else command


def fields(pairs: Iterable[tuple[str, str | None]], *, indent: int = 2) -> list[str]:
    """Name and value in two columns; what has no value is left out."""
    shown = [(name, value) for name, value in pairs if value]
    width = max((len(name) for name, _ in shown), default=0) + 2
    return [paragraph(value, first=" " * indent + name.ljust(width)) for name, value in shown]


def table(rows: Iterable[tuple[str, ...]], *, indent: int = 2) -> list[str]:
    """Columns as wide as they need to be. The last one goes to a line of its own where it does not fit."""
    kept = [tuple(map(plain, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*kept, strict=True)][:-1]
    lines = []
    for *cells, last in kept:
        start = " " * indent + "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        if len(start) + 2 + len(last) <= WIDTH:
            lines.append(f"{start}  {last}".rstrip())
        else:
            lines += [start.rstrip(), " " * (indent + 4) + last]
    return lines
