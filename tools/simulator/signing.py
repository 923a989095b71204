"""The keyed hash as the terminal computes it (`protocol.md`, section 2).

Written apart from the engine's on purpose: if both sides shared this code, one mistake in it would
agree with itself and every test would be green.
"""

import base64
import hashlib
import re
from datetime import UTC, datetime

SCHEME = "Samport-Keyed-Hash-v1"

# ISO 8601 in UTC. Fractions are read to the microsecond, which is what Python can compare.
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)


def request_hash(*, secret: str, stamp: str, method: str, path: str, body: bytes) -> str:
    """Hash a request: Base64(SHA-256(secret LF stamp LF METHOD LF path LF body LF secret))."""
    return _keyed(secret, [stamp.encode(), method.encode(), path.encode(), body])


def reply_hash(*, secret: str, stamp: str, method: str, path: str, status: int, body: bytes) -> str:
    """Hash a reply: method and path are the request's, the status stands before the body."""
    return _keyed(secret, [stamp.encode(), method.encode(), path.encode(), str(status).encode(), body])


def header_value(*, stamp: str, digest: str) -> str:
    """Return the three parts that `Authorization` and `Server-Authorization` carry."""
    return f"{SCHEME} {stamp} {digest}"


def split_header(value: str) -> tuple[str, str] | None:
    """Return stamp and hash of such a header, or None when it is not one."""
    parts = value.split(" ")
    match parts:
        case [scheme, stamp, digest] if scheme == SCHEME:
            return stamp, digest
        case _:
            return None


def stamp_of(unix_s: float) -> str:
    """Write a time of unix seconds the way the terminal does, in milliseconds."""
    return datetime.fromtimestamp(unix_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_of(stamp: str) -> datetime | None:
    """Read a stamp, or return None when it is no ISO 8601 time in UTC."""
    if not _STAMP.fullmatch(stamp):
        return None
    try:
        return datetime.fromisoformat(stamp)
    except ValueError:  # the thirteenth month
        return None


def _keyed(secret: str, parts: list[bytes]) -> str:
    key = secret.encode()
    return base64.b64encode(hashlib.sha256(b"\n".join([key, *parts, key])).digest()).decode()
