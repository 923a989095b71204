"""How the terminal signs what it says."""

from dataclasses import dataclass, field

from tools.simulator import answers, signing
from tools.simulator.messages import Request, Response

CONTENT_TYPE = "application/json; charset=utf-8"
SIGNATURE = "Server-Authorization"

_SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Signs replies (`protocol.md`, Keyed hash); whether refusals are signed is an assumption.

    Without a secret, on 1.x, nothing is signed.
    """

    secret_key: str | None = field(repr=False)
    refusals_signed: bool

    def reply(self, request: Request, status: int, body: bytes, *, clock_s: float) -> Response:
        """Sign a reply to this request; `clock_s` is the terminal's clock in unix seconds."""
        headers = {"Content-Type": CONTENT_TYPE}
        if self.secret_key is not None and (status in _SUCCESS or self.refusals_signed):
            headers[SIGNATURE] = _signature(self.secret_key, request, status, body, signing.stamp_of(clock_s))
        return Response(status=status, headers=headers, body=body)

    def refusal(self, request: Request, status: int, why: str, *, clock_s: float) -> Response:
        """Sign a refusal with its reason."""
        return self.reply(request, status, answers.message_bytes(why), clock_s=clock_s)


def _signature(secret: str, request: Request, status: int, body: bytes, stamp: str) -> str:
    digest = signing.reply_hash(
        secret=secret, stamp=stamp, method=request.method, path=request.bare_path, status=status, body=body
    )
    return signing.header_value(stamp=stamp, digest=digest)
