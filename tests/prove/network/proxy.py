"""A proxy on loopback that carries exchanges between a till and a terminal, and spoils the one that it is told to."""

from __future__ import annotations

import re
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

_LONGEST_S = 10.0
_RESET = struct.pack("ii", 1, 0)
_OUR_ID = re.compile(rb'"tillproofOperationId":"([0-9a-f-]+)"')


@dataclass(slots=True)
class Traffic:
    """One request that has come in whole, and everything that can be done with it."""

    till: socket.socket
    head: bytes
    body: bytes
    proxy: Proxy

    @property
    def method(self) -> str:
        """GET or POST."""
        return self.head.split(b" ", 1)[0].decode()

    @property
    def path(self) -> str:
        """With the base."""
        return self.head.split(b" ", 2)[1].decode()

    @property
    def order(self) -> str | None:
        """The id of the operation that it orders; a question orders none."""
        found = _OUR_ID.search(self.body)
        return found.group(1).decode() if found else None

    def carry(self, port: int | None = None) -> bytes:
        """Take it to the terminal, or to another one, and bring the whole reply; empty if there was none."""
        address = ("127.0.0.1", port or self.proxy.terminal_port)
        with suppress(OSError), socket.create_connection(address, timeout=_LONGEST_S) as line:
            line.sendall(self.head + self.body)
            return b"".join(_message(line) or ())
        return b""

    def whisper(self, text: bytes) -> None:
        """Send some bytes to the terminal, and hang up."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.proxy.terminal_port)) as line:
            line.sendall(text)

    def say(self, text: bytes) -> None:
        """Send bytes to the till; raises OSError when it has hung up."""
        self.till.sendall(text)
        self.proxy.said += len(text)

    def reset(self) -> None:
        """End the connection with RST when it is closed."""
        self.till.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

    def wait(self, seconds: float) -> None:
        """Let time pass; less when the till hangs up, or the proxy stops."""
        self.proxy.stopped.wait(seconds)

    def wait_for_till(self) -> None:
        """Until the till hangs up."""
        with suppress(OSError):
            self.till.recv(1)


Fault = Callable[[Traffic], None]
"""Spoils an exchange; the connection is closed after it."""


@dataclass(slots=True, kw_only=True)
class Proxy:
    """Carries everything, until it is armed. ``orders`` counts how often each operation was ordered."""

    terminal_port: int
    port: int = 0
    orders: Counter[str] = field(default_factory=Counter)
    said: int = 0
    """Bytes that went into connections to the till."""
    hit: threading.Event = field(default_factory=threading.Event)
    """The fault has found its exchange."""
    stopped: threading.Event = field(default_factory=threading.Event)
    ordered: threading.Event = field(default_factory=threading.Event)
    """An order has come in since this was cleared."""
    later: list[threading.Thread] = field(default_factory=list)
    """What still has to reach the terminal, though nobody waits for it."""
    beside: Callable[[str], None] = field(default=lambda _: None)
    """Does something at the terminal itself: ``reboot`` or ``foreign``."""
    other_port: int = 0
    """Where another terminal listens, with other keys."""
    hangs_up: bool = False
    """Every connection is closed after one exchange, though the reply did not say so."""
    _armed: tuple[Callable[[Traffic], bool], Fault] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _listener: socket.socket | None = None
    _lines: set[socket.socket] = field(default_factory=set)
    replies: dict[str, bytes] = field(default_factory=dict)
    """The last true reply to each path."""

    def open(self) -> None:
        """Listen; on the port of the last time, if there was one."""
        listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def refuse(self) -> None:
        """Nobody listens any more, and no connection stays."""
        if self._listener is not None:
            # A thread that accepts keeps the port open after close, until it is woken.
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        self.cut_all()

    def cut_all(self) -> None:
        """End every connection."""
        with self._lock:
            for line in self._lines:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        """Close everything; what waits, stops waiting."""
        self.stopped.set()
        self.refuse()

    def arm(self, fits: Callable[[Traffic], bool], fault: Fault) -> None:
        """Spoil the next exchange that fits."""
        self.hit.clear()
        with self._lock:
            self._armed = (fits, fault)

    def calm(self) -> None:
        """The line is sound from now on."""
        with self._lock:
            self._armed = None
        self.hangs_up = False
        if self._listener is None:
            self.open()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                line, _ = listener.accept()
                threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with self._lock:
            self._lines.add(line)
        with suppress(OSError), line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while (message := _message(line)) is not None and self._exchange(Traffic(line, *message, self)):
                pass
        with self._lock:
            self._lines.discard(line)

    def _exchange(self, traffic: Traffic) -> bool:
        """Carry one exchange, or spoil it; whether the connection lives on."""
        if traffic.order is not None:
            self.orders[traffic.order] += 1
            self.ordered.set()
        fault = self._fault_for(traffic)
        if fault is not None:
            self.hit.set()
            fault(traffic)
            return False
        reply = traffic.carry()
        if not reply:
            return False
        self.replies[traffic.path] = reply
        traffic.say(reply)
        return not self.hangs_up

    def _fault_for(self, traffic: Traffic) -> Fault | None:
        with self._lock:
            if self._armed is None or not self._armed[0](traffic):
                return None
            fault, self._armed = self._armed[1], None
            return fault


def _message(line: socket.socket) -> tuple[bytes, bytes] | None:
    """Read one whole request or reply: its head, with the empty line, and its body; None at the end."""
    head = b""
    while b"\r\n\r\n" not in head:
        more = line.recv(65536)
        if not more:
            return None
        head += more
    head, _, body = head.partition(b"\r\n\r\n")
    length = re.search(rb"(?im)^content-length: *(\d+)", head)
    while length and len(body) < int(length.group(1)):
        more = line.recv(65536)
        if not more:
            return None
        body += more
    return head + b"\r\n\r\n", body
