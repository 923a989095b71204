"""Card numbers are masked before anything else is done with a text."""

from __future__ import annotations

import base64
import re
from bisect import bisect_left
from itertools import accumulate

_GROUP = re.compile(r"[0-9]+")

_LENGTHS = range(13, 20)
"""How many digits a card number has (ISO/IEC 7812; the 12 of some old cards would hide too many other numbers)."""

_BETWEEN = r"[ \u00a0\u2007-\u200a\u202f\u2010-\u2015\u2212-]"
"""A blank or a hyphen, of whatever width: printers and word processors put others there than keyboards do."""

_ROW = re.compile(rf"[0-9](?:{_BETWEEN}?[0-9]){{{_LENGTHS[0] - 1},}}")
"""Groups of digits with one blank or hyphen between them: "4111111111111111 12" is a card number and a month. As long
as a card number at least, which the amounts, times and receipt numbers of a reply are not."""

_SHOWN = 4
"""The digits that stay: a receipt may show the last four."""


def mask_card_numbers(text: str) -> str:
    """Replace the digits of every card number by ``*`` but for the last four.

    A card number is any row of whole groups that has the length of one and passes the Luhn test. Whole groups only,
    because in every tenth window of a long number some digits pass it by chance, and a receipt must print as it is.
    """
    if len(text) < _LENGTHS[0]:  # most texts of a reply are: too short to hold one
        return text
    return _ROW.sub(lambda match: _mask_row(match[0]), text)


def mask_escpos(text: str) -> str:
    """Mask the card numbers in a receipt for the printer, which by convention is Base64 of the printer's bytes.

    Its form is OPEN (``tools/simulator`` has the same convention), so what is no Base64 is masked as the text that it
    is. A receipt without a card number comes back as it was, to the last character.
    """
    masked = _mask_printout(text)
    if masked != text:
        return masked
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        return text
    # Latin-1 has a character for every byte and gives it back; and digits are the same bytes in every code page.
    printout = content.decode("latin-1")
    masked = _mask_printout(printout)
    return text if masked == printout else base64.b64encode(masked.encode("latin-1")).decode("ascii")


_COMMANDS = tuple(re.compile(rf"[\x1b-\x1d].{{{length}}}", re.DOTALL) for length in (1, 2))
"""ESC, FS or GS, and the one or two characters behind it that are no text."""


def _mask_printout(printout: str) -> str:
    """Mask text with commands in it, in every way in which it can be read.

    A command's argument may be a digit ("ESC E 1", bold), and it seems to lengthen the number that is printed after
    it: a number of another length, which is then no card number.
    """
    if _ROW.search(printout) is None:  # without its commands it has no longer rows than with them
        return printout
    texts = [printout, *(command.sub(_blank, printout) for command in _COMMANDS)]
    readings = [mask_card_numbers(text) for text in texts]
    if readings == texts:
        return printout
    return "".join("*" if "*" in marks else mark for mark, *marks in zip(printout, *readings, strict=True))


def _blank(command: re.Match[str]) -> str:
    return "\0" * len(command[0])


def _mask_row(row: str) -> str:
    places = [place for place, mark in enumerate(row) if mark in "0123456789"]
    starts = [0, *accumulate(len(group) for group in _GROUP.findall(row))]
    sums = _luhn_sums([int(row[place]) for place in places])
    masked = list(row)
    for first in starts:
        # Only ends that make a length of card numbers are looked at, and none is added up anew: else 16 KiB of single
        # digits on a receipt keep the till busy for two hours, the answer of its guest not stored.
        nearest = bisect_left(starts, first + _LENGTHS[0])
        for end in starts[nearest : nearest + len(_LENGTHS)]:
            if end - first in _LENGTHS and (sums[end % 2][end] - sums[end % 2][first]) % 10 == 0:
                for place in places[first : end - _SHOWN]:
                    masked[place] = "*"
    return "".join(masked)


def _luhn_sums(digits: list[int]) -> tuple[list[int], list[int]]:
    """For the check digit of ISO/IEC 7812: sums up to each digit, in numbers that end at an even place, or an odd one.

    Every second digit from the right is doubled, and the digits of that are added. So two subtractions tell of any
    part of a row whether it passes.
    """
    doubled = [sum(divmod(digit * 2, 10)) for digit in digits]
    even = [(doubled if place % 2 == 0 else digits)[place] for place in range(len(digits))]
    odd = [(digits if place % 2 == 0 else doubled)[place] for place in range(len(digits))]
    return [0, *accumulate(even)], [0, *accumulate(odd)]
