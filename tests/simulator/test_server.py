"""The server on real sockets: connections, bytes, and a stop that does not wait for guests."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from io import BytesIO

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from tests.simulator.roads import PATIENCE_S, SocketRoad
from tools.simulator import Fault, Malformed, Request, Row, SimulatorServer, build_server, run_until_interrupted, wire


@pytest.fixture
def road() -> Iterator[SocketRoad]:
    """Serve a terminal without faults."""
    with SocketRoad() as road:
        yield road


@contextlib.contextmanager
def connected(road: SocketRoad) -> Iterator[socket.socket]:
    """Open a bare connection to the terminal."""
    with socket.create_connection(("127.0.0.1", road.server.port), timeout=PATIENCE_S) as line:
        yield line


def as_bytes(request: Request) -> bytes:
    """Write a request as a client would."""
    headers = {**request.headers, "Content-Length": str(len(request.body))}
    lines = [f"{request.method} {request.path} HTTP/1.1", *(f"{name}: {text}" for name, text in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + request.body


def all_of(line: socket.socket) -> bytes:
    """Read to the end of the stream."""
    return b"".join(iter(lambda: line.recv(65_536), b""))


def test_one_connection_carries_many_exchanges(road: SocketRoad) -> None:
    """The connection is kept alive after a reply."""
    with connected(road) as line, line.makefile("rb") as stream:
        for _ in range(3):
            line.sendall(as_bytes(road.till.get("/DeviceInformation")))
            head = b"".join(iter(stream.readline, b"\r\n"))
            assert head.startswith(b"HTTP/1.1 200 OK\r\n")
            assert stream.read(int(head.rpartition(b"Content-Length: ")[2])).endswith(b"}")


@pytest.mark.parametrize("by", ["admin", "fault"])
def test_a_reboot_ends_every_connection(by: str) -> None:
    """A client that kept its connection finds it closed, whatever made the terminal reboot."""
    with SocketRoad(Fault.REBOOT_MID_OPERATION) as road, connected(road) as line:
        line.sendall(as_bytes(road.till.get("/DeviceInformation")))
        assert line.recv(8).startswith(b"HTTP/1.1")
        if by == "admin":
            road.admin("/reboot", {})
        else:
            road.send(road.till.payment())
        all_of(line)


def test_a_client_that_asks_for_it_is_let_go(road: SocketRoad) -> None:
    """`Connection: close` is honoured."""
    request = road.till.get("/DeviceInformation")
    with connected(road) as line:
        line.sendall(as_bytes(request).replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
        assert all_of(line).startswith(b"HTTP/1.1 200 OK\r\n")


def test_half_a_request_never_arrives(road: SocketRoad) -> None:
    """A till that is killed between headers and body has started nothing."""
    whole = as_bytes(road.till.payment())
    with connected(road) as line:
        line.sendall(whole[:-1])
        line.shutdown(socket.SHUT_WR)
        assert all_of(line) == b""
    assert road.admin("/requests") == []


def test_an_operation_runs_on_when_its_client_is_gone(road: SocketRoad) -> None:
    """The request was whole, so the guest pays; nobody hears of it."""
    with connected(road) as line:
        line.sendall(as_bytes(road.till.payment()))
        road.until("/state", lambda state: state["running"] or state["slots"])
    assert road.settle(1) == [("direct", "Approved")]


@pytest.mark.parametrize(
    "noise",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET http://elsewhere/ HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 100,
        b"G" * 20_000,
    ],
)
def test_noise_hears_400_and_the_next_client_is_served(road: SocketRoad, noise: bytes) -> None:
    """Whatever a port scanner sends, the terminal lives on."""
    with connected(road) as line:
        line.sendall(noise)
        # What the server did not read may turn its close into a reset.
        with contextlib.suppress(ConnectionResetError):
            assert all_of(line).startswith(b"HTTP/1.1 400 ")
    assert road.send(road.till.get("/DeviceInformation")).status == 200


@given(st.binary(max_size=300))
def test_any_bytes_are_a_request_or_none_or_malformed(noise: bytes) -> None:
    """Reading never fails in another way."""
    with contextlib.suppress(Malformed):
        request = wire.read_request(BytesIO(noise))
        assert request is None or request.path.startswith("/")


def test_a_reset_is_a_reset_on_the_wire() -> None:
    """In the middle of the body comes RST, not a polite end."""
    with SocketRoad(Fault.RESET_MID_BODY) as road, connected(road) as line:
        line.sendall(as_bytes(road.till.payment()))
        with pytest.raises(ConnectionResetError):
            all_of(line)


def test_a_truncated_reply_ends_politely_with_half_its_body() -> None:
    """The length promises more than comes, and the stream just ends."""
    with SocketRoad(Fault.TRUNCATED) as road, connected(road) as line:
        line.sendall(as_bytes(road.till.payment()))
        head, _, body = all_of(line).partition(b"\r\n\r\n")
    length = int(head.rpartition(b"Content-Length: ")[2])
    assert length // 2 == len(body)


def test_a_head_cut_short_holds_neither_length_nor_hash() -> None:
    """This is what `http.client` takes for a 200 without a body."""
    with SocketRoad(Fault.CUT_IN_HEADERS) as road, connected(road) as line:
        line.sendall(as_bytes(road.till.payment()))
        came = all_of(line)
    assert came == b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"


def test_garbage_is_no_http() -> None:
    """The first bytes are those of another protocol."""
    with SocketRoad(Fault.GARBAGE) as road, connected(road) as line:
        line.sendall(as_bytes(road.till.payment()))
        assert all_of(line) == wire.GARBAGE


def test_questions_are_answered_while_a_guest_pays() -> None:
    """Another connection hears 503, and aborts; the client that waits wakes at once."""
    heard: list[str | None] = []
    with SocketRoad(takes_s=3_600.0) as road:
        payment = road.till.payment()
        waiting = threading.Thread(target=lambda: heard.append(road.send(payment).outcome))
        waiting.start()
        road.until("/state", lambda state: state["running"])
        assert road.send(road.till.payment("two")).status == 503
        assert road.send(road.till.request("POST", "/Aborts")).status == 200
        waiting.join(PATIENCE_S)
    assert heard == ["Cancelled"]


def test_a_reboot_wakes_the_client_that_waits() -> None:
    """There will never be a reply, so the connection ends and its thread with it."""
    with SocketRoad(takes_s=3_600.0) as road, connected(road) as line:
        line.sendall(as_bytes(road.till.payment()))
        road.until("/state", lambda state: state["running"])
        road.admin("/reboot", {})
        assert all_of(line) == b""
        [row] = road.until("/requests", lambda rows: rows)
        assert row["status"] is None


def test_an_old_client_is_let_go_after_its_reply(road: SocketRoad) -> None:
    """HTTP/1.0 knows no second exchange."""
    with connected(road) as line:
        line.sendall(as_bytes(road.till.get("/DeviceInformation")).replace(b"HTTP/1.1", b"HTTP/1.0", 1))
        assert all_of(line).startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_stop_does_not_wait_for_the_guest() -> None:
    """A guest who takes an hour does not keep the server; his connection just ends."""
    with SocketRoad(takes_s=3_600.0) as road, connected(road) as line:
        line.sendall(as_bytes(road.till.payment()))
        road.until("/state", lambda state: state["running"])
        began = time.monotonic()
        road.server.stop()
        assert time.monotonic() - began < 2.0
        assert all_of(line) == b""


def test_a_stopped_server_refuses_connections() -> None:
    """Nothing listens any more, on either port."""
    road = SocketRoad()
    road.server.stop()
    for port in (road.server.port, road.server.admin_port):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)


def test_a_server_that_never_started_can_be_stopped(road: SocketRoad) -> None:
    """The ports are given back."""
    SimulatorServer(road.terminal, admin_port=0).stop()


def test_a_client_that_resets_while_it_waits_does_no_harm(road: SocketRoad) -> None:
    """The reply has nowhere to go; the ledger and the next client are unharmed."""
    with connected(road) as line:
        line.sendall(as_bytes(road.till.payment()))
        road.until("/state", lambda state: state["running"] or state["slots"])
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert road.settle(1) == [("direct", "Approved")]
    assert road.send(road.till.get("/Payments/latest")).status == 200


def test_every_request_is_told_to_whoever_listens() -> None:
    """`on_event` hears one row per request."""
    rows: list[Row] = []
    built = build_server(name="simulated-2", integration_key="k", secret_key="s", on_event=rows.append)
    with built:
        url = f"http://127.0.0.1:{built.port}/api/v2/Dialogs"
        assert requests.get(url, timeout=PATIENCE_S).status_code == 401
    assert [(row.method, row.path, row.status) for row in rows] == [("GET", "/api/v2/Dialogs", 401)]


def test_running_until_interrupted_closes_everything() -> None:
    """When the event is set, the ports are free again."""
    built = build_server(name="simulated-3", integration_key="k", secret_key="s", admin_port=0)
    over = threading.Event()
    over.set()
    run_until_interrupted(built, until=over)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", built.port), timeout=PATIENCE_S)
