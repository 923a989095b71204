"""The keyed hash of API v2, both ways (``protocol.md``, *Keyed hash*).

It is plain SHA-256 with the secret at both ends, not HMAC: that is the vendor's form.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from engine.secret import Secret

SCHEME = "Samport-Keyed-Hash-v1"


class Trust(StrEnum):
    """How far a reply is believed. Whatever is not AUTHENTIC is no reply."""

    AUTHENTIC = "authentic"
    UNSIGNED = "unsigned"
    FORGED = "forged"
    UNDATED = "undated"
    """Its hash fits, and its stamp is no time, so nobody can tell how old it is."""
    REPLAYED = "replayed"
    """Its hash fits, and something as new or newer was heard before: see ``freshness.py``."""


def stamp_text(stamp_ms: int) -> str:
    """A stamp as the protocol wants it: ``YYYY-MM-DDTHH:MM:SS.mmmZ``."""
    whole = datetime.fromtimestamp(stamp_ms // 1000, UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{stamp_ms % 1000:03d}Z"


def _hash(secret: Secret, *parts: bytes) -> str:
    key = secret.reveal().encode()
    return base64.b64encode(hashlib.sha256(b"\n".join((key, *parts, key))).digest()).decode("ascii")


def authorization(secret: Secret, *, stamp: str, method: str, path: str, body: bytes) -> str:
    """The ``Authorization`` header of a request; ``path`` and ``body`` are exactly what is sent."""
    digest = _hash(secret, stamp.encode(), method.encode(), path.encode(), body)
    return f"{SCHEME} {stamp} {digest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedReply:
    """The parts of a reply that its hash covers; ``method`` and ``path`` are those of the request."""

    method: str
    path: str
    status: int
    body: bytes


def verify(secret: Secret, header: str | None, reply: SignedReply) -> Trust:
    """Judge a reply by the hash in its ``Server-Authorization`` header. It says nothing of the reply's age."""
    if not header:
        return Trust.UNSIGNED
    scheme, stamp, digest = _parts(header)
    if scheme != SCHEME or not _VISIBLE.fullmatch(stamp) or not digest:
        return Trust.FORGED
    expected = _hash(
        secret,
        stamp.encode(),
        reply.method.encode(),
        reply.path.encode(),
        str(reply.status).encode(),
        reply.body,
    )
    # Compared as bytes: compare_digest refuses text with characters beyond ASCII, which a forger may well send.
    same = hmac.compare_digest(expected.encode(), digest.encode(errors="replace"))
    return Trust.AUTHENTIC if same else Trust.FORGED


_VISIBLE = re.compile(r"[!-~]+", re.ASCII)
"""A stamp. With a line break in it, what is signed as a body could be told as a stamp: the parts are only joined."""


def stamp_in(header: str) -> str:
    """The stamp in a ``Server-Authorization`` header, as the terminal wrote it."""
    _, stamp, _ = _parts(header)
    return stamp


def _parts(header: str) -> tuple[str, str, str]:
    scheme, _, rest = header.partition(" ")
    stamp, _, digest = rest.partition(" ")
    return scheme, stamp, digest
