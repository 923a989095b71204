"""Whether an order is begun: the checks that both modes share, in the terminal's order."""

from tools.simulator.amounts import unit_of
from tools.simulator.assumptions import Assumptions
from tools.simulator.errors import Malformed
from tools.simulator.exchange import Exchange
from tools.simulator.kinds import Kind
from tools.simulator.messages import Response
from tools.simulator.operations import Operations
from tools.simulator.order import Order, operation_id_in, order_from
from tools.simulator.profile import Profile
from tools.simulator.running import Running


class Admission:
    """Begins an operation, or refuses it and leaves no trace."""

    def __init__(self, operations: Operations, *, profile: Profile, assumptions: Assumptions) -> None:
        self._operations = operations
        self._unit = unit_of(profile, assumptions)

    def begin(self, exchange: Exchange, kind: Kind) -> Running | Response:
        """Begin a synchronous operation."""
        try:
            order = order_from(kind, exchange.request.body, unit=self._unit)
        except Malformed as problem:
            return exchange.refuse(400, str(problem))
        return self._begin(exchange, order)

    def begin_async(self, exchange: Exchange, kind: Kind, operation_id: str | None) -> Running | Response:
        """Begin an asynchronous operation; without an id from the path it stands in the body.

        An id that is known here is refused before a busy terminal is: the caller made a mistake that waiting
        does not mend (INFERRED; the vendor says only that the ECR makes the id).
        """
        body = exchange.request.body
        try:
            named = operation_id or operation_id_in(body)
            order = order_from(kind, body, operation_id=named, unit=self._unit)
        except Malformed as problem:
            return exchange.refuse(400, str(problem))
        if order.operation_id is not None and self._operations.knows(order.operation_id):
            return exchange.refuse(400, "operationId is known already")
        return self._begin(exchange, order)

    def _begin(self, exchange: Exchange, order: Order) -> Running | Response:
        if exchange.busy:
            return exchange.refuse(503, "The terminal is busy")
        if self._operations.refused_as_overdue(order.kind, exchange.at):
            return exchange.refuse(403, "A capture is due")
        return self._operations.start(order, at=exchange.at, arrived=exchange.arrived, cue=exchange.request.cue)
