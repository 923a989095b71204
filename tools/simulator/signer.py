"""How the terminal signs what it says."""

from typing import assert_never

from tools.simulator import answers, signing
from tools.simulator.assumptions import Assumptions, ReplyStamps
from tools.simulator.messages import Request, Response

CONTENT_TYPE = "application/json; charset=utf-8"
SIGNATURE = "Server-Authorization"

_SUCCESS = range(200, 300)


class Signer:
    """Signs replies (`protocol.md`, Keyed hash); whether refusals are signed is an assumption, and so are its stamps.

    Without a secret, on 1.x, nothing is signed.
    """

    def __init__(self, *, secret_key: str | None, assumptions: Assumptions) -> None:
        self._secret_key = secret_key
        self._assumptions = assumptions
        self._clock_ms = 0
        self._last_ms = 0

    def reply(self, request: Request, status: int, body: bytes, *, clock_s: float) -> Response:
        """Sign a reply to this request; `clock_s` is the terminal's clock in unix seconds."""
        headers = {"Content-Type": CONTENT_TYPE}
        if self._secret_key is not None and (status in _SUCCESS or self._assumptions.refusals_signed):
            stamp = self._stamp(request, clock_s)
            headers[SIGNATURE] = _signature(self._secret_key, request, status, body, stamp)
        return Response(status=status, headers=headers, body=body)

    def refusal(self, request: Request, status: int, why: str, *, clock_s: float) -> Response:
        """Sign a refusal with its reason."""
        return self.reply(request, status, answers.message_bytes(why), clock_s=clock_s)

    def _stamp(self, request: Request, clock_s: float) -> str:
        match self._assumptions.reply_stamps:
            case ReplyStamps.RISING:
                return signing.stamp_of(self._next_ms(int(clock_s * 1000)) / 1000)
            case ReplyStamps.SECONDS:
                return signing.stamp_of(int(clock_s))
            case ReplyStamps.ECHO:
                parts = signing.split_header(request.header("Authorization") or "")
                return signing.stamp_of(clock_s) if parts is None else parts[0]
            case other:
                assert_never(other)

    def _next_ms(self, clock_ms: int) -> int:
        """Two replies in one millisecond get two; a clock that somebody has set back is followed."""
        set_back = clock_ms < self._clock_ms
        self._clock_ms = clock_ms
        self._last_ms = clock_ms if set_back else max(clock_ms, self._last_ms + 1)
        return self._last_ms


def _signature(secret: str, request: Request, status: int, body: bytes, stamp: str) -> str:
    digest = signing.reply_hash(
        secret=secret, stamp=stamp, method=request.method, path=request.bare_path, status=status, body=body
    )
    return signing.header_value(stamp=stamp, digest=digest)
