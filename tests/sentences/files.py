"""The files of the catalogues: what translators edit (``.po``), and what is made of that for the till (``.mo``)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from engine.language import Language
from engine.sentences import CATALOGUES, every_message

TRANSLATED = tuple(language for language in Language if language is not Language.ENGLISH)
"""English stands in the code."""

_HEAD = """\
# What the cashier is told, {name}. Write below each English text (msgid) what is said (msgstr), then run
# `python -m tests.sentences`: it complains about what is missing, and compiles this file for the till.
#
# What stands in braces is filled in, and stays as it is: {{money}} "125.00 NOK", {{receipt}} "000123", {{when}} the
# time as the texts at the end say it, or nothing where none is known. Short, in the imperative, no letters outside
# cp1252.
msgid ""
msgstr ""
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""

_EVER = datetime(2026, 11, 24, tzinfo=UTC)
"""Babel stamps what it writes; a stamp that never changes makes the same file of the same texts."""


def read(language: Language, folder: Path = CATALOGUES) -> Catalog:
    """What a translator wrote; of a language that has no file yet, nothing."""
    file = folder / f"{language}.po"
    with io.BytesIO(file.read_bytes() if file.exists() else b"") as text:
        return read_po(text, locale=str(language), ignore_obsolete=True, abort_invalid=True)


def renew(language: Language, folder: Path = CATALOGUES) -> Catalog:
    """Write both files anew: texts in the order of the code, new ones empty, those that nobody says any more gone."""
    before = read(language, folder)
    after = Catalog(locale=str(language), fuzzy=False, creation_date=_EVER, revision_date=_EVER)
    for text, places in every_message().items():
        old = before.get(text)
        after.add(
            text,
            old.string if old else "",
            flags=old.flags if old else (),
            auto_comments=places,
            user_comments=old.user_comments if old else (),
        )
    with (folder / f"{language}.po").open("wb") as file:
        file.write(_HEAD.format(name=after.locale.english_name if after.locale else language, code=language).encode())
        write_po(file, after, width=110, omit_header=True)
    if compiled(language, folder) != translations(after):
        with (folder / f"{language}.mo").open("wb") as file:
            write_mo(file, after)
    return after


def translations(catalogue: Catalog) -> Mapping[str, str]:
    """The texts that are good to be said."""
    return {str(each.id): str(each.string) for each in catalogue if each.id and each.string and not each.fuzzy}


def compiled(language: Language, folder: Path = CATALOGUES) -> Mapping[str, str]:
    """What the till would say; of a language that was not compiled yet, nothing."""
    file = folder / f"{language}.mo"
    if not file.exists():
        return {}
    with file.open("rb") as binary:
        return translations(read_mo(binary))
