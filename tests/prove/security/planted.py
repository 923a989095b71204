"""What is put into the terminals' mouths, and what is planted for the scanner to find."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from urllib.parse import quote

from tests.prove.part import Control
from tests.prove.security.scanner import Scanner

NUMBERS = (
    "4111111111111111",
    "5555555555554444",
    "378282246310005",
    "6011000990139424",
    "4222222222222",
    "30569309025904",
)
"""Test numbers of the card schemes, which belong to nobody."""

INTEGRATION_KEY = 'example/key+"of"=the%integration&4711'
SECRET_KEY = "example\\secret/of the+bar=0815%&'e'"
"""With every letter that JSON, Python, URLs and Base64 write in another way."""

WIDE_SEPARATORS = ("\u00a0", "\u202f", "\u2013", "\u2009", "\u2011")
"""What a word processor makes of a blank and of a hyphen."""

KEYS: Mapping[str, str] = {"integration key": INTEGRATION_KEY, "secret key": SECRET_KEY}


def scanner() -> Scanner:
    """One that looks for these."""
    return Scanner(numbers=NUMBERS, keys=KEYS)


def grouped(number: str, separator: str) -> str:
    """A card number as it is embossed."""
    return separator.join(number[first : first + 4] for first in range(0, len(number), 4))


def _dresses() -> Mapping[str, bytes]:
    number, stranger = NUMBERS[0], "4012888888881881"
    found = {
        "a card number": number.encode(),
        "a card number in groups": grouped(number, " ").encode(),
        "a card number with hyphens": grouped(number, "-").encode(),
        "a card number with dots": grouped(number, ".").encode(),
        **{f"a card number with U+{ord(wide):04X}": grouped(number, wide).encode() for wide in WIDE_SEPARATORS},
        "a card number with an escaped blank": json.dumps(grouped(number, "\u202f")).encode(),
        "a card number between other digits": f"00{number}99".encode(),
        "a card number in Base64": base64.b64encode(b"\x1b@KORT " + number.encode() + b"\n"),
        "a card number in hexadecimal": number.encode().hex().encode(),
        "a card number that nobody put in": f"PAN {stranger},".encode(),
        "the same in groups": grouped(stranger, " ").encode(),
    }
    for name, key in KEYS.items():
        found |= {
            f"the {name}": key.encode(),
            f"the {name} as JSON": json.dumps({"k": key}).encode(),
            f"the {name} as Python": repr(f"{key}'\"").encode(),
            f"the {name} in a URL": quote(key, safe="").encode(),
            f"the {name} in hexadecimal": key.encode().hex().upper().encode(),
            f"the {name} in UTF-16": key.encode("utf-16-le"),
            **{
                f"the {name} in Base64, {skip} bytes in": base64.b64encode(b"x" * skip + key.encode())
                for skip in range(3)
            },
        }
    return found


PLANTED = _dresses()

HARMLESS = (
    "abcdef40-1288-8888-8818-81abcdef0000",  # an id in which a row of digits looks like a card number
    "ab" * 12 + "4000056655665556" + "cd" * 12,  # a digest with such a row
    "************1111",
    "1735787045678 2025-01-02T03:04:05.678Z 00001735787045678000",
    "e4e26c50-0738-4854-8956-87c3454459c0",
    "6pVV99HhyZUvR34frmEt/oqzrr8kPRKeNx6+jdKM+EA=",
    "0" * 64,
    "4111111111111112",
    "Secret(…)",
)


def try_the_scanner() -> list[Control]:
    """Every dress, and whether it is seen through."""
    finds = {dress: list(scanner().search("planted", content)) for dress, content in PLANTED.items()}
    return [Control(fault=dress, caught=bool(found), by=(found or [""])[0]) for dress, found in finds.items()]
