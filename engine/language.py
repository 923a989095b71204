"""The languages in which a cashier is spoken to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from engine.errors import BadInput


class Language(StrEnum):
    """A language that there is a catalogue of sentences for; the value is its ISO 639 code."""

    ENGLISH = "en"
    SWEDISH = "sv"
    NORWEGIAN = "nb"
    DANISH = "da"
    FINNISH = "fi"


_SAME: Mapping[str, str] = {"no": "nb", "nn": "nb"}
"""Systems say "no" and mean bokmål, and whoever writes nynorsk reads it at once."""

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Where POSIX looks for the language of messages. The first that is set decides, also if it names none of ours."""


def language_named(name: object) -> Language:
    """The language of this name. A country, an encoding and capitals are let pass: "sv", "sv-SE", "sv_SE.UTF-8".

    Raises:
        BadInput: there are no sentences in it.
    """
    language = _known(name) if isinstance(name, str) else None
    if language is None:
        raise BadInput(f"language: there are no sentences in {name!r}; give one of {', '.join(Language)}")
    return language


def language_of(environment: Mapping[str, str]) -> Language:
    """The language that a person's environment asks for; English where it names none of ours."""
    named = next((environment[variable] for variable in _VARIABLES if environment.get(variable)), "")
    return _known(named) or Language.ENGLISH


def _known(name: str) -> Language | None:
    code = name.replace("_", "-").partition(".")[0].partition("-")[0].lower()
    code = _SAME.get(code, code)
    return next((language for language in Language if language == code), None)
