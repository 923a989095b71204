"""Keys are hidden in what a terminal says, before anybody reads it.

A terminal has no reason to tell a key, and yet "Integration-Key … is unknown" is a likely message. What it says is kept
in the journal, printed and shown; so a key is taken out of the bytes of a reply once its hash has been checked.

Not found are forms that only a decoder would know, such as Base64.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from engine.samport.wire import Exchange
from engine.secret import Secret

_SHORTEST = 8
"""Whatever is shorter is no key, and may well be a part of an honest answer: to hide it would lose the answer."""

_HIDDEN = b"***"


class KeyHider:
    """Hides these keys, as they are and as JSON may write them."""

    def __init__(self, keys: Sequence[Secret]) -> None:
        texts = [text for text in map(_known, keys) if len(text) >= _SHORTEST]
        self._forms = list(dict.fromkeys(form for text in texts for form in _forms(text)))

    def hide(self, exchange: Exchange) -> Exchange:
        """The same exchange without a key in its body."""
        body = exchange.body
        for form in self._forms:
            body = body.replace(form, _HIDDEN)
        return exchange if body == exchange.body else replace(exchange, body=body)


def _known(key: Secret) -> str:
    """Its text; empty for the secret key of a terminal of v1, which has none."""
    try:
        return key.reveal()
    except ValueError:
        return ""


def _forms(text: str) -> tuple[bytes, ...]:
    written = json.dumps(text)[1:-1]
    return written.encode(), written.replace("/", "\\/").encode(), text.encode()
