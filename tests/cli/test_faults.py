"""Whatever goes wrong: one sentence that says what to do, the right exit code, no secret and no traceback."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest
from click.testing import CliRunner

import tillproof
from engine import OPERATIONS, SystemClock
from journal import Draft, Fact, NotStored, open_journal
from tests.cli.shop import BILL, SECRET_KEY, Shop
from tools.cli import main

READING = (("show", "bill-1042"), ("receipt", "bill-1042"), ("journal", "list"), ("journal", "verify"))
SETTLING = (
    ("settle", "bill-1042"),
    ("abort", "bill-1042"),
    ("resolve", "bill-1042", "--outcome", "approved", "--by", "Kari", "--reason", "list"),
)


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port on which nobody listens."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_missing_configuration_ends_with_2(shop: Shop) -> None:
    """The sentence names the file and how to name another."""
    shop.config.unlink()
    refused = shop.pay()
    assert (refused.code, refused.json["error"]["kind"]) == (2, "BadInput")
    assert "-c or TILLPROOF_CONFIG" in refused.json["error"]["message"]


def test_unknown_key_in_the_configuration_ends_with_2(shop: Shop) -> None:
    """A misspelt setting is named, together with the right one."""
    shop.configure(shop.terminal().replace("patience_s", "patence_s"))
    refused = shop.run("status")
    assert refused.code == 2
    assert "unknown key 'terminals.bar.patence_s'" in refused.told
    assert "did you mean 'patience_s'?" in refused.told


def test_key_pasted_into_the_configuration_is_not_printed(shop: Shop) -> None:
    """Whoever pastes a key where the name of a variable belongs is told so, without the key."""
    shop.configure(shop.terminal().replace("SHOP_SECRET_KEY", SECRET_KEY))
    assert shop.pay().code == 2


def test_missing_secret_ends_with_2_and_nothing_is_sent(shop: Shop) -> None:
    """A terminal that hears a wrong key is blocked, so without a key nothing leaves."""
    shop.environment["SHOP_SECRET_KEY"] = ""
    refused = shop.pay()
    assert refused.code == 2
    assert "set SHOP_SECRET_KEY" in refused.json["error"]["message"]


def test_wrong_secret_is_named_as_such(shop: Shop) -> None:
    """With a wrong secret key nothing is charged, and the sentence says which key to look at."""
    shop.environment["SHOP_SECRET_KEY"] = "wrong-secret-key"
    refused, asked = shop.run("pay", *BILL), shop.run("device", "--terminal", "bar")
    assert (refused.code, asked.code) == (20, 1)
    assert "is the secret key of this terminal right?" in " ".join(refused.out.split())
    assert "is the secret key of this terminal right?" in asked.told
    assert "wrong-secret-key" not in refused.out + refused.err + asked.out + asked.err
    assert shop.ledger() == []


def test_wrong_integration_key_is_named_as_such(shop: Shop) -> None:
    """With a wrong integration key nothing is charged, and the sentence warns of trying others."""
    shop.environment["SHOP_INTEGRATION_KEY"] = "wrong-integration-key"
    refused = shop.run("pay", *BILL)
    assert refused.code == 20
    assert "check the integration key" in " ".join(refused.out.split())
    assert "wrong-integration-key" not in refused.out + refused.err
    assert shop.ledger() == []


def test_terminal_that_is_down_ends_with_20(shop: Shop, silent_port: int) -> None:
    """A refused connection is proof: it did not happen."""
    shop.configure(shop.terminal(port=silent_port))
    refused, asked = shop.pay(), shop.run("device", "--terminal", "bar", "--json")
    assert (refused.code, refused.json["outcome"], refused.json["evidence"]) == (20, "not_performed", "nothing_left")
    assert (asked.code, asked.json["error"]["kind"]) == (1, "NotDelivered")


@pytest.mark.parametrize("fault", ["html_error", "ok_without_outcome", "wrong_hash", "missing_hash", "truncated"])
def test_reply_that_is_none_is_looked_up_and_never_taken_for_a_no(shop: Shop, fault: str) -> None:
    """The guest has paid, the reply is worthless; the terminal's memory tells, and nobody is charged twice."""
    shop.faults(fault)
    paid = shop.pay()
    assert (paid.code, paid.json["outcome"], paid.json["evidence"]) == (0, "approved", "latest_slot")
    assert len(shop.ledger()) == 1


def test_html_page_is_named_as_such(shop: Shop) -> None:
    """An address that leads to a router is recognised by what comes back."""
    shop.faults(questions=["html_error"])
    asked = shop.run("device", "--terminal", "bar")
    assert asked.code == 1
    assert "is url the terminal" in asked.told


@pytest.mark.parametrize("command", [*READING, *SETTLING])
def test_missing_journal_ends_with_2_and_makes_none(shop: Shop, command: tuple[str, ...]) -> None:
    """Where a journal is needed, a mistyped path must not make an empty one."""
    refused = shop.run(*command, "--json")
    assert (refused.code, refused.json["error"]["kind"]) == (2, "JournalRefused")
    assert not shop.journal.exists()


@pytest.mark.parametrize(
    "command",
    [
        ("show", "bill-7"),
        ("receipt", "bill-7"),
        ("settle", "bill-7"),
        ("abort", "bill-7"),
        ("resolve", "bill-7", *SETTLING[-1][2:]),
    ],
)
def test_unknown_reference_ends_with_2(shop: Shop, command: tuple[str, ...]) -> None:
    """The sentence says where the names are."""
    shop.pay()
    refused = shop.run(*command, "--json")
    assert (refused.code, refused.json["error"]["kind"]) == (2, "UnknownReference")
    assert "tillproof journal list" in refused.json["error"]["message"]


def test_file_that_is_no_journal_ends_with_1(shop: Shop) -> None:
    """A file that cannot be trusted with money is refused, and nothing is sent."""
    shop.journal.write_bytes(b"this is no database at all" * 100)
    refused = shop.pay()
    assert (refused.code, refused.json["error"]["kind"]) == (1, "JournalRefused")
    assert shop.ledger() == []


def test_occupied_terminal_ends_with_20(shop: Shop) -> None:
    """While another till holds the terminal nothing is sent, and the sentence says to wait."""
    shop.pay()
    other = open_journal(shop.journal, projection=OPERATIONS, now=SystemClock().now)
    with closing(other), other.lane("bar", wait_s=0):
        refused = shop.pay("--reference", "bill-1043", "--patience", "0")
    assert (refused.code, refused.json["error"]["kind"]) == (20, "TerminalOccupied")
    assert len(shop.ledger()) == 1


def test_unsettled_terminal_ends_with_30_and_names_what_is_in_the_way(shop: Shop) -> None:
    """A new payment would erase the only proof of the last one, so nothing is sent."""
    shop.configure(shop.terminal(patience_s=1).replace("patience_s = 1", "patience_s = 0.1"))
    shop.in_doubt()
    refused = shop.pay("--reference", "bill-1043")
    assert (refused.code, refused.json["error"]["kind"]) == (30, "TerminalUnsettled")
    assert refused.json["error"]["operation"]["reference"] == "bill-1042"
    shop.wait_until_idle()
    assert len(shop.ledger()) == 1


def fail_appends(shop: Shop, monkeypatch: pytest.MonkeyPatch, *, of_last_resort: bool) -> None:
    """From now on the journal takes no answers, or no intents."""
    kind = opened_once(shop)
    append = kind.append

    def failing(journal: Any, drafts: Sequence[Draft], *, last_resort: bool = False) -> tuple[Fact, ...]:
        if last_resort is of_last_resort:
            raise NotStored("the disk is full")
        facts: tuple[Fact, ...] = append(journal, drafts, last_resort=last_resort)
        return facts

    monkeypatch.setattr(kind, "append", failing)


def opened_once(shop: Shop) -> Any:
    """The class of a journal in a file."""
    journal = open_journal(shop.journal, projection=OPERATIONS, now=SystemClock().now)
    journal.close()
    return type(journal)


def test_answer_that_could_not_be_stored_ends_with_1_and_is_told(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk does not take the answer, the caller still hears it, and hears not to charge again."""
    fail_appends(shop, monkeypatch, of_last_resort=True)
    paid = shop.pay()
    assert (paid.code, paid.json["error"]["kind"]) == (1, "AnswerNotStored")
    assert paid.json["error"]["operation"]["outcome"] == "approved"
    assert "Do not charge again" in paid.json["error"]["message"]


def test_intent_that_could_not_be_stored_ends_with_1_and_nothing_is_sent(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a written intent no order leaves."""
    fail_appends(shop, monkeypatch, of_last_resort=False)
    refused = shop.pay()
    assert (refused.code, refused.json["error"]["kind"]) == (1, "NothingSent")
    assert shop.ledger() == []


@pytest.mark.parametrize("fault", [KeyError(SECRET_KEY), RuntimeError(SECRET_KEY), MemoryError()])
def test_fault_of_ours_ends_with_1_and_says_so(shop: Shop, monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    """What nobody foresaw is named by its class alone, because its text may hold a key; the bill stays guarded."""

    def broken(_: object) -> None:
        raise fault

    monkeypatch.setattr(tillproof, "open", broken)
    failed = shop.pay()
    kind = type(fault).__name__
    assert (failed.code, failed.json["error"]["kind"]) == (1, kind)
    assert failed.json["error"]["message"].startswith(f"this is a fault of ours ({kind})")
    assert "do not charge again; `tillproof recover`" in failed.json["error"]["message"]


def test_debug_variable_shows_the_traceback(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """With TILLPROOF_DEBUG=1, and only then, the details are on stderr."""

    def broken(_: object) -> None:
        raise KeyError("the detail")

    monkeypatch.setattr(tillproof, "open", broken)
    result = CliRunner().invoke(main, ["pay", *BILL], env={**shop.environment, "TILLPROOF_DEBUG": "1"})
    assert result.exit_code == 1
    assert "Traceback" in result.stderr
    assert "the detail" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("pya",),
        ("pay",),
        ("pay", "--amount"),
        ("status", "--jsn"),
        ("resolve", "bill-1042", "--outcome", "paid", "--by", "x", "--reason", "y"),
        ("journal", "list", "--limit", "0"),
        ("show",),
    ],
)
def test_wrong_usage_ends_with_2(shop: Shop, arguments: tuple[str, ...]) -> None:
    """Wrong usage is explained on stderr; with --json there is a document as well, wherever the parser stopped."""
    plain, as_json = shop.run(*arguments), shop.run(*arguments, "--json") if arguments else None
    assert (plain.code, plain.out) == (2, "")
    assert plain.err
    if as_json is not None and arguments != ("pay", "--amount"):
        assert as_json.code == 2
        assert set(as_json.json["error"]) == {"kind", "message"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("resolve", "bill-1042", "--outcome", "paid", "--by", "x", "--reason", "y"),
        ("resolve", "bill-1042"),
        ("pay", "--lang", "tlh"),
        ("status", f"--an-option-that-is-{'very-' * 9}long"),
        ("complete", "--terminal", "bar", "it is no operation id but the name that somebody gave to a bill"),
    ],
)
def test_wrong_usage_is_told_like_every_other_error(shop: Shop, arguments: tuple[str, ...]) -> None:
    """Wrapped at 80 columns, without tabs, behind the same word; and whose help to ask for."""
    lines = shop.run(*arguments).err.splitlines()
    assert [line for line in lines if len(line) > 80 or "\t" in line or "?" in line[1:-1]] == []
    assert lines[0].startswith(f"Usage: tillproof {arguments[0]} ")
    assert lines[1] == f"Try `tillproof {arguments[0]} --help`."
    assert lines[2].startswith("error: ")


def test_nothing_but_the_name_prints_the_help(shop: Shop) -> None:
    """As it is, and not as one long error."""
    assert shop.run().err == shop.run("--help").out


def test_unknown_level_of_the_log_ends_with_2(shop: Shop) -> None:
    """A level that does not exist is not silently another one."""
    shop.environment["TILLPROOF_LOG"] = "loud"
    refused = shop.run("status", "--json")
    assert refused.code == 2
    assert "debug, info, warning, error" in refused.json["error"]["message"]


def test_argument_that_is_no_text_ends_with_2(shop: Shop) -> None:
    """Bytes that are no text in the system's encoding never reach the journal."""
    refused = shop.pay("--reference", "bill-\udcff")
    assert (refused.code, refused.json["error"]["kind"]) == (2, "UsageError")
