"""A terminal and its keys: what the line, the keys, the clock and the configuration can do, told apart."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine import read_settings
from tests.cli.shop import INTEGRATION_KEY, SECRET_KEY, Shop
from tests.doctor.room import examined, line_of, lines_of, opened, verdicts
from tools.doctor import Line, Verdict, visit
from tools.doctor.terminal import release
from tools.doctor.visit import Visit
from tools.simulator import Assumptions, FaultPlan, Guest, ReplyStamps, SimulatedTerminal, SimulatorServer

_CERTIFICATE = Path(__file__).parents[1] / "simulator" / "test_only_certificate.pem"


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port on which nobody listens."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def bar(shop: Shop, check: str) -> Line:
    """The line of a check about the terminal of a shop."""
    return line_of(examined(shop), check, "bar")


def test_terminal_that_is_well_answers_all_four_questions(shop: Shop) -> None:
    """It is there, it knows us, its clock and its release are ours."""
    lines = examined(shop)
    told = [line_of(lines, check, "bar") for check in ("terminal", "credentials", "clock", "release")]
    assert [line.verdict for line in told] == [Verdict.OK] * 4
    assert told[0].finding.startswith("Simulated AXIUM answers in ")
    assert isinstance(told[2].measured["ahead_s"], float)
    assert told[3].measured == {"told": "2.2", "configured": "2.2"}


def test_terminal_that_is_off_is_told_apart_from_wrong_keys(shop: Shop, silent_port: int) -> None:
    """Power, cable, address; nothing is said of keys, clock and release."""
    shop.configure(shop.terminal(port=silent_port))
    lines = examined(shop)
    off = line_of(lines, "terminal", "bar")
    assert off.verdict == "fail"
    assert off.finding.startswith(f"no connection to 127.0.0.1:{silent_port} (")
    assert off.remedy is not None
    assert off.remedy.startswith("look at power, cable and address")
    assert verdicts(lines, "not_checked") >= {"credentials", "clock", "release"}


@pytest.mark.parametrize("key", ["SHOP_SECRET_KEY", "SHOP_INTEGRATION_KEY"])
def test_wrong_key_is_named_and_tried_once(shop: Shop, key: str) -> None:
    """The address is right; the remedy warns of trying others, and the doctor does not try twice."""
    shop.environment[key] = "example-wrong-key"
    lines = examined(shop)
    assert line_of(lines, "terminal", "bar").verdict == "ok"
    wrong = line_of(lines, "credentials", "bar")
    assert (wrong.verdict, "401" in wrong.finding) == ("fail", True)
    assert wrong.remedy is not None
    assert wrong.remedy.startswith("compare the clocks of till and terminal first: 15 min apart")
    assert "wrong keys block the terminal" in wrong.remedy
    assert shop.state()["wrong_keys"] == (1 if key == "SHOP_INTEGRATION_KEY" else 0)


def test_missing_key_leaves_the_terminal_unasked(shop: Shop) -> None:
    """Nothing is sent without keys; that something listens at the address is told."""
    shop.environment["SHOP_SECRET_KEY"] = ""
    lines = examined(shop)
    missing = line_of(lines, "keys", "bar")
    assert (missing.verdict, missing.remedy) == ("fail", "set SHOP_SECRET_KEY")
    unasked = line_of(lines, "terminal", "bar")
    assert unasked.verdict == "not_checked"
    assert unasked.finding == f"something listens at 127.0.0.1:{shop.server.port}; not asked without its keys"
    assert shop._admin("GET", "/requests") == []


def test_missing_key_file_is_named(shop: Shop, silent_port: int) -> None:
    """With its path and what to do; and whether anything listens is told all the same."""
    text = shop.terminal(port=silent_port)
    shop.configure(text.replace('secret_key_env = "SHOP_SECRET_KEY"', 'secret_key_file = "secret.key"'))
    lines = examined(shop)
    missing = line_of(lines, "keys", "bar")
    assert (missing.verdict, missing.remedy) == ("fail", "write the key into that file")
    assert str(shop.folder / "secret.key") in missing.finding
    assert line_of(lines, "terminal", "bar").finding.startswith(f"nothing listens at 127.0.0.1:{silent_port} (")


def test_key_in_a_file_is_told_by_its_place(shop: Shop) -> None:
    """Where it is, and not what it is."""
    (shop.folder / "secret.key").write_text(SECRET_KEY, encoding="ascii")
    (shop.folder / "secret.key").chmod(0o600)
    shop.configure(shop.terminal().replace('secret_key_env = "SHOP_SECRET_KEY"', 'secret_key_file = "secret.key"'))
    shop.config.chmod(0o600)
    lines = examined(shop)
    told = line_of(lines, "keys", "bar").finding
    assert told == "integration key in SHOP_INTEGRATION_KEY, secret key in secret.key; not shown"
    assert line_of(lines, "rights").verdict == "ok"


def test_missing_key_of_one_terminal_hides_no_other(shop: Shop) -> None:
    """The bar is asked although the kitchen's keys are not there."""
    kitchen = shop.terminal("kitchen").replace("SHOP_", "KITCHEN_")
    shop.configure(kitchen, shop.terminal())
    lines = examined(shop)
    assert line_of(lines, "keys", "kitchen").verdict == "fail"
    assert line_of(lines, "credentials", "bar").verdict == "ok"


def test_another_program_at_the_address_is_no_terminal(shop: Shop) -> None:
    """A page of a router is not taken for wrong keys."""
    shop.faults(questions=["html_error"])
    told = bar(shop, "terminal")
    assert (told.verdict, "an HTML page came back" in told.finding) == ("fail", True)


def test_silence_while_a_guest_pays_is_only_a_warning(shop: Shop) -> None:
    """A terminal that is in use may be too busy to answer."""
    shop.pay()
    shop.faults(questions=["lost_after_processing"])
    with opened(shop.journal) as journal, journal.lane("bar", wait_s=0):
        lines = examined(shop)
    silent = line_of(lines, "terminal", "bar")
    assert (silent.verdict, silent.remedy) == ("warn", "run this again when it is free")
    assert line_of(lines, "credentials", "bar").verdict == "not_checked"


@pytest.mark.parametrize("profile", ["2.1"])
@pytest.mark.parametrize(("configured", "verdict"), [("2.2", "fail"), ("2.0", "warn")])
def test_wrong_release_is_told_with_both(shop: Shop, configured: str, verdict: str) -> None:
    """A configuration that promises what the terminal cannot do is worse than one that promises too little."""
    shop.configure(shop.terminal().replace('"2.1"', f'"{configured}"'))
    wrong = bar(shop, "release")
    assert (wrong.verdict, wrong.finding) == (verdict, f"api is configured as {configured}, and the terminal says 2.1")


@pytest.mark.parametrize(
    ("told", "verdict"), [("3.0", "warn"), ("2.20", "warn"), ("2.2.1", "ok"), (None, "not_checked")]
)
def test_release_that_nobody_knows_yet_is_only_a_warning(shop: Shop, told: str | None, verdict: str) -> None:
    """A terminal of tomorrow can what one of today can; and one that does not say is not judged."""
    settings = read_settings(shop.config, shop.environment).terminals["bar"]
    (line,) = release(settings, Visit(device={"apiVersion": told} if told else {}))
    assert line.verdict == verdict


@pytest.mark.parametrize("profile", ["2.0"])
def test_release_without_dialogs_tells_no_activity(shop: Shop) -> None:
    """Where the terminal cannot say whether it is idle, nothing is said of it."""
    assert bar(shop, "lane").finding == "free"


def test_terminal_is_asked_while_the_journal_is_damaged(shop: Shop) -> None:
    """What is broken is one thing; the terminal may be well, and its stamps go on."""
    shop.pay()
    shop.journal.write_bytes(b"no journal")
    lines = examined(shop)
    assert line_of(lines, "credentials", "bar").verdict == "ok"
    assert verdicts(lines, "fail") == {"journal"}


def test_terminal_is_not_asked_while_somebody_keeps_its_stamps(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question with a stamp of another sequence could overtake an order; so there is none, and it says why."""
    monkeypatch.setattr(visit, "_STAMP_WAIT_S", 0)
    shop.pay()
    asked = len(shop._admin("GET", "/requests"))
    with opened(shop.journal) as journal, journal.rising("bar", floor=1):
        lines = examined(shop)
    unasked = line_of(lines, "terminal", "bar")
    assert (unasked.verdict, "is a till hanging?" in unasked.finding) == ("not_checked", True)
    assert unasked.finding.startswith(f"something listens at 127.0.0.1:{shop.server.port}; not asked")
    assert len(shop._admin("GET", "/requests")) == asked


def test_stamps_of_the_questions_are_of_the_sequence_of_the_till(shop: Shop) -> None:
    """Each is newer than the last one of the till, and the till's next one is newer still."""
    shop.pay()
    with opened(shop.journal) as journal:
        before = journal.reached("bar")
        examined(shop)
        between = journal.reached("bar")
        assert before < between
        with journal.rising("bar", floor=1) as number:
            assert number.value > between


def test_replies_are_heard_for_the_till_as_well(shop: Shop) -> None:
    """A reply that the doctor believed is an old one for the till from then on."""
    shop.pay()
    with opened(shop.journal) as journal:
        before = journal.reached("bar.heard")
        examined(shop)
        assert journal.reached("bar.heard") > before


def test_old_replies_are_not_believed_by_the_doctor_either(shop: Shop) -> None:
    """A terminal whose clock was set back is what the till sees: no answer."""
    shop._admin("POST", "/skew", {"s": 30})
    shop.pay()
    shop._admin("POST", "/skew", {"s": 0})
    lines = examined(shop)
    told = line_of(lines, "terminal", "bar")
    assert (told.verdict, "reply_stamps_rise = false" in told.finding) == ("fail", True)
    assert line_of(lines, "clock", "bar").verdict == "not_checked"


@pytest.mark.parametrize("assumptions", [Assumptions(reply_stamps=ReplyStamps.SECONDS)])
def test_coarse_clock_is_read_where_old_replies_are_believed(shop: Shop) -> None:
    """With the switch off the doctor believes what the till believes, and keeps no sequence of it."""
    shop.configure(shop.terminal() + "reply_stamps_rise = false\n")
    shop.pay()
    lines = examined(shop)
    assert line_of(lines, "credentials", "bar").verdict == "ok"
    clock = line_of(lines, "clock", "bar").measured["ahead_s"]
    assert isinstance(clock, float)
    assert -2 < clock < 1
    assert not (shop.folder / f"{shop.journal.name}.side" / "rising" / "bar.heard").exists()


@pytest.mark.parametrize(
    ("ahead_s", "verdict", "told"),
    [
        (20, "ok", "the terminal's is 20.0 s ahead of ours"),
        (-90, "warn", "the terminal's is 2 min behind ours; from 15 min on it may refuse us"),
        (1200, "fail", "the terminal's is 20 min ahead of ours: it refuses what we send"),
        (-1200, "fail", "the terminal's is 20 min behind ours: it refuses what we send"),
    ],
)
def test_clock_is_compared_with_the_terminals_signed_time(shop: Shop, ahead_s: int, verdict: str, told: str) -> None:
    """Warned of from a minute on, and failed from where a terminal refuses; the keys are not blamed for it."""
    shop._admin("POST", "/skew", {"s": ahead_s})
    lines = examined(shop)
    clock = line_of(lines, "clock", "bar")
    assert clock.verdict == verdict
    assert _to_seconds(clock.finding) == _to_seconds(told)
    assert verdicts(lines, "fail") == ({"clock"} if verdict == "fail" else set())
    assert (line_of(lines, "credentials", "bar").verdict == "not_checked") == (verdict == "fail")


def _to_seconds(told: str) -> str:
    """Tenths of a second go by between two clocks."""
    return told.replace("19.9 s", "20.0 s").replace("20.1 s", "20.0 s")


@pytest.mark.parametrize("keys", [(INTEGRATION_KEY, "example-of-the-terminal")])
def test_clock_that_nobody_signed_for_is_named_where_the_keys_are_refused(shop: Shop) -> None:
    """A 401 without a signature that we know tells no time: the technician compares, and sees that it may be that."""
    shop.environment["SHOP_SECRET_KEY"] = SECRET_KEY
    clock = bar(shop, "clock")
    assert clock.verdict == "not_checked"
    assert "a clock that is 15 min off looks like wrong keys; this machine has 20" in clock.finding
    assert clock.remedy == "read the terminal's clock on its display, and compare"


def test_clock_is_not_suspected_of_silence(shop: Shop, silent_port: int) -> None:
    """Where nothing answers no key was refused, and there is nothing that looks like wrong keys."""
    shop.configure(shop.terminal(port=silent_port))
    clock = bar(shop, "clock")
    assert (clock.finding, clock.remedy) == ("no signed reply came", None)


@pytest.mark.parametrize(("ahead_min", "verdict"), [(5, "warn"), (20, "fail")])
def test_stamps_that_are_ahead_of_a_clock_set_right_are_told(shop: Shop, ahead_min: int, verdict: str) -> None:
    """They never go back, so the terminal may refuse them until the clock has caught up."""
    shop.pay()
    with opened(shop.journal) as journal:
        ahead_ms = int((time.time() + 60 * ahead_min + 1) * 1000)
        assert journal.advance("bar", to=ahead_ms)
    lines = examined(shop)
    stamps = line_of(lines, "stamps", "bar")
    assert stamps.verdict == verdict
    assert stamps.finding.startswith(f"the till's stamps are {ahead_min} min ahead of its clock")
    assert verdicts(lines, "fail") == ({"stamps"} if verdict == "fail" else set())


def test_questions_stand_in_the_communication_log(shop: Shop) -> None:
    """Every request and reply is noted, whoever made it; the log is there since the till's first one."""
    shop.pay()
    before = shop.run("journal", "wire", "--json").out.count("DeviceInformation")
    examined(shop)
    assert shop.run("journal", "wire", "--json").out.count("DeviceInformation") > before


_FIRST = """
[terminals.bar]
url = "https://127.0.0.1:{port}/api/v1"
api = "1"
integration_key_env = "SHOP_INTEGRATION_KEY"
certificate = "{certificate}"
amount_unit = "minor"
"""


@pytest.mark.parametrize("certificate", ["good", "missing"])
def test_terminal_of_the_first_generation_is_asked_over_its_certificate(shop: Shop, certificate: str) -> None:
    """It has one key, and no time in its replies; a certificate that is not there is named."""
    terminal = SimulatedTerminal(
        name="bar",
        integration_key=shop.environment["SHOP_INTEGRATION_KEY"],
        secret_key="",
        now=time.time,
        guest=Guest(takes_s=0.0, weights={"Approved": 1.0}),
        profile="1.x",
    )
    pem = (_CERTIFICATE, _CERTIFICATE.with_name("test_only_key.pem"))
    with SimulatorServer(terminal, FaultPlan(), certificate=pem) as server:
        file = _CERTIFICATE if certificate == "good" else shop.folder / "none.pem"
        shop.configure(_FIRST.format(port=server.port, certificate=file))
        lines = examined(shop)
    assert line_of(lines, "keys", "bar").finding == "integration key in SHOP_INTEGRATION_KEY; not shown"
    if certificate == "missing":
        told = line_of(lines, "terminal", "bar")
        assert (told.verdict, str(file) in told.finding) == ("fail", True)
        return
    assert line_of(lines, "credentials", "bar").verdict == "ok"
    assert line_of(lines, "clock", "bar").finding == "a terminal of API 1 puts no time into its replies"
    assert lines_of(lines, "release", "bar")[0].verdict == "ok"
