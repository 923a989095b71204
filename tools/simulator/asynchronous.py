"""The asynchronous mode: started under an id, asked for by that id (`vendor/connection-models.txt`).

started [200] ─▶ running [`running_status`] ─▶ finished [200 with the reply] ─▶ unknown here [404]

The last step comes with the first delivery before 2.1, and otherwise with `async_memory` newer operations of
that type, an approved capture, or a reboot. Nothing here keeps an id that is unknown from being started again.
"""

from typing import assert_never

from tools.simulator import answers, routes
from tools.simulator.admission import Admission
from tools.simulator.assumptions import Assumptions
from tools.simulator.exchange import Exchange
from tools.simulator.messages import Response
from tools.simulator.operations import Operations
from tools.simulator.profile import Profile

_NO_CONTENT = 204


class Asynchronous:
    """Answers what is tagged Asynchronous; unlike modeless questions, it does so while an operation runs."""

    def __init__(
        self, *, operations: Operations, admission: Admission, profile: Profile, assumptions: Assumptions
    ) -> None:
        self._operations = operations
        self._admission = admission
        self._profile = profile
        self._assumptions = assumptions

    def answer(self, exchange: Exchange, route: routes.Asynchronous) -> Response:
        """Answer at once, as everything asynchronous is."""
        match route:
            case routes.StartAsync():
                return self._start(exchange, route)
            case routes.Status():
                return self._status(exchange, route)
            case routes.DialogOf():
                return self._dialog(exchange, route)
            case routes.AbortOf():
                return self._abort(exchange, route)
            case other:
                assert_never(other)

    def _start(self, exchange: Exchange, route: routes.StartAsync) -> Response:
        """Start an operation; the 200 says no more than that."""
        begun = self._admission.begin_async(exchange, route.kind, route.operation_id)
        return begun if isinstance(begun, Response) else exchange.reply(200, b"{}")

    def _status(self, exchange: Exchange, route: routes.Status) -> Response:
        """Tell how far an operation is; before 2.1 its result is told once, whether or not it arrives."""
        running = self._operations.running
        if running is not None and (running.order.kind, running.order.operation_id) == (route.kind, route.operation_id):
            status = self._assumptions.running_status
            return exchange.reply(status, b"" if status == _NO_CONTENT else b"{}")
        entry = self._operations.memory.result(route.operation_id)
        if entry is None or entry.kind is not route.kind:
            return exchange.refuse(404, "Not known here")
        if not self._profile.status_repeatable:
            self._operations.memory.forget_result(entry)
        body = answers.operation_bytes(entry, profile=self._profile, assumptions=self._assumptions)
        return exchange.reply(200, body)

    def _dialog(self, exchange: Exchange, route: routes.DialogOf) -> Response:
        """Tell what the terminal shows for an operation; after its end that is nothing, or before 2.1 a 404."""
        running = self._operations.running
        if running is not None and running.order.operation_id == route.operation_id:
            return exchange.reply(200, answers.json_bytes({"text": running.dialog(exchange.at)}))
        if self._profile.status_repeatable and self._operations.knows(route.operation_id):
            return exchange.reply(200, b"{}")
        return exchange.refuse(404, "Not known here")

    def _abort(self, exchange: Exchange, route: routes.AbortOf) -> Response:
        """Accept an abort before the PIN; afterwards, and after the end, it is too late."""
        if not self._operations.knows(route.operation_id):
            return exchange.refuse(404, "Not known here")
        running = self._operations.running
        ours = running is not None and running.order.operation_id == route.operation_id
        if not ours or not self._operations.abort(exchange.at):
            return exchange.refuse(403, "Not abortable now")
        return exchange.reply(200, b"{}")
