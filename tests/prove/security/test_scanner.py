"""The scanner proves itself: it finds what is planted, in every dress, and cries at nothing else."""

from __future__ import annotations

import pytest

from tests.prove.security.planted import HARMLESS, NUMBERS, PLANTED, scanner


@pytest.mark.parametrize("dress", PLANTED)
def test_what_is_planted_is_found(dress: str) -> None:
    """A number or a key in this dress, in the middle of other bytes, gives a sentence."""
    assert list(scanner().search("there", b"before \x00\xff " + PLANTED[dress] + b" after"))


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_is_passed(text: str) -> None:
    """Ids, times, hashes and masked numbers are no finds: who cries always is not heard."""
    assert list(scanner().search("there", text.encode())) == []


def test_a_number_that_was_put_in_is_found_in_what_looks_like_a_digest() -> None:
    """Only what looks like one by chance is let pass there."""
    assert list(scanner().search("there", ("ab" * 12 + NUMBERS[0] + "cd" * 12).encode()))


def test_a_find_shows_where_and_never_what() -> None:
    """The report of a leak must not leak."""
    told = " ".join(told for planted in PLANTED.values() for told in scanner().search("there", planted))
    assert not list(scanner().search("the report", told.encode()))
    assert NUMBERS[0] not in told
