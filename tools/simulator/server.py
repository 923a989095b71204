"""The terminal behind real sockets: HTTP/1.1 with keep-alive, one thread per connection.

One condition guards the terminal. Whoever waits for a guest waits on it, so that an abort, a reboot
and the stop of the server wake them at once; everything else that touches the core holds it.
"""

import contextlib
import os
import socket
import socketserver
import struct
import threading
from collections.abc import Callable
from typing import Self, assert_never

from tools.simulator import wire
from tools.simulator.admin import AdminPort
from tools.simulator.carrying import Carried, carry
from tools.simulator.clockwork import Clockwork
from tools.simulator.connections import Connections
from tools.simulator.errors import Malformed, Stopped
from tools.simulator.faults import Fault, FaultPlan
from tools.simulator.messages import Request, Response
from tools.simulator.request_log import Row
from tools.simulator.station import Station
from tools.simulator.terminal import SimulatedTerminal

# A client that holds a connection and says nothing is let go after a minute.
_IDLE_S = 60.0

_ACCEPT_POLL_S = 0.02

# The option's two numbers are ints on POSIX, shorts on Windows.
_LINGER = "hh" if os.name == "nt" else "ii"


class SimulatorServer:
    """Serves one terminal. `port` 0 takes a free one; `admin_port` None means no admin port.

    The terminal's `now` must be the real time (`time.time`). `on_event` hears the log row of every
    request, in the thread of its connection.
    """

    def __init__(
        self,
        terminal: SimulatedTerminal,
        plan: FaultPlan | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        admin_port: int | None = None,
        on_event: Callable[[Row], None] | None = None,
    ) -> None:
        self._connections = Connections()
        self._station = Station(terminal, plan or FaultPlan(), on_reboot=self._connections.cut_all)
        self._listener = _Listener(host, port, self._station, self._connections, on_event)
        self._clockwork = Clockwork(self._station)
        self._admin = None if admin_port is None else AdminPort(self._station, port=admin_port)
        self._thread = threading.Thread(
            target=self._listener.serve_forever, args=(_ACCEPT_POLL_S,), name="simulator", daemon=True
        )

    @property
    def port(self) -> int:
        """The port that tills talk to."""
        return int(self._listener.server_address[1])

    @property
    def admin_port(self) -> int | None:
        """The admin port, on the loopback interface only."""
        return None if self._admin is None else self._admin.port

    def start(self) -> None:
        """Serve in the background; the ports are bound since the server was made."""
        self._thread.start()
        self._clockwork.start()
        if self._admin is not None:
            self._admin.start()

    def stop(self) -> None:
        """Close everything and wait for the threads; what was late never arrives."""
        self._station.stop()
        if self._thread.is_alive():
            self._listener.shutdown()
            self._thread.join()
        self._listener.server_close()
        self._connections.close()
        self._clockwork.stop()
        if self._admin is not None:
            self._admin.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Listener(socketserver.ThreadingTCPServer):
    # On Windows this option would let two servers share a port.
    allow_reuse_address = os.name != "nt"
    daemon_threads = True

    def __init__(
        self,
        host: str,
        port: int,
        station: Station,
        connections: Connections,
        on_event: Callable[[Row], None] | None,
    ) -> None:
        super().__init__((host, port), _Connection)
        self.station = station
        self.connections = connections
        self.on_event = on_event

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Close without the polite half-close of the library, which would spoil a reset."""
        self.close_request(request)


class _Connection(socketserver.BaseRequestHandler):
    server: _Listener
    request: socket.socket

    def handle(self) -> None:
        # A client that vanishes is daily business; anything else is our mistake and is printed.
        with self.server.connections.open(self.request), contextlib.suppress(OSError, Stopped):
            self.request.settimeout(_IDLE_S)
            self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._converse()

    def _converse(self) -> None:
        with self.request.makefile("rb") as stream:
            try:
                while (request := wire.read_request(stream)) is not None:
                    if not self._exchange(request):
                        break
            except Malformed as problem:
                page = Response(status=400, headers={"Content-Type": "text/plain"}, body=str(problem).encode())
                self.request.sendall(wire.rendered(page))

    def _exchange(self, request: Request) -> bool:
        """Play one exchange; return whether the connection lives on."""
        station = self.server.station
        with station.changed:
            carried = carry(request, terminal=station.terminal, plan=station.plan, road=station)
            station.moved()
        if self.server.on_event is not None:
            self.server.on_event(carried.row)
        lives = carried.reply is not None and self._send(carried, carried.reply)
        return lives and (request.header("Connection") or "").lower() != "close"

    def _send(self, carried: Carried, reply: Response) -> bool:
        match carried.fault:
            case Fault.RESET_MID_BODY:
                self.request.sendall(wire.half_of(reply))
                self._reset_on_close()
                return False
            case Fault.TRUNCATED:
                self.request.sendall(wire.half_of(reply))
                return False
            case Fault.CUT_IN_HEADERS:
                self.request.sendall(wire.without_end_of_head(reply))
                return False
            case Fault.GARBAGE:
                self.request.sendall(wire.GARBAGE)
                return False
            case Fault.SLOW:
                self._send_slowly(carried.row, reply)
                return True
            case (
                Fault.NONE
                | Fault.LOST_BEFORE_PROCESSING
                | Fault.LOST_AFTER_PROCESSING
                | Fault.DROPPED_WHILE_PAYING
                | Fault.WRONG_HASH
                | Fault.MISSING_HASH
                | Fault.HTML_ERROR
                | Fault.OK_WITHOUT_OUTCOME
                | Fault.UNKNOWN_OUTCOME
                | Fault.DELIVERED_LATE
                | Fault.DELIVERED_TWICE
                | Fault.BUSY
                | Fault.REBOOT_MID_OPERATION
            ):
                self.request.sendall(wire.rendered(reply))
                return True
            case other:
                assert_never(other)

    def _send_slowly(self, row: Row, reply: Response) -> None:
        station = self.server.station
        *first, last = wire.in_single_bytes(reply)
        try:
            for byte in first:
                station.pause(station.plan.timing.slow_byte_s)
                self.request.sendall(byte)
        finally:
            with station.changed:
                station.terminal.log.prolong(row, until=station.terminal.advance())
        self.request.sendall(last)

    def _reset_on_close(self) -> None:
        """Let the close send RST instead of FIN: linger on, for zero seconds."""
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(_LINGER, 1, 0))
