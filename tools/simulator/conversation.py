"""One connection to the terminal: requests in, replies out, or what a fault makes of them."""

import contextlib
import os
import socket
import socketserver
import ssl
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from tools.simulator import wire
from tools.simulator.carrying import Carried, carry
from tools.simulator.connections import Connections
from tools.simulator.errors import Malformed, Stopped
from tools.simulator.faults import Fault
from tools.simulator.messages import Request, Response
from tools.simulator.request_log import Row
from tools.simulator.station import Station

# A client that holds a connection and says nothing is let go after a minute.
_IDLE_S = 60.0

# The option's two numbers are ints on POSIX, shorts on Windows.
_LINGER = "hh" if os.name == "nt" else "ii"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What every connection needs: the terminal, its fellows, and who wants to hear of it."""

    station: Station
    connections: Connections
    on_event: Callable[[Row], None] | None
    tls: ssl.SSLContext | None


class Listener(socketserver.ThreadingTCPServer):
    """Accepts connections, one thread each."""

    # On Windows this option would let two servers share a port.
    allow_reuse_address = os.name != "nt"
    daemon_threads = True

    def __init__(self, host: str, port: int, service: Service) -> None:
        super().__init__((host, port), Conversation)
        self.service = service

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Close without the polite half-close of the library, which would spoil a reset."""
        self.close_request(request)


class Conversation(socketserver.BaseRequestHandler):
    """Serves one connection until either side ends it."""

    server: Listener
    request: socket.socket

    def handle(self) -> None:
        """Take requests one by one."""
        self.request.settimeout(_IDLE_S)
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A client that vanishes is daily business; anything else is our mistake and is printed.
        with contextlib.suppress(OSError, Stopped), self._line(), self.server.service.connections.open(self.request):
            if isinstance(self.request, ssl.SSLSocket):
                self.request.do_handshake()
            self._converse()

    def _line(self) -> contextlib.AbstractContextManager[object]:
        """Put TLS over the connection; whoever wraps a socket has to close it."""
        tls = self.server.service.tls
        if tls is None:
            return contextlib.nullcontext()
        # The handshake waits until the connection can be cut: a scanner may never make it.
        self.request = tls.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False)
        return self.request

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
        service = self.server.service
        station = service.station
        with station.changed:
            carried = carry(request, terminal=station.terminal, plan=station.plan, road=station)
            station.moved()
        if service.on_event is not None:
            service.on_event(carried.row)
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
        station = self.server.service.station
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
