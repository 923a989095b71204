"""The card reader and the printer, used without an operation (`protocol.md`, Endpoints: ReadCard, Print).

Only their existence is known. Paths are switches; the fields are this project's convention.
"""

import json

from tools.simulator import answers
from tools.simulator.errors import Malformed
from tools.simulator.exchange import Exchange
from tools.simulator.kinds import SCHEMES
from tools.simulator.messages import Response


class Peripherals:
    """Answers at once; `printed` is the paper that came out, oldest first."""

    def __init__(self) -> None:
        self.printed: list[str] = []
        self._cards = 0

    def read_card(self, exchange: Exchange) -> Response:
        """Tell whose card is there: masked, as card numbers leave a terminal."""
        if exchange.busy:
            return exchange.refuse(503, "The terminal is busy")
        self._cards += 1
        scheme = SCHEMES[self._cards % len(SCHEMES)]
        card = {"scheme": scheme, "maskedNumber": f"************{1000 + self._cards % 9000}"}
        return exchange.reply(200, answers.json_bytes({"card": card}))

    def print_text(self, exchange: Exchange) -> Response:
        """Print a text."""
        try:
            text = _text(exchange.request.body)
        except Malformed as problem:
            return exchange.refuse(400, str(problem))
        if exchange.busy:
            return exchange.refuse(503, "The terminal is busy")
        self.printed.append(text)
        return exchange.reply(200, b"{}")


def _text(body: bytes) -> str:
    try:
        read: object = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("The body is not JSON.") from None
    text = read.get("text") if isinstance(read, dict) else None
    if not isinstance(text, str):
        raise Malformed("text is missing.")
    return text
