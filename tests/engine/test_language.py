"""Which language a name means."""

from __future__ import annotations

import pytest

from engine import BadInput
from engine.language import Language, language_named, language_of


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("form", ["{}", "{}-XX", "{}_XX", "{}_XX.UTF-8", "{}.UTF-8"])
def test_country_and_encoding_are_let_pass(language: Language, form: str) -> None:
    """A POS hands on what its system calls the language, in small letters or in capitals."""
    assert language_named(form.format(language)) is language
    assert language_named(form.format(language.upper())) is language


@pytest.mark.parametrize("name", ["no", "nn", "nn-NO", "no_NO.UTF-8"])
def test_every_norwegian_is_spoken_to_in_bokmaal(name: str) -> None:
    """Systems say "no" where they mean bokmål, and for nynorsk there is nothing nearer."""
    assert language_named(name) is Language.NORWEGIAN


@pytest.mark.parametrize("name", ["de", "", "svenska", "sve", "-", "C", None, 7])
def test_a_language_that_is_not_there_is_refused_with_those_that_are(name: object) -> None:
    """Nobody is left to guess what to give instead, and nobody reads English in the belief that it is Swedish."""
    with pytest.raises(BadInput, match=r"give one of en, sv, nb, da, fi$"):
        language_named(name)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LC_ALL": "da_DK.UTF-8", "LC_MESSAGES": "fi_FI", "LANG": "sv_SE"}, Language.DANISH),
        ({"LC_ALL": "", "LC_MESSAGES": "fi_FI.UTF-8", "LANG": "sv_SE"}, Language.FINNISH),
        ({"LANG": "nb_NO.UTF-8"}, Language.NORWEGIAN),
        ({"LC_ALL": "C.UTF-8", "LANG": "sv_SE"}, Language.ENGLISH),
        ({"LANG": "de_DE.UTF-8"}, Language.ENGLISH),
        ({}, Language.ENGLISH),
    ],
)
def test_an_environment_speaks_the_first_that_it_sets(environment: dict[str, str], language: Language) -> None:
    """As POSIX has it; and a command line never fails for the language of its shell."""
    assert language_of(environment) is language
