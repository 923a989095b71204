"""HTTP/1.1 as bytes: read under limits, written whole, or broken on purpose."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from tools.simulator.errors import Malformed
from tools.simulator.messages import Request, Response

LONGEST_LINE = 8 * 1024
MOST_HEADERS = 64
LARGEST_BODY = 256 * 1024

# An answer that is no HTTP: what another service on that port might say.
GARBAGE = b"\x16\x03\x01 \x00\xff SSH-2.0-dropbear\r\n\x00\x01\x02"

_REASONS = {200: "OK", 202: "Accepted", 204: "No Content"}
_REASONS |= {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}
_REASONS |= {500: "Internal Server Error", 503: "Service Unavailable"}

_REQUEST_LINE_PARTS = 3


def read_request(stream: BinaryIO) -> Request | None:
    """Read one request; None when the client closed before it was whole, so that it never arrived.

    Raises:
        Malformed: what came is no request, or larger than any that a till sends.
    """
    line = _line(stream)
    if line is None:
        return None
    method, path, version = _request_line(line)
    headers = _headers(stream)
    if headers is None:
        return None
    length = _body_length(headers)
    body = stream.read(length)
    if len(body) < length:
        return None
    if version == "HTTP/1.0":
        headers["connection"] = "close"
    return Request(method=method, path=path, headers=headers, body=body)


def rendered(reply: Response) -> bytes:
    """Return a reply as the bytes that go over the wire."""
    return head_of(reply) + reply.body


def head_of(reply: Response) -> bytes:
    """Return the status line and the headers, with the empty line; the length is that of the whole body."""
    lines = [f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    lines += [f"Content-Length: {len(reply.body)}", "", ""]
    return "\r\n".join(lines).encode("latin-1")


def without_end_of_head(reply: Response) -> bytes:
    """Return the status line and the first header only: no length, no hash, no empty line."""
    return b"".join(line for line, _ in zip(head_of(reply).splitlines(keepends=True), range(2), strict=False))


def half_of(reply: Response) -> bytes:
    """Return the head, which promises the whole body, and half of that."""
    return head_of(reply) + reply.body[: len(reply.body) // 2]


def in_single_bytes(reply: Response) -> Iterator[bytes]:
    """Yield a reply byte by byte."""
    whole = rendered(reply)
    return (whole[i : i + 1] for i in range(len(whole)))


def _line(stream: BinaryIO) -> bytes | None:
    """Read a line without its end; None when the stream ended before it was whole."""
    line = stream.readline(LONGEST_LINE + 1)
    if len(line) > LONGEST_LINE:
        raise Malformed("A line is too long.")
    return line.rstrip(b"\r\n") if line.endswith(b"\n") else None


def _request_line(line: bytes) -> tuple[str, str, str]:
    parts = line.decode("latin-1").split(" ")
    if len(parts) != _REQUEST_LINE_PARTS or not parts[1].startswith("/") or parts[2] not in {"HTTP/1.0", "HTTP/1.1"}:
        raise Malformed("The first line is not HTTP.")
    return parts[0], parts[1], parts[2]


def _headers(stream: BinaryIO) -> dict[str, str] | None:
    headers: dict[str, str] = {}
    for _ in range(MOST_HEADERS):
        line = _line(stream)
        if not line:
            return None if line is None else headers
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            raise Malformed("A header has no colon.")
        headers[name.strip().lower()] = value.strip()
    raise Malformed("There are too many headers.")


def _body_length(headers: Mapping[str, str]) -> int:
    """Return the length of the body; a till knows its body before it sends, so there are no chunks."""
    if "transfer-encoding" in headers:
        raise Malformed("Send the body with a Content-Length.")
    text = headers.get("content-length", "0")
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(LARGEST_BODY)) or int(text) > LARGEST_BODY:
        raise Malformed(f"Content-Length must be from 0 to {LARGEST_BODY}.")
    return int(text)
