"""Card numbers are masked before anything else is done with a text."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"[0-9]+(?:[ \u00a0-][0-9]+)*")
"""Groups of digits with one blank or hyphen between them: "4111111111111111 12" is a card number and a month."""

_GROUP = re.compile(r"[0-9]+")

_LENGTHS = range(13, 20)
"""How many digits a card number has (ISO/IEC 7812; the 12 of some old cards would hide too many other numbers)."""

_SHOWN = 4
"""The digits that stay: a receipt may show the last four."""


def mask_card_numbers(text: str) -> str:
    """Replace the digits of every card number by ``*`` but for the last four.

    A card number is any row of whole groups that has the length of one and passes the Luhn test. Whole groups only,
    because in every tenth window of a long number some digits pass it by chance, and a receipt must print as it is.
    """
    return _DIGITS.sub(lambda match: _mask_row(match[0]), text)


def _mask_row(row: str) -> str:
    groups = list(_GROUP.finditer(row))
    masked = list(row)
    for first, opening in enumerate(groups):
        for closing in groups[first:]:
            places = [place for place in range(opening.start(), closing.end()) if row[place].isdigit()]
            if len(places) in _LENGTHS and _luhn([int(row[place]) for place in places]):
                for place in places[:-_SHOWN]:
                    masked[place] = "*"
    return "".join(masked)


def _luhn(digits: list[int]) -> bool:
    """The check digit of ISO/IEC 7812: every second digit from the right doubled, its own digits added."""
    doubled = (sum(divmod(digit * 2, 10)) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
