"""The wire, against real sockets that misbehave: what left, what came back, and when it ended."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from engine import Exchange, HttpWire, WireRequest
from engine.samport.http_wire import MAX_REPLY_BYTES

_ORDER = WireRequest(method="POST", path="/api/v2/Payments", headers={"Integration-Key": "k-1234"}, body=b'{"a":1}')
_SOON_S = 0.5
"""The deadline of the calls here; nothing on loopback takes as long."""

Behaviour = Callable[[socket.socket], None]


class Server:
    """A terminal's port, played by a function for each connection; everything received is kept."""

    def __init__(self, *behaviours: Behaviour) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._behaviours = list(behaviours)
        self.connections = 0
        self.chunks: list[bytes] = []
        self.closed = threading.Semaphore(0)
        self.origin = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        for behaviour in self._behaviours:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                self.chunks.append(connection.recv(65536))
                behaviour(connection)
            self.closed.release()

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()
        self._thread.join(timeout=5)


@contextmanager
def terminal(*behaviours: Behaviour) -> Iterator[tuple[Server, HttpWire]]:
    """A server that behaves so, and a wire to it."""
    server = Server(*behaviours)
    wire = HttpWire(server.origin)
    try:
        yield server, wire
    finally:
        wire.close()
        server.close()


def call(wire: HttpWire, *, deadline_s: float = _SOON_S, request: WireRequest = _ORDER) -> Exchange:
    """One exchange."""
    return wire.exchange(request, deadline_s=deadline_s, on_sent=lambda: None)


def says(text: bytes) -> Behaviour:
    """Answers with these bytes and closes."""
    return lambda connection: connection.sendall(text)


def resets(connection: socket.socket) -> None:
    """Closes with a reset, as a terminal whose power goes."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hangs(connection: socket.socket) -> None:
    """Says nothing until the other side has given up."""
    connection.settimeout(5)
    while connection.recv(1024):
        pass


def drips(connection: socket.socket) -> None:
    """Sends one byte and then another, each well within any timeout per receive, for ever."""
    connection.settimeout(5)
    stop = time.monotonic() + 5
    try:
        while time.monotonic() < stop:
            connection.sendall(b"x")
            threading.Event().wait(_SOON_S / 10)
    except OSError:
        return


_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nServer-Authorization: x\r\n\r\n{}"


def test_a_whole_reply_comes_back_as_its_bytes() -> None:
    """Status, headers in lower case, body untouched."""
    with terminal(says(_OK)) as (_, wire):
        exchange = call(wire)
    assert (exchange.left, exchange.status, exchange.body) == (True, 200, b"{}")
    assert exchange.headers["server-authorization"] == "x"


@pytest.mark.parametrize(
    "reply", [b"HTTP/1.0 200 OK\r\n\r\n{}", b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"]
)
def test_a_reply_that_ends_with_its_connection_is_read(reply: bytes) -> None:
    """http.client closes its socket before such a reply is read; the bytes must arrive all the same."""
    with terminal(says(reply)) as (_, wire):
        exchange = call(wire)
    assert (exchange.status, exchange.body) == (200, b"{}")


def test_headers_and_body_leave_in_one_piece() -> None:
    """A kill between two sends would leave half an order at the terminal, so there is only one."""
    with terminal(says(_OK)) as (server, wire):
        call(wire)
    assert len(server.chunks) == 1
    assert server.chunks[0].startswith(b"POST /api/v2/Payments HTTP/1.1\r\n")
    assert server.chunks[0].endswith(b'\r\n\r\n{"a":1}')


def test_a_refused_connection_proves_that_nothing_left() -> None:
    """Nobody listens there: not one byte left, and the sentence says what to look at."""
    probe = socket.create_server(("127.0.0.1", 0))
    port = probe.getsockname()[1]
    probe.close()
    exchange = call(HttpWire(f"http://127.0.0.1:{port}"))
    assert not exchange.left
    assert exchange.failure == (
        f"no connection to 127.0.0.1:{port} (Connection refused): is the terminal on, is its cable in, is url right?"
    )


def test_a_name_that_does_not_exist_proves_it_too() -> None:
    """The name of a host that cannot be resolved is a connection that was never made."""
    exchange = call(HttpWire("http://terminal.invalid:8085"), deadline_s=5)
    assert not exchange.left


@pytest.mark.parametrize(
    "behaviour",
    [
        resets,
        lambda _: None,
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
        says(b"\x16\x03\x01 this is no HTTP\r\n\r\n"),
        says(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n"),
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{}"),
        says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"),
    ],
    ids=["reset", "closed", "truncated", "garbage", "headers without end", "absurd length", "bad chunk"],
)
def test_whatever_breaks_after_the_order_left_is_no_reply(behaviour: Behaviour) -> None:
    """The same class of exception as a refused connection, and the opposite meaning."""
    with terminal(behaviour) as (server, wire):
        exchange = call(wire)
    assert (exchange.left, exchange.status) == (True, None)
    assert exchange.failure
    assert server.connections == 1


def test_an_end_in_the_middle_of_the_headers_has_no_signature() -> None:
    """http.client takes it for a whole 200 with an empty body; without its headers nobody believes it."""
    with terminal(says(b"HTTP/1.1 200 OK\r\nContent-Ty")) as (_, wire):
        exchange = call(wire)
    assert exchange.left
    assert exchange.body == b""
    assert "server-authorization" not in exchange.headers


@pytest.mark.parametrize("behaviour", [hangs, drips], ids=["silence", "one byte at a time"])
def test_every_exchange_ends_by_its_deadline(behaviour: Behaviour) -> None:
    """A timeout per receive would never end against a terminal that drips."""
    with terminal(behaviour) as (_, wire):
        began = time.monotonic()
        exchange = call(wire)
        took = time.monotonic() - began
    assert exchange.left
    assert exchange.status is None
    assert _SOON_S * 0.9 <= took < _SOON_S + 0.5


def test_a_body_that_drips_ends_by_the_deadline_as_well() -> None:
    """The deadline covers the whole reply, not only its beginning."""

    def drips_its_body(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        drips(connection)

    with terminal(drips_its_body) as (_, wire):
        began = time.monotonic()
        exchange = call(wire)
        took = time.monotonic() - began
    assert exchange.status is None
    assert "in time" in exchange.failure
    assert took < _SOON_S + 0.5


def test_a_redirect_is_an_answer_and_is_never_followed() -> None:
    """One 307 once made a single POST arrive three times."""
    with terminal(says(b"HTTP/1.1 307 X\r\nLocation: /api/v2/Payments\r\nContent-Length: 0\r\n\r\n")) as (server, wire):
        exchange = call(wire)
    assert exchange.status == 307
    assert len(server.chunks) == 1


def test_a_reply_without_end_is_cut_off() -> None:
    """A stranger that sends gigabytes gets neither our memory nor our time."""
    flood = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (MAX_REPLY_BYTES + 1000)
    with terminal(says(flood)) as (_, wire):
        exchange = call(wire, deadline_s=5)
    assert exchange.status is None
    assert "longer than" in exchange.failure


def test_a_kept_connection_that_has_died_is_not_used_for_the_next_order() -> None:
    """The terminal closed it meanwhile; a new one is made before anything is sent."""
    keeps = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n{}"
    with terminal(says(keeps), says(keeps)) as (server, wire):
        assert call(wire).status == 200
        assert server.closed.acquire(timeout=5)
        assert call(wire).status == 200
    assert server.connections == 2


def test_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies, a netrc and a certificate bundle are for browsers; the order goes to the terminal."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent")
    monkeypatch.setenv("NETRC", "/nonexistent")
    with terminal(says(_OK)) as (_, wire):
        assert call(wire).status == 200


def test_the_bytes_are_out_when_it_is_said() -> None:
    """Whoever waits to stamp the next request may go on once this one has arrived, not when it is answered."""
    order: list[str] = []
    heard = threading.Event()

    def answers_when_told(connection: socket.socket) -> None:
        heard.wait(5)
        order.append("reply")
        connection.sendall(_OK)

    def sent() -> None:
        order.append("sent")
        heard.set()

    with terminal(answers_when_told) as (_, wire):
        began = time.monotonic()
        wire.exchange(_ORDER, deadline_s=5, on_sent=sent)
        took = time.monotonic() - began
    assert order == ["sent", "reply"]
    assert took < 1


def test_an_early_answer_is_not_waited_for_twice() -> None:
    """The time that a request gets to arrive is over as soon as it is answered."""
    with terminal(says(_OK)) as (_, wire):
        began = time.monotonic()
        assert call(wire).status == 200
        took = time.monotonic() - began
    assert took < 0.04


def test_two_exchanges_at_a_time_do_not_mix_their_deadlines() -> None:
    """An abort beside a payment has its own deadline, on a connection of its own."""
    with terminal(hangs) as (server, wire):
        payment = threading.Thread(target=lambda: call(wire, deadline_s=1.0))
        payment.start()
        question = HttpWire(server.origin)
        began = time.monotonic()
        exchange = call(question, deadline_s=0.2)
        took = time.monotonic() - began
        payment.join(timeout=5)
        question.close()
    assert exchange.status is None
    assert took < 0.7


def test_a_request_never_shows_its_headers() -> None:
    """The integration key travels in one."""
    assert "k-1234" not in repr(_ORDER)
