"""One request in front of the terminal, and the pen that answers it."""

from dataclasses import dataclass

from tools.simulator.ledger import Arrival
from tools.simulator.messages import Request, Response
from tools.simulator.signer import Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request, how it came, and when: `at` is the true time, `clock_s` the terminal's own, both unix seconds.

    `busy` is set when an operation runs, or when the terminal is to behave as if one did.
    """

    request: Request
    at: float
    clock_s: float
    arrived: Arrival
    busy: bool
    signer: Signer

    def reply(self, status: int, body: bytes) -> Response:
        """Answer, signed where the terminal signs."""
        return self.signer.reply(self.request, status, body, clock_s=self.clock_s)

    def refuse(self, status: int, why: str) -> Response:
        """Say no, and why."""
        return self.signer.refusal(self.request, status, why, clock_s=self.clock_s)
