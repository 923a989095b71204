"""Standard output as it is in shops: pipes that close, old encodings, no colours, and a terminal's strange texts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.shop import BILL, ROOT, Shop
from tools.cli.paper import WIDTH, paragraph, plain, table

REFERENCE = "Bjørg \u2013 bord 7 \u2192 \u5bff\u53f8"
NORWEGIAN = ("--terminal", "bar", "--amount", "125.00", "--currency", "NOK", "--reference", REFERENCE)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-8"])
def test_old_encoding_of_the_console_is_no_error(shop: Shop, encoding: str) -> None:
    """What the console cannot show becomes a question mark; the exit code is that of the payment."""
    paid = shop.run_apart("pay", *NORWEGIAN, environment={"PYTHONIOENCODING": encoding})
    assert (paid.code, paid.err) == (0, "")
    assert paid.out.startswith("APPROVED: Bj")


def test_json_keeps_a_reference_in_any_encoding(shop: Shop) -> None:
    """JSON is ASCII, so no encoding of a console changes the name of a bill."""
    paid = shop.run_apart("pay", *NORWEGIAN, "--json", environment={"PYTHONIOENCODING": "cp1252"})
    assert paid.json["reference"] == REFERENCE


@pytest.mark.skipif(os.name == "nt", reason="no such pipe")
def test_closed_pipe_is_quiet_and_keeps_the_exit_code(shop: Shop) -> None:
    """Whoever stops reading does not change what became of the money."""
    shop.guest("Declined")
    with shop.start("pay", *BILL) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()
        process.wait(timeout=60)
    assert (process.returncode, complaint) == (10, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_full_disk_under_the_output_keeps_the_exit_code(shop: Shop) -> None:
    """An output that cannot be written is a warning; the payment has happened."""
    with Path("/dev/full").open("wb") as full, shop.start("pay", *BILL, stdout=full) as process:
        _, complaint = process.communicate(timeout=60)
    assert process.returncode == 0
    assert complaint.startswith(b"warning: the output could not be written")


def test_json_is_alone_on_stdout_while_the_log_is_loud(shop: Shop) -> None:
    """Log lines go to stderr as key=value, whatever their level."""
    shop.faults("lost_after_processing")
    paid = shop.run_apart("-vv", "pay", *BILL, "--json")
    assert paid.json["outcome"] == "approved"
    assert "event=operation.lost" in paid.told
    assert "event=operation.finished" in paid.told


def test_log_is_silent_about_what_went_well(shop: Shop) -> None:
    """By default only warnings and errors are logged, with -q only errors."""
    shop.faults("none", "lost_after_processing", "lost_after_processing")
    well = shop.run("pay", *BILL)
    lost = shop.run("pay", *BILL, "--reference", "two")
    quiet = shop.run("-q", "pay", *BILL, "--reference", "three")
    assert (well.err, quiet.err) == ("", "")
    assert "level=warning event=operation.lost" in lost.told


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C reaches a whole console there")
def test_ctrl_c_during_a_payment_ends_with_130_and_recover_settles_it(shop: Shop) -> None:
    """The operation stays in the journal; the sentence says that it may be running, and what finds out."""
    shop.guest("Approved", takes_s=1.0)
    with shop.start("pay", *BILL, "--json") as process:
        shop.wait_until_running()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    told = json.loads(out)["error"]
    assert told["kind"] == "KeyboardInterrupt"
    assert "It may be running: do not charge again; `tillproof recover`" in told["message"]
    assert b"Traceback" not in err
    assert shop.run("status").code == 30
    recovered = shop.run("recover", "--json")
    assert (recovered.code, recovered.json["findings"][0]["outcome"]) == (0, "approved")
    assert len(shop.ledger()) == 1


def test_output_fits_80_columns(shop: Shop) -> None:
    """What people read fits the narrowest console, but for paths, which are not broken."""
    shop.escalated()
    shop.run("pay", *BILL, "--reference", "y" * 64)
    commands = (
        ("status",),
        ("show", "bill-1042"),
        ("show", "y" * 64),
        ("journal", "list"),
        ("recover",),
        ("device", "--terminal", "bar"),
        ("capture", "--terminal", "bar"),
    )
    lines = [line for command in commands for line in shop.run(*command).out.splitlines()]
    assert [line for line in lines if len(line) > 80 and str(shop.folder) not in line] == []


def test_texts_of_others_cannot_steer_the_console() -> None:
    """Control characters are shown as question marks, line breaks in a paragraph as blanks."""
    assert plain("a\x1b[31mb\x9bc\td") == "a?[31mb?c?d"
    assert paragraph("one\ntwo\x1b", first="> ") == "> one two?"


def test_names_to_be_copied_are_not_broken() -> None:
    """A long path stays in one piece, on a line of its own."""
    path = "/" + "long-folder/" * 10
    assert path in paragraph(f"the journal is at {path} and well").splitlines()


def test_commands_to_be_copied_are_not_broken() -> None:
    """A command that fits into a line is in one; a longer one is wrapped like any text."""
    fitting, longer = "`tillproof resolve bill-1042 --outcome approved --by NAME`.", f"`tillproof show {'a ' * 40}b`"
    assert fitting in paragraph(f"words that stand before the command: {fitting}", first="  ").splitlines()[1]
    assert max(map(len, paragraph(longer).splitlines())) <= WIDTH


def test_last_column_moves_to_its_own_line() -> None:
    """Where it does not fit, and only there."""
    long = "x" * 75
    assert table([("a", "b", "short"), ("aaa", "b", long)], indent=0) == ["a    b  short", "aaa  b", "    " + long]


def test_heavy_libraries_are_loaded_by_the_commands_that_need_them() -> None:
    """The help is there at once: importing the command line imports none of the house."""
    heavy = ("requests", "sqlite_utils", "rich", "structlog", "engine", "tillproof", "tools.simulator")
    script = f"import sys, tools.cli; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout == "[]\n"
