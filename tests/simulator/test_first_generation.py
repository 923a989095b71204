"""The v1 terminals: TLS and a key, no hash, no stamps, another base."""

import contextlib
import importlib
import json
import socket
import ssl
import time
from pathlib import Path

import pytest

from tests.simulator.roads import CERTIFICATE, DROPPED, PATIENCE_S, Seen, SocketRoad
from tests.simulator.till import AMOUNTS, Counter, document, message
from tools.simulator import (
    AmountUnit,
    Assumptions,
    Fault,
    Guest,
    NoCryptography,
    Profile,
    Response,
    SimulatedTerminal,
    VirtualClock,
    make_certificate,
    routes,
)

MAJOR = Assumptions(v1_amount_unit=AmountUnit.MAJOR)
PAID = Seen(status=200, signed=False, outcome="Approved")


def test_a_payment_needs_the_key_and_nothing_else() -> None:
    """No hash goes in, and none comes out."""
    counter = Counter(profile="1.x")
    request = counter.till.payment("one")
    assert (request.path, set(request.headers)) == ("/api/v1/Payments", {"Integration-Key"})
    reply = counter.finish(request)
    assert document(reply)["transactionOutcome"] == "Approved"
    assert set(reply.headers) == {"Content-Type"}
    assert counter.latest().body == reply.body


@pytest.mark.parametrize("key", [None, "", "another-key"])
def test_a_wrong_key_hears_400(key: str | None) -> None:
    """It is counted all the same."""
    counter = Counter(profile="1.x")
    counter.till.key = key
    reply = counter.hear(counter.till.payment())
    assert (reply.status, message(reply)) == (400, "Integration-Key is missing or wrong")
    assert counter.terminal.gate.wrong_keys == 1


@pytest.mark.parametrize(
    ("method", "endpoint", "status"),
    [
        ("GET", "/DeviceInformation", 200),
        ("GET", "/Payments/latest", 404),
        ("GET", "/Dialogs", 404),
        ("POST", "/Aborts", 404),
        ("POST", "/Abort/one", 404),
    ],
)
def test_a_first_terminal_has_what_it_has(method: str, endpoint: str, status: int) -> None:
    """Questions without an id came later."""
    counter = Counter(profile="1.x")
    assert status == counter.hear(counter.till.request(method, endpoint)).status


@pytest.mark.parametrize(("profile", "base"), [("1.x", "/api/v2"), ("2.2", "/api/v1")])
def test_the_other_generations_base_is_unknown(profile: str, base: str) -> None:
    """Neither generation answers under the base of the other."""
    found = routes.route("GET", f"{base}/DeviceInformation", profile=Profile(profile), assumptions=Assumptions())
    assert found == routes.Nowhere()


def test_an_asynchronous_payment_is_delivered_once() -> None:
    """The paths are those of v2, and what came with 2.1 is not there."""
    counter = Counter(profile="1.x")
    assert counter.hear(counter.till.start()).status == 200
    assert counter.hear(counter.till.get("/Dialogs/one")).status == 200
    assert counter.hear(counter.till.status()).status == 202
    counter.clock.advance(10)
    assert [counter.hear(counter.till.status()).status for _ in range(2)] == [200, 404]


def test_the_same_request_is_processed_again() -> None:
    """No stamp keeps a second copy out: here a library that re-sends charges twice."""
    counter = Counter(profile="1.x")
    request = counter.till.payment()
    counter.finish(request)
    counter.finish(request)
    assert counter.outcomes() == ["Approved", "Approved"]


def test_the_clock_of_a_first_terminal_matters_to_nobody() -> None:
    """A year off, and it answers."""
    counter = Counter(profile="1.x")
    counter.terminal.skew_s = 365 * 86_400.0
    assert counter.hear(counter.till.get("/DeviceInformation")).status == 200


@pytest.mark.parametrize("base", ["123.45", 123.45])
def test_amounts_have_decimals_where_that_is_assumed(base: object) -> None:
    """Number or text; the reply and the day's totals count the same way."""
    counter = Counter(profile="1.x", assumptions=MAJOR)
    amounts = {"base": base, "currencySymbol": "NOK"}
    read = document(counter.finish(counter.till.order("/Payments", amounts=amounts)))
    assert read["amounts"] == {"base": 123.45, "total": 123.45, "currency": {"symbol": "NOK"}}
    assert counter.terminal.ledger[0].amount_minor == 12_345
    totals = document(counter.finish(counter.till.request("POST", "/Captures")))["totals"]
    assert (totals[0]["payments"], totals[0]["net"]) == ({"count": 1, "total": 123.45}, 123.45)


@pytest.mark.parametrize(("base", "minor"), [(125, 12_500), (0.01, 1), ("125.5", 12_550), ("125.00", 12_500)])
def test_an_amount_with_decimals_is_read_exactly(base: object, minor: int) -> None:
    """A number in JSON is what it looks like."""
    counter = Counter(profile="1.x", assumptions=MAJOR)
    counter.finish(counter.till.order("/Payments", amounts={"base": base, "currencySymbol": "NOK"}))
    assert minor == counter.terminal.ledger[0].amount_minor


@pytest.mark.parametrize(
    "base", [0, -1, "0.00", 1.005, "1,50", "", " 1", True, None, 1e300, "99999999999", 21474836.48]
)
def test_what_is_no_amount_with_decimals_hears_400(base: object) -> None:
    """A third decimal, a comma, or too much."""
    counter = Counter(profile="1.x", assumptions=MAJOR)
    request = counter.till.order("/Payments", amounts={"base": base, "currencySymbol": "NOK"})
    assert counter.hear(request).status == 400


def test_amounts_are_minor_units_by_default_and_always_on_2_x() -> None:
    """The switch is for 1.x only."""
    assert document(Counter(profile="1.x").pay())["amounts"]["base"] == 12_345
    assert document(Counter(profile="2.2", assumptions=MAJOR).pay())["amounts"]["base"] == 12_345


def test_a_terminal_that_signs_needs_a_secret() -> None:
    """It is asked for at once, and not at the first request; a first terminal has none."""
    SimulatedTerminal(name="bar", integration_key="k", now=VirtualClock().now, guest=Guest(), profile="1.x")
    with pytest.raises(ValueError, match="give it a secret_key"):
        SimulatedTerminal(name="bar", integration_key="k", now=VirtualClock().now, guest=Guest(), profile="2.0")


def test_device_information_names_the_generation() -> None:
    """Another model, and no exact release."""
    read = document(Counter(profile="1.x").hear(Counter(profile="1.x").till.get("/DeviceInformation")))
    assert (read["model"], read["apiVersion"]) == ("Simulated TETRA", "1.x")


def test_a_payment_over_tls() -> None:
    """The till trusts that certificate alone and overlooks only its name."""
    with SocketRoad(profile="1.x", certificate=CERTIFICATE) as road:
        assert road.send(road.till.payment()) == PAID
        assert road.send(road.till.start("two")).status == 200
        assert road.settle(2) == [("direct", "Approved"), ("direct", "Approved")]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.LOST_BEFORE_PROCESSING, DROPPED),
        (Fault.LOST_AFTER_PROCESSING, DROPPED),
        (Fault.RESET_MID_BODY, DROPPED),
        (Fault.TRUNCATED, DROPPED),
        (Fault.GARBAGE, DROPPED),
        (Fault.SLOW, PAID),
        (Fault.WRONG_HASH, PAID),
        (Fault.MISSING_HASH, PAID),
        (Fault.BUSY, Seen(status=503, signed=False)),
    ],
)
def test_faults_are_played_over_tls(fault: Fault, expected: Seen) -> None:
    """A line is a line; what concerns the hash concerns nobody here."""
    with SocketRoad(fault, profile="1.x", certificate=CERTIFICATE) as road:
        assert expected == road.send(road.till.payment())


def test_a_scanner_that_never_greets_does_not_keep_the_server() -> None:
    """A connection without a handshake is cut at the stop, and one with noise at once."""
    road = SocketRoad(profile="1.x", certificate=CERTIFICATE)
    address = ("127.0.0.1", road.server.port)
    with socket.create_connection(address, timeout=PATIENCE_S) as silent:
        with socket.create_connection(address, timeout=PATIENCE_S) as noisy:
            noisy.sendall(b"GET / HTTP/1.1\r\n\r\n")
            with contextlib.suppress(ConnectionResetError):
                while noisy.recv(4_096):
                    pass
        assert road.send(road.till.get("/DeviceInformation")).status == 200
        began = time.monotonic()
        road.server.stop()
        assert time.monotonic() - began < 2.0
        with contextlib.suppress(ConnectionResetError):
            assert silent.recv(1) == b""


def test_a_stop_wakes_a_client_behind_tls() -> None:
    """A thread that reads from the cipher is woken like any other."""
    road = SocketRoad(profile="1.x", certificate=CERTIFICATE)
    context = ssl.create_default_context(cafile=str(CERTIFICATE[0]))
    context.check_hostname = False
    with (
        socket.create_connection(("127.0.0.1", road.server.port), timeout=PATIENCE_S) as line,
        context.wrap_socket(line) as secured,
    ):
        secured.sendall(b"GET ")
        began = time.monotonic()
        road.server.stop()
        assert time.monotonic() - began < 2.0
        with contextlib.suppress(OSError):
            assert secured.recv(1) == b""


def test_a_certificate_is_made(tmp_path: Path) -> None:
    """A client can trust it, and its key is nobody else's to read."""
    pytest.importorskip("cryptography")
    certificate, key = make_certificate(tmp_path)
    ssl.create_default_context(cafile=str(certificate))
    assert key.stat().st_mode & 0o077 == 0
    with SocketRoad(profile="1.x", certificate=(certificate, key)) as road:
        assert road.send(road.till.get("/DeviceInformation")).status == 200


def test_without_cryptography_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package is no dependency, so its absence is no crash."""

    def missing(name: str) -> object:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(NoCryptography, match="openssl req -x509"):
        make_certificate(tmp_path)


def test_a_malformed_body_hears_400_unsigned() -> None:
    """The refusal bears no hash."""
    counter = Counter(profile="1.x")
    reply = counter.hear(counter.till.request("POST", "/Payments", json.dumps({"amounts": AMOUNTS["base"]}).encode()))
    assert isinstance(reply, Response)
    assert (reply.status, reply.header("Server-Authorization")) == (400, None)
