"""A v1 terminal through the door: TLS with one trusted certificate, no stamps, and a unit that is configured."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import tillproof
from tests.door.conftest import KEYS
from tools.simulator import AmountUnit, Assumptions, FaultPlan, Guest, SimulatedTerminal, SimulatorServer

_CERTIFICATE = Path(__file__).parents[1] / "simulator" / "test_only_certificate.pem"
_KEY = _CERTIFICATE.with_name("test_only_key.pem")

_CONFIGURATION = """
journal = "tillproof.db"
[terminals.bar]
url = "https://127.0.0.1:{port}/api/v1"
api = "1"
integration_key_env = "TILLPROOF_INTEGRATION_KEY"
certificate = "{certificate}"
amount_unit = "{unit}"
patience_s = 1
"""


def serve(unit: str, *script: str) -> SimulatorServer:
    """A v1 terminal on loopback."""
    terminal = SimulatedTerminal(
        name="bar",
        integration_key=KEYS["TILLPROOF_INTEGRATION_KEY"],
        secret_key="",
        now=time.time,
        guest=Guest(takes_s=0.05, weights={"Approved": 1.0}),
        profile="1.x",
        assumptions=Assumptions(v1_amount_unit=AmountUnit(unit)),
    )
    return SimulatorServer(terminal, FaultPlan(script=script), certificate=(_CERTIFICATE, _KEY))


def configure(folder: Path, port: int, *, certificate: Path = _CERTIFICATE, unit: str = "minor") -> Path:
    """A configuration for it."""
    file = folder / "tillproof.toml"
    file.write_text(_CONFIGURATION.format(port=port, certificate=certificate, unit=unit), encoding="utf-8")
    return file


@pytest.fixture(params=["minor", "major"])
def unit(request: pytest.FixtureRequest) -> str:
    """What amounts on the wire count; nothing says which it is."""
    return str(request.param)


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_a_v1_terminal_is_paid_at_in_its_own_unit(tmp_path: Path, unit: str, mode: str) -> None:
    """The same 125.00 NOK on either wire, and the same total back."""
    with serve(unit) as server, tillproof.open(configure(tmp_path, server.port, unit=unit)) as till:
        outcome = till.pay("125.00", "NOK", terminal="bar", reference="bill", mode=mode)
        assert (outcome.word, outcome.total_minor) == ("approved", 12500)
        assert outcome.reason.count("names") == 0


def test_a_lost_reply_of_a_v1_terminal_is_found_in_its_slot(tmp_path: Path) -> None:
    """There is no fence and no dialog without an id; the slot under our id needs neither."""
    with serve("minor", "none", "lost_after_processing") as server:
        with tillproof.open(configure(tmp_path, server.port)) as till:
            till.pay("1.00", "NOK", terminal="bar", reference="a")
            outcome = till.pay("1.00", "NOK", terminal="bar", reference="b")
        assert (outcome.word, outcome.evidence) == ("approved", "latest_slot")


def test_a_terminal_with_another_certificate_is_sent_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trusted is this one certificate, whatever authorities the machine or its environment believes in."""
    other = tmp_path / "other.pem"
    other.write_text(_another_certificate(), encoding="ascii")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(_CERTIFICATE))
    monkeypatch.setenv("SSL_CERT_FILE", str(_CERTIFICATE))
    with serve("minor") as server, tillproof.open(configure(tmp_path, server.port, certificate=other)) as till:
        outcome = till.pay("1.00", "NOK", terminal="bar", reference="a")
    assert (outcome.word, outcome.evidence) == ("not_performed", "nothing_left")


def _another_certificate() -> str:
    """One of the authorities that come with the HTTP library: a sound certificate, and not the terminal's."""
    import certifi  # noqa: PLC0415 - one test needs it

    text = Path(certifi.where()).read_text("ascii", errors="ignore")
    begin = text.index("-----BEGIN CERTIFICATE-----")
    return text[begin : text.index("-----END CERTIFICATE-----") + len("-----END CERTIFICATE-----")] + "\n"


def test_a_certificate_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """The till does not open without the only proof of who answers."""
    missing = tmp_path / "missing.pem"
    with pytest.raises(tillproof.BadInput, match=r"^certificate: .*missing\.pem cannot be read"):
        tillproof.open(configure(tmp_path, 1, certificate=missing))


def test_a_wrong_key_of_v1_is_heard_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """400 is what v1 says to bad credentials; asking again could block the terminal."""
    monkeypatch.setenv("TILLPROOF_INTEGRATION_KEY", "wrong")
    with serve("minor") as server:
        # The keys of the conftest are the simulator's; this till has another one.
        with tillproof.open(configure(tmp_path, server.port)) as till:
            outcome = till.pay("1.00", "NOK", terminal="bar", reference="a")
        assert outcome.word == "not_performed"
