"""Which answer a request gets, once it may speak at all."""

from typing import assert_never

from tools.simulator import answers, routes
from tools.simulator.admission import Admission
from tools.simulator.assumptions import Assumptions
from tools.simulator.asynchronous import Asynchronous
from tools.simulator.exchange import Exchange
from tools.simulator.ledger import Entry
from tools.simulator.messages import Response, Underway
from tools.simulator.operations import Operations
from tools.simulator.peripherals import Peripherals
from tools.simulator.profile import Profile


class Switchboard:
    """Leads each request to its answer; `name` is the serial number that `DeviceInformation` tells."""

    def __init__(self, *, name: str, profile: Profile, assumptions: Assumptions, operations: Operations) -> None:
        self._name = name
        self._profile = profile
        self._assumptions = assumptions
        self._operations = operations
        self.peripherals = Peripherals()
        self._admission = Admission(operations, profile=profile, assumptions=assumptions)
        self._asynchronous = Asynchronous(
            operations=operations, admission=self._admission, profile=profile, assumptions=assumptions
        )

    def route(self, method: str, path: str) -> routes.Route:
        """Return what a request means."""
        return routes.route(method, path, profile=self._profile, assumptions=self._assumptions)

    def answer(self, exchange: Exchange) -> Response | Underway:
        """Answer at once, or begin what will be answered at its end."""
        route = self.route(exchange.request.method, exchange.request.bare_path)
        match route:
            case routes.Start():
                begun = self._admission.begin(exchange, route.kind)
                return begun if isinstance(begun, Response) else begun.underway(exchange.request)
            case routes.StartAsync() | routes.Status() | routes.DialogOf() | routes.AbortOf():
                return self._asynchronous.answer(exchange, route)
            case routes.Abort():
                done = self._operations.abort(exchange.at)
                return exchange.reply(200, b"{}") if done else exchange.refuse(403, "Not abortable now")
            case routes.Latest() | routes.ByReceipt() | routes.Device() | routes.Dialog():
                return self._modeless(exchange, route)
            case routes.ReadCard():
                return self.peripherals.read_card(exchange)
            case routes.Print():
                return self.peripherals.print_text(exchange)
            case routes.Nowhere():
                return exchange.refuse(404, "Not found")
            case other:
                assert_never(other)

    def show(self, exchange: Exchange, entry: Entry | None) -> Response:
        """Answer with what became of an operation."""
        if entry is None:
            return exchange.refuse(404, "None since the last capture")
        body = answers.operation_bytes(entry, profile=self._profile, assumptions=self._assumptions)
        return exchange.reply(200, body)

    def _modeless(
        self, exchange: Exchange, route: routes.Latest | routes.ByReceipt | routes.Device | routes.Dialog
    ) -> Response:
        if exchange.busy and not self._assumptions.modeless_while_busy:
            return exchange.refuse(503, "The terminal is busy")
        match route:
            case routes.Latest():
                return self.show(exchange, self._operations.memory.slots.get(route.kind))
            case routes.ByReceipt():
                return self.show(exchange, self._operations.memory.payment(route.receipt_number))
            case routes.Device():
                return exchange.reply(200, answers.device_bytes(name=self._name, profile=self._profile))
            case routes.Dialog():
                return exchange.reply(200, answers.json_bytes(self._dialog(exchange.at)))
            case other:
                assert_never(other)

    def _dialog(self, at: float) -> dict[str, str]:
        if self._operations.running is not None:
            return {"text": self._operations.running.dialog(at)}
        return {} if self._assumptions.dialogs_empty_when_idle else {"text": "Welcome"}
