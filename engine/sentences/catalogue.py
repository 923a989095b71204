"""The catalogues: English sentences, and what they are in another language. Each is read once, when first asked for."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

from engine.events import log
from engine.language import Language

CATALOGUES = Path(__file__).parent / "catalogues"
"""Where they are: for each language what translators edit (``.po``) and what is made of that (``.mo``)."""


@cache
def catalogue(language: Language) -> gettext.NullTranslations:
    """The sentences of a language. English is what the code is written in, and has no file.

    A till that has just been paid must not fall over a damaged file: then the sentences are English, and the log says
    why.
    """
    if language is Language.ENGLISH:
        return gettext.NullTranslations()
    file = CATALOGUES / f"{language}.mo"
    try:
        with file.open("rb") as compiled:
            return gettext.GNUTranslations(compiled)
    except Exception as error:  # noqa: BLE001 - of a damaged file gettext raises whatever it stumbles over
        log().warning("catalogue.unreadable", language=language, file=str(file), error=repr(error))
        return gettext.NullTranslations()
