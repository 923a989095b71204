"""Watch: lines in a pipe, a live view in a terminal, and an end on request."""

from __future__ import annotations

import json
import os
import signal
import subprocess

import pytest

from tests.cli.shop import BILL, Shop

_AGAIN = (*BILL[:-1], "bill-1043")


def _end(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> tuple[str, int]:
    """Ask it to end, as a service manager does; what it still printed, and its exit code."""
    process.send_signal(how)
    out, err = process.communicate(timeout=30)
    assert b"Traceback" not in err
    return out.decode(), process.returncode


def test_a_parked_bill_is_told_of_when_it_settles(shop: Shop) -> None:
    """A cashier parks a bill and goes on; the watch says that it was paid, and what to do."""
    shop.in_doubt(guest_takes_s=1.0)
    with shop.start("watch") as process:
        assert process.stdout is not None
        first = process.stdout.readline() + process.stdout.readline() + process.stdout.readline()
        rest, code = _end(process)
    told = first.decode()
    assert told.startswith("watching bar; Ctrl-C ends it\n")
    assert " settled APPROVED: bill-1042, payment of 125.00 NOK on bar\n" in told
    assert "The guest has paid." in told
    assert (rest, code) == ("", 0)


def test_with_json_each_line_is_a_document(shop: Shop) -> None:
    """For a monitor, and for a log."""
    shop.in_doubt(guest_takes_s=0.5)
    with shop.start("watch", "--json") as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        _end(process, signal.SIGINT)
    assert (told["news"], told["reference"], told["outcome"]) == ("settled", "bill-1042", "approved")
    assert told["advice"] == "The guest has paid."


def test_it_ends_with_30_while_something_is_unsettled(shop: Shop) -> None:
    """As status does; and an alarm is told of."""
    shop.late_success()
    with shop.start("watch") as process:
        assert process.stdout is not None
        process.stdout.readline()
        told = process.stdout.readline().decode()
        _, code = _end(process)
    assert " ALARM " in told
    assert code == 30


@pytest.mark.skipif(os.name == "nt", reason="there is no pseudo terminal")
def test_in_a_terminal_it_shows_what_is_open_now(shop: Shop) -> None:
    """The screen in the back office."""
    import pty  # noqa: PLC0415 - only on POSIX

    shop.in_doubt(guest_takes_s=2.0)
    ours, theirs = pty.openpty()
    with shop.start("watch", environment={"TERM": "xterm", "COLUMNS": "80"}, stdout=theirs) as process:
        os.close(theirs)
        shown = b""
        while b"nothing is unsettled" not in shown:
            shown += os.read(ours, 65536)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    os.close(ours)
    assert b"bill-1042" in shown
    assert b"settled" in shown


def test_a_table_in_doubt_is_refused_with_30(shop: Shop) -> None:
    """Nothing is sent, and the cashier reads which bill to ask for."""
    shop.faults("dropped_while_paying")
    shop.guest("Approved", takes_s=3.0)
    shop.pay("--patience", "0", "--table", "12")
    refused = shop.run("pay", *_AGAIN, "--table", "12")
    assert refused.code == 30
    assert "table 12: payment 'bill-1042' on bar is in doubt" in refused.told
    assert shop.run("show", "bill-1043").code == 2


def test_a_table_in_doubt_can_be_charged_knowingly(shop: Shop) -> None:
    """Whoever knows better says so; another terminal would be free at once, this one waits for its guest."""
    shop.faults("dropped_while_paying")
    shop.guest("Approved", takes_s=0.5)
    shop.pay("--patience", "0", "--table", "12")
    done = shop.run("--json", "pay", *_AGAIN, "--table", "12", "--despite", "bill-1042")
    assert done.json["outcome"] == "approved"
    assert len(shop.ledger()) == 2
