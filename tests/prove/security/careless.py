"""Tills that tell too much, or leave doors open: each with one planted fault, which a run and its search must find."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import engine.samport.hiding
import engine.samport.judgement
import engine.samport.reading
import engine.samport.wire_log
import engine.secret
import journal.lines
import journal.side
from tests.prove.part import Control
from tests.prove.security.gossip import Mood
from tests.prove.security.leaks import search_a_run


def card_numbers_are_kept(patch: pytest.MonkeyPatch) -> None:
    """Nothing is masked on its way into the journal."""
    patch.setattr(engine.samport.reading, "_text", lambda value, *_: value if isinstance(value, str) else None)


def the_log_shows_what_came(patch: pytest.MonkeyPatch) -> None:
    """The log of the communication keeps bodies as they are."""
    patch.setattr(engine.samport.wire_log._Redaction, "_body", lambda _, body: body.decode(errors="replace"))


def keys_are_kept(patch: pytest.MonkeyPatch) -> None:
    """A key that the terminal tells is a text like any other."""
    patch.setattr(engine.samport.hiding.KeyHider, "hide", lambda _, exchange: exchange)


def a_secret_shows_itself(patch: pytest.MonkeyPatch) -> None:
    """The repr of a key is its text."""
    patch.setattr(engine.secret.Secret, "__repr__", lambda self: f"Secret({self.reveal()})")


def files_are_made_for_all(patch: pytest.MonkeyPatch) -> None:
    """Files get the rights that the umask leaves them."""
    make = os.open

    def careless(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        return make(path, flags, 0o666 if mode == 0o600 else mode, **more)

    patch.setattr(os, "open", careless)


def folders_are_made_for_all(patch: pytest.MonkeyPatch) -> None:
    """Folders get the rights that the umask leaves them."""

    def careless(path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)

    patch.setattr(journal.side, "make_private_folder", careless)
    patch.setattr(journal.lines, "make_private_folder", careless)


CARELESS = (
    card_numbers_are_kept,
    the_log_shows_what_came,
    keys_are_kept,
    a_secret_shows_itself,
    files_are_made_for_all,
    folders_are_made_for_all,
)


def try_careless(number: int, folder: Path) -> Control:
    """One of them, in a short run under a common umask."""
    plant = CARELESS[number]
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        found = search_a_run(folder, 0o022, moods=(Mood.CHATTY,))
    told = found.leaks + found.rights
    return Control(
        fault=plant.__name__.replace("_", " "),
        caught=bool(told),
        by=f"{len(told):,} finds; {told[0]}" if told else "",
    )
