"""The veil: what may leave the house. Keys and card numbers are hidden, and afterwards looked for once more.

Journal and wire log hold neither, by their own promise. A bundle goes to strangers, so it does not lean on that: every
text is masked again, and what the whole file would hold is scanned before there is a file. The scan knows more forms
than the mask, Base64 and hexadecimal among them; what it finds stops the bundle.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from engine import mask_card_numbers, mask_escpos

_HIDDEN = "•••"
_SHORTEST_KEY = 8
"""Whatever is shorter is no key, and may be a part of any honest word."""

_NO_CARD = re.compile(
    r"(?<![0-9A-Za-z-])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[0-9]*[a-f])[0-9a-f]{64})(?![0-9A-Za-z-])"
)
"""An operation id or a digest. The digits of some look like a card number, and without them nothing can be checked."""

_CLOSE = re.compile(rb"(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{18,}={0,2}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){12,}")
_BEGINS_AS_A_CARD = re.compile(rb"[3-6]|2[2-7]")
"""What the schemes begin with (ISO/IEC 7812). Times in milliseconds begin with 1, and every tenth passes Luhn."""


class Veil:
    """Hides these keys and every card number; ``folders`` are paths of this machine and what to say instead."""

    def __init__(self, *, keys: Sequence[str], folders: Mapping[str, str]) -> None:
        self._keys = [key for key in dict.fromkeys(keys) if len(key) >= _SHORTEST_KEY]
        self._forms = [form for key in self._keys for form in _forms(key)]
        self._folders = {place: name for place, name in folders.items() if len(place) > 1}

    def text(self, text: str) -> str:
        """A text without them."""
        for form in self._forms:
            text = text.replace(form, _HIDDEN)
        for place, name in self._folders.items():
            text = text.replace(place, name)
        ids = _NO_CARD.findall(text)
        plain = [mask_card_numbers(part) for part in _NO_CARD.split(text)]
        return "".join(part + identity for part, identity in zip(plain, [*ids, ""], strict=True))

    def value(self, value: Any, key: str = "") -> Any:  # noqa: ANN401 - any JSON
        """A value of JSON without them, in names and numbers too."""
        match value:
            case dict():
                return {self.text(str(name)): self.value(inner, str(name)) for name, inner in value.items()}
            case list() | tuple():
                return [self.value(inner, key) for inner in value]
            case str():
                return mask_escpos(value) if key == "escpos" else self.text(value)
            case int() | float() if not isinstance(value, bool):
                hidden = self.text(repr(value))
                return value if hidden == repr(value) else hidden
            case _:
                return value

    def found(self, name: str, content: bytes) -> Iterator[str]:
        """A sentence for each thing that must not be there; it says where, and never what."""
        content = _NO_CARD.sub(lambda found: "." * len(found[0]), content.decode(errors="replace")).encode()
        for where, inner in ((name, content), *((f"{name}, packed in it", inner) for inner in _unpacked(content))):
            if any(form.encode() in inner for form in self._forms):
                yield f"{where}: a key"
            if any(_is_card(row[0]) for row in _CLOSE.finditer(inner)):
                yield f"{where}: what looks like a card number"


def _forms(key: str) -> list[str]:
    """A key as it is, and as JSON, Python, a URL, hexadecimal and Base64 write it."""
    raw = key.encode()
    forms = [
        key,
        json.dumps(key)[1:-1],
        key.replace("/", "\\/"),
        repr(key)[1:-1],
        quote(key, safe=""),
        quote(key),
        raw.hex(),
        raw.hex().upper(),
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        base64.b64encode(key.encode("utf-16-le")).decode().rstrip("="),
    ]
    return sorted(dict.fromkeys(forms), key=len, reverse=True)  # the longest first: a short one would leave its rest


def _unpacked(content: bytes) -> Iterator[bytes]:
    """What rows of Base64, from each of four places, and of hexadecimal are packed from."""
    for row in _BASE64.finditer(content):
        letters = row[0].rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        for skipped in range(4):
            rest = letters[skipped:]
            rest = rest[:-1] if len(rest) % 4 == 1 else rest
            yield base64.b64decode(rest + b"=" * (-len(rest) % 4))
    for row in _HEX.finditer(content):
        for skipped in range(2):
            digits = row[0][skipped:]
            yield binascii.unhexlify(digits[: len(digits) // 2 * 2])


def _is_card(row: bytes) -> bool:
    digits = [mark - 48 for mark in row if 48 <= mark <= 57]  # noqa: PLR2004 - the digits of ASCII
    doubled = sum(sum(divmod(digit * (1 + place % 2), 10)) for place, digit in enumerate(reversed(digits)))
    return doubled % 10 == 0 and _BEGINS_AS_A_CARD.match(row) is not None
