"""The scanner: card numbers and key bytes in anything that was written, printed or shown, in whatever dress.

It knows the numbers and keys that were put in, and finds them through separators, escapes, Base64, hexadecimal and
URL encoding. And it looks for card numbers that nobody put in: rows of 13 to 19 digits that begin as a card does and
pass the Luhn test. It shares no code with the masking, which would share its mistakes.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

_WIDE = re.compile(
    rb"\\u(?:00a0|20[0-2][0-9a-f]|2212)|\\xa0|"
    + b"|".join(chr(code).encode() for code in (0xA0, *range(0x2000, 0x2016), 0x202F, 0x2212))
)
"""Blanks and hyphens of other widths, as they are and as JSON and Python escape them."""
_SEPARATORS = b" -\xa0\t./_\n\r"
_ROW = re.compile(rb"(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])")
_OURS = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![0-9a-f])(?=[0-9]*[a-f])[0-9a-f]{64}(?![0-9a-f])")
"""An operation id, or a digest. Of some, a row of digits looks like a card number, by chance; what was put in is found
in it too."""
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{20,}={0,2}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){12,}")
_CARDS = re.compile(
    rb"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"
    rb"|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|6(?:011|5[0-9]{2}|4[4-9][0-9])[0-9]{12,15}|35[0-9]{14}"
)
"""How a card number begins, and how long it then is (ISO/IEC 7812, the ranges of the schemes). A time in milliseconds
has thirteen digits as well, and passes the Luhn test every tenth time; it begins with 17, which no card does."""


class Scanner:
    """Looks for these card numbers and keys, each under a name, and for card numbers of anybody."""

    def __init__(self, *, numbers: Sequence[str], keys: Mapping[str, str]) -> None:
        self._numbers = [number.encode() for number in numbers]
        self._keys = [(name, form) for name, key in keys.items() for form in _forms(key)]

    def search(self, where: str, content: bytes) -> Iterator[str]:
        """A sentence for each find; it shows where, and never what."""
        yield from self._plainly(where, content)
        for way, inner in _unpacked(content):
            yield from self._plainly(f"{where}, {way}", inner)

    def _plainly(self, where: str, content: bytes) -> Iterator[str]:
        for name, form in self._keys:
            if form in content:
                yield f"{where}: the {name}, at byte {content.index(form)}"
        content = _WIDE.sub(b" ", content)
        close = content.translate(None, _SEPARATORS)
        if any(number in close for number in self._numbers):
            yield f"{where}: a card number that the terminal told"
            return
        for row in _ROW.finditer(_OURS.sub(lambda found: b"." * len(found[0]), content)):
            digits = row[0].translate(None, b" -")
            if _CARDS.fullmatch(digits) and _luhn(digits):
                yield f"{where}: what looks like a card number, at byte {row.start()}"


def _forms(key: str) -> list[bytes]:
    """A key as it is, and as JSON, Python, a URL, hexadecimal and UTF-16 write it. Base64 is unpacked instead."""
    raw = key.encode()
    return list(
        dict.fromkeys(
            (
                raw,
                json.dumps(key)[1:-1].encode(),
                key.replace("/", "\\/").encode(),
                repr(key)[1:-1].encode(),
                repr(key + "'\"")[1:-4].encode(),  # as Python writes it in a text with both kinds of quotes
                quote(key, safe="").encode(),
                quote(key).encode(),
                raw.hex().encode(),
                raw.hex().upper().encode(),
                key.encode("utf-16-le"),
            )
        )
    )


def _unpacked(content: bytes) -> Iterator[tuple[str, bytes]]:
    """What is packed in it: every row that may be Base64, from each of four places, and every row of hexadecimal."""
    for row in _BASE64.finditer(content):
        letters = row[0].rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        for skipped in range(4):
            rest = letters[skipped:]
            rest = rest[:-1] if len(rest) % 4 == 1 else rest  # one letter alone is less than a byte
            yield f"in Base64 at byte {row.start()}", base64.b64decode(rest + b"=" * (-len(rest) % 4))
    for row in _HEX.finditer(content):
        for skipped in range(2):
            digits = row[0][skipped:]
            yield f"in hexadecimal at byte {row.start()}", binascii.unhexlify(digits[: len(digits) // 2 * 2])


def _luhn(digits: bytes) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = (digit - 48) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0
