"""The catalogues are complete and fresh, and each kind of mistake in one is found."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from engine.language import Language
from engine.sentences import CATALOGUES, catalogue, every_message
from tests.sentences.complaints import complaints
from tests.sentences.files import TRANSLATED, compiled, read, renew, translations
from tests.sentences.page import PAGE, page

_DONE = "The card was charged {money} {when}."
_KEEP = "Do not charge again."


@pytest.fixture(autouse=True)
def _nothing_read_yet() -> Iterator[None]:
    catalogue.cache_clear()
    yield
    catalogue.cache_clear()


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """The files of all catalogues, to be spoilt."""
    shutil.copytree(CATALOGUES, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_looked_at(language: Language) -> None:
    """Nothing is missing, guessed, left over or spoilt; if it is, the complaint says what."""
    assert complaints(language, read(language)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_till_says_what_the_translator_wrote(language: Language, copies: Path) -> None:
    """Both files are fresh; if not, run `python -m tests.sentences`."""
    assert compiled(language) == translations(read(language))
    assert {*compiled(language)} == {*every_message()}
    renew(language, copies)
    for ending in ("po", "mo"):
        name = f"{language}.{ending}"
        assert (copies / name).read_bytes() == (CATALOGUES / name).read_bytes()


def test_the_page_of_sentences_is_fresh() -> None:
    """What stands in docs/ is what is said; if not, run `python -m tests.sentences`."""
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_file_is_left_of_a_language_that_is_gone(language: Language) -> None:
    """Two files for each language, and no others."""
    assert sorted(file.name for file in CATALOGUES.glob(f"{language}.*")) == [f"{language}.mo", f"{language}.po"]
    assert {file.stem for file in CATALOGUES.iterdir()} == {*TRANSLATED}


def _entry(catalogue_of: Catalog, text: str) -> Message:
    message = catalogue_of.get(text)
    assert message is not None
    return message


def _say(text: str, said: str) -> Callable[[Catalog], None]:
    def spoil(catalogue_of: Catalog) -> None:
        _entry(catalogue_of, text).string = said

    return spoil


def _guess(catalogue_of: Catalog) -> None:
    _entry(catalogue_of, _DONE).flags.add("fuzzy")


_MISTAKES: dict[str, tuple[Callable[[Catalog], object], str]] = {
    "removed": (lambda spoilt: spoilt.delete(_DONE), "is not translated"),
    "empty": (_say(_DONE, ""), "is not translated"),
    "guessed": (_guess, "only a guess"),
    "left over": (lambda spoilt: spoilt.add("Retry.", "Försök."), "nobody says 'Retry.' any more"),
    "placeholder lost": (_say(_DONE, "Kortet belastades {when}."), "fills in"),
    "placeholder misspelt": (_say(_DONE, "Kortet belastades med {summa} {when}."), "fills in"),
    "time without a blank": (_say(_DONE, "Kortet belastades med {money} ({when})."), "no blank before"),
    "letter outside cp1252": (_say(_KEEP, "Ta inte betalt igen \N{RIGHTWARDS ARROW}."), "cp1252"),
    "stray blank": (_say(_KEEP, " Ta inte betalt igen."), "stray blanks"),
    "two blanks": (_say(_KEEP, "Ta inte  betalt igen."), "stray blanks"),
    "bare retry": (_say(_KEEP, "Försök inte igen, försök igen."), "bare *retry*"),
    "not lost": (_say(_KEEP, "Ta betalt igen."), "says *not* in others"),
    "not added": (_say(_DONE, "Kortet belastades inte med {money} {when}."), "says *not* in others"),
    "sentence lost": (_say("Do not charge again. Call your manager.", "Ta inte betalt igen."), "has other sentences"),
    "full stop lost": (_say(_KEEP, "Ta inte betalt igen"), "has other sentences"),
}


@pytest.mark.parametrize(("spoil", "complaint"), _MISTAKES.values(), ids=_MISTAKES)
def test_each_kind_of_mistake_is_found(spoil: Callable[[Catalog], object], complaint: str) -> None:
    """Planted in a copy that is well otherwise, it gives exactly one complaint, and that names it."""
    spoilt = read(Language.SWEDISH)
    spoil(spoilt)
    (found,) = complaints(Language.SWEDISH, spoilt)
    assert complaint in found


def test_a_changed_translation_is_stale_until_it_is_compiled(copies: Path) -> None:
    """The comparison above sees it, and the command mends it."""
    file = copies / "sv.po"
    file.write_text(file.read_text("utf-8").replace("Ta inte betalt igen.", "Ta inte betalt en gång till."), "utf-8")
    assert compiled(Language.SWEDISH, copies) != translations(read(Language.SWEDISH, copies))
    renew(Language.SWEDISH, copies)
    assert compiled(Language.SWEDISH, copies)[_KEEP] == "Ta inte betalt en gång till."


def test_a_guess_stays_a_guess_and_is_never_said(copies: Path) -> None:
    """Renewing the file takes no mark away, so nobody is told what nobody has looked at."""
    file = copies / "sv.po"
    before = file.read_text("utf-8")
    file.write_text(before.replace(f'msgid "{_KEEP}"', f'#, fuzzy\nmsgid "{_KEEP}"'), "utf-8")
    assert len(complaints(Language.SWEDISH, renew(Language.SWEDISH, copies))) == 1
    assert _KEEP not in compiled(Language.SWEDISH, copies)


def test_a_new_language_begins_with_every_text_to_be_translated(tmp_path: Path) -> None:
    """Its file is made by the command, and each empty text is complained about."""
    assert len(complaints(Language.FINNISH, renew(Language.FINNISH, tmp_path))) == len(every_message())
    assert compiled(Language.FINNISH, tmp_path) == {}


@pytest.mark.parametrize("damage", [None, b"", b"\xde\x12\x04\x95", b"\0" * 512, b"no catalogue at all"])
def test_a_damaged_catalogue_speaks_english_and_says_so_in_the_log(
    damage: bytes | None, copies: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A till that has just been paid does not fall over a file."""
    if damage is None:
        (copies / "sv.mo").unlink()
    else:
        (copies / "sv.mo").write_bytes(damage)
    monkeypatch.setattr(sys.modules[catalogue.__module__], "CATALOGUES", copies)
    with caplog.at_level(logging.WARNING, logger="tillproof"):
        assert catalogue(Language.SWEDISH).gettext(_KEEP) == _KEEP
    assert "catalogue.unreadable" in caplog.text
    assert catalogue(Language.FINNISH).gettext(_KEEP) == "Älä veloita uudelleen."


def test_only_the_language_that_is_asked_for_is_read() -> None:
    """A till speaks one language, so it reads one file, once."""
    assert catalogue(Language.DANISH) is catalogue(Language.DANISH)
    assert catalogue.cache_info().misses == 1


def test_who_says_no_sentence_loads_none() -> None:
    """A command that only looks does not wait for words that nobody asked for."""
    program = "import sys, tillproof; print([name for name in sys.modules if name.startswith('engine.sentences')])"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
