"""Who may speak to the terminal: key, keyed hash, clock, and a stamp that rises."""

import hmac
from datetime import UTC, datetime
from typing import assert_never

from tools.simulator import signing
from tools.simulator.assumptions import Assumptions, TimestampCheck
from tools.simulator.messages import Request

# protocol.md, Timestamps: the vendor's exact words.
NOT_MORE_RECENT = "Timestamp must be more recent than last communication"


class Gate:
    """Checks every arriving request; remembers the stamp of the last one that was authentic.

    Without a secret, on 1.x, only the key is checked.
    """

    def __init__(self, *, integration_key: str, secret_key: str | None, assumptions: Assumptions) -> None:
        self._integration_key = integration_key
        self._secret_key = secret_key
        self._assumptions = assumptions
        self._last: datetime | None = None
        # A wrong key blocks a real terminal from production (protocol.md, Generations): an audit wants zero.
        self.wrong_keys = 0

    @property
    def last_stamp(self) -> str | None:
        """The stamp of the last authentic request."""
        return None if self._last is None else self._last.isoformat().replace("+00:00", "Z")

    def refusal(self, request: Request, *, clock_s: float) -> str | None:
        """Return why the request may not speak, or None and note its stamp; `clock_s` is the terminal's clock.

        Only an authentic request may move the stamp, or anybody in the LAN could lock the till out.
        """
        if not self._key_fits(request):
            self.wrong_keys += 1
            return "Integration-Key is missing or wrong"
        return None if self._secret_key is None else self._hash_refusal(request, self._secret_key, clock_s)

    def forget(self) -> None:
        """Lose the last stamp, as at a reboot."""
        self._last = None

    def _hash_refusal(self, request: Request, secret: str, clock_s: float) -> str | None:
        parts = signing.split_header(request.header("Authorization") or "")
        moment = None if parts is None else signing.moment_of(parts[0])
        if parts is None or moment is None:
            return "Authorization is missing or malformed"
        if not _hash_fits(request, secret, *parts):
            return "Authorization hash is wrong"
        return self._stamp_refusal(moment, clock_s)

    def _key_fits(self, request: Request) -> bool:
        given = request.header("Integration-Key") or ""
        return hmac.compare_digest(given.encode(), self._integration_key.encode())

    def _stamp_refusal(self, moment: datetime, clock_s: float) -> str | None:
        skew_s = self._assumptions.skew_s
        if skew_s is not None and abs(moment.timestamp() - clock_s) > skew_s:
            return f"Timestamp is too far from the terminal's clock, {datetime.fromtimestamp(clock_s, UTC)}"
        if not self._rises(moment):
            return NOT_MORE_RECENT
        self._last = moment
        return None

    def _rises(self, moment: datetime) -> bool:
        if self._last is None:
            return True
        match self._assumptions.timestamp_check:
            case TimestampCheck.STRICTLY_RISING:
                return moment > self._last
            case TimestampCheck.EQUAL_PASSES:
                return moment >= self._last
            case TimestampCheck.NONE:
                return True
            case other:
                assert_never(other)


def _hash_fits(request: Request, secret: str, stamp: str, digest: str) -> bool:
    expected = signing.request_hash(
        secret=secret, stamp=stamp, method=request.method, path=request.bare_path, body=request.body
    )
    return hmac.compare_digest(digest.encode(), expected.encode())
