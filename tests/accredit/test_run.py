"""Real runs at a real simulator: our own POS, a blind one, and wrong usage."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from tests.cli.shop import INTEGRATION_KEY, PROGRAM, ROOT, SECRET_KEY, Shop
from tools.accredit import (
    CASES,
    BadCommand,
    Command,
    Desk,
    Pace,
    Person,
    Report,
    Run,
    Word,
    exit_code,
    judge_log,
    read_log,
)
from tools.accredit import lines as report_lines

QUICK = Pace(guest_s=0.3, late_s=1.2, outage_s=0.3, quiet_s=0.2, timeout_s=20, poll_s=0.05)
PYTHON = shlex.quote(sys.executable)
BLIND = f"{PYTHON} {shlex.quote(str(Path(__file__).with_name('blind_pos.py')))}"
OURS = shlex.join([sys.executable, *PROGRAM])


@pytest.fixture(autouse=True)
def _environment(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that is run as the POS finds configuration and keys where a shop has them."""
    for name, value in {**shop.environment, "PYTHONPATH": str(ROOT)}.items():
        monkeypatch.setenv(name, value)


def play(shop: Shop, cashier: Command | Person, *names: str, pace: Pace = QUICK) -> Report:
    """Play these cases, or all."""
    desk = Desk(f"http://127.0.0.1:{shop.server.admin_port}")
    wire = shop.journal.with_name("till.journal.wire")
    try:
        return Run(
            desk=desk,
            cashier=cashier,
            pace=pace,
            currency="NOK",
            tag="test",
            tell=lambda _: None,
            judge_log=lambda rows: judge_log(read_log(wire), rows, secrets=[INTEGRATION_KEY, SECRET_KEY]),
        ).play([case for case in CASES if not names or case.name in names])
    finally:
        desk.close()


def words(report: Report) -> dict[str, Word]:
    """The word of every case and of all manners."""
    cases = {result.case.name: result.verdict.word for result in report.results}
    return cases | {name: verdict.word for name, verdict in report.manners.items()}


def ours(mode: str) -> Command:
    """Our own command line."""
    pay = "pay --terminal bar --amount {amount} --currency {currency} --reference {reference}"
    return Command(f"{OURS} {pay} --mode {mode}", captures=f"{OURS} capture --terminal bar --mode {mode}")


def blind(shop: Shop) -> Command:
    """A POS that tries again at anything that is not approved."""
    return Command(f"{BLIND} http://127.0.0.1:{shop.server.port}/api/v2 {{kind}} {{amount}} {{currency}}")


@pytest.mark.parametrize(("mode", "unplayed"), [("sync", set()), ("async", {"unknown-outcome"})])
def test_our_own_pos_passes_all_that_can_be_played(shop: Shop, mode: str, unplayed: set[str]) -> None:
    """Every case, over real sockets, each payment in a process of its own."""
    report = play(shop, ours(mode))
    found = words(report)
    assert {name for name, word in found.items() if word is not Word.PASSED} == unplayed, "\n".join(
        report_lines(report)
    )
    assert exit_code(report) == (30 if unplayed else 0)


def test_a_blind_pos_fails_where_it_is_blind(shop: Shop) -> None:
    """It charges twice, hammers, and believes a wrong hash; what needs no care it can."""
    names = [case.name for case in CASES if case.name != "communication-log"]
    report = play(shop, blind(shop), *names)
    passed = {name for name, word in words(report).items() if word is Word.PASSED}
    assert passed == {"capture", "no-connection", "no-avoidable-401", "one-at-a-time", "timestamps-rise", "ids-unique"}
    assert exit_code(report) == 1
    charged = next(result for result in report.results if result.case.name == "reply-lost")
    assert "POST /api/v2/Payments no reply (lost_after_processing)" in "\n".join(report_lines(report))
    assert len(charged.verdict.evidence) == 4


def test_a_pos_that_does_nothing_has_played_nothing(shop: Shop) -> None:
    """Not played is never passed, and its exit code is named."""
    report = play(shop, Command(f"{PYTHON} -c 'raise SystemExit(3)'"), "approved", "capture")
    assert {result.verdict.word for result in report.results} == {Word.NOT_PLAYED}
    assert "exit code 3" in report.results[0].verdict.why
    assert "{kind}" in report.results[1].verdict.why
    assert exit_code(report) == 30


def test_a_pos_that_hangs_is_stopped(shop: Shop) -> None:
    """A step is bounded."""
    hangs = Command(f"{PYTHON} -c 'import threading; threading.Event().wait()'")
    report = play(shop, hangs, "approved", pace=Pace(timeout_s=0.5, poll_s=0.05))
    assert report.results[0].endings == ("the POS's command did not end and was stopped",)


def test_a_person_is_told_what_to_do_and_not_waited_for_for_ever(shop: Shop) -> None:
    """One sentence, with amount and reference; who does nothing has played nothing."""
    told: list[str] = []
    report = play(shop, Person(told.append), "approved", "no-connection", pace=Pace(outage_s=0.2, timeout_s=0.5))
    assert told[0] == "The guest pays. Now let a guest pay 101.00 NOK, reference accredit-test-1a."
    assert [result.verdict.word for result in report.results] == [Word.NOT_PLAYED, Word.NOT_PLAYED]
    assert shop.state()["down"] is False


def test_a_command_that_is_no_program_is_refused() -> None:
    """Before anything is played."""
    for text in ("", "no-such-program-here", "'half"):
        with pytest.raises(BadCommand):
            Command(text)


def test_the_command_line_plays_a_case(shop: Shop) -> None:
    """One document, progress on stderr, and the exit code of the run."""
    admin = f"http://127.0.0.1:{shop.server.admin_port}"
    done = shop.run(
        "accredit", "--url", admin, "--case", "approved", "--quiet-for", "0.2", "--json", "--pos",
        f"{OURS} pay --terminal bar --amount {{amount}} --currency {{currency}} --reference {{reference}}",
    )  # fmt: skip
    assert (done.code, [case["verdict"] for case in done.json["cases"]]) == (0, ["passed"])
    assert "1/1 approved: passed" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--url", "127.0.0.1:8086"),
        ("--url", "http://127.0.0.1:9"),
        ("--url", "ADMIN", "--case", "no-such-case"),
        ("--url", "ADMIN", "--pos-capture", "true"),
    ],
    ids=["no address", "nobody there", "no such case", "capture alone"],
)
def test_wrong_usage_ends_with_two(shop: Shop, arguments: tuple[str, ...]) -> None:
    """With a sentence, and nothing played."""
    admin = f"http://127.0.0.1:{shop.server.admin_port}"
    assert shop.run("accredit", *[admin if word == "ADMIN" else word for word in arguments]).code == 2
    assert shop.ledger() == []
