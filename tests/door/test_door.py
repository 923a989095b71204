"""The door as a POS developer uses it."""

from __future__ import annotations

import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import tillproof
from tests.door.conftest import KEYS, Configure, Serve
from tillproof import Approved, Evidence, NotPerformed


def test_a_payment_over_real_http_is_approved_once(serve: Serve, configure: Configure) -> None:
    """The README's example; and the same reference again, also from a new process's till, is the same outcome."""
    server = serve()
    config = configure(server)
    with tillproof.open(config) as till:
        outcome = till.pay("125.00", "NOK", terminal="bar", reference="bill-1042")
        assert isinstance(outcome, Approved)
        assert (outcome.evidence, outcome.receipt_number) == (Evidence.REPLY, "000001")
        assert till.pay("125.00", "NOK", terminal="bar", reference="bill-1042") == outcome
    with tillproof.open(config) as till:
        assert till.pay("125.00", "NOK", terminal="bar", reference="bill-1042") == outcome
        assert till.outcome_of("bill-1042") == outcome
        assert till.verify().breaks == ()
    assert server.approvals == 1


def test_every_kind_goes_through_the_door(serve: Serve, configure: Configure) -> None:
    """Pay, reverse, refund and capture, and what the device says of itself."""
    with tillproof.open(configure(serve())) as till:
        receipt = till.pay("10.00", "NOK", terminal="bar", reference="a").receipt_number
        assert receipt is not None
        outcomes = [
            till.reverse(receipt, terminal="bar", reference="b"),
            till.refund("5.00", "NOK", terminal="bar", reference="c"),
            till.capture(terminal="bar"),
        ]
        assert [outcome.word for outcome in outcomes] == ["approved"] * 3
        assert outcomes[2].reference.startswith("capture-bar-")
        assert till.device("bar")["apiVersion"].startswith("2.2")
        assert [operation.order.kind for operation in till.newest(9)] == ["capture", "refund", "reversal", "payment"]


@pytest.mark.parametrize(
    ("fault", "word", "evidence"),
    [
        ("lost_before_processing", "not_performed", Evidence.FENCED_ABSENCE),
        ("lost_after_processing", "approved", Evidence.LATEST_SLOT),
        ("dropped_while_paying", "approved", Evidence.LATEST_SLOT),
        ("reset_mid_body", "approved", Evidence.LATEST_SLOT),
        ("truncated", "approved", Evidence.LATEST_SLOT),
        ("cut_in_headers", "approved", Evidence.LATEST_SLOT),
        ("garbage", "approved", Evidence.LATEST_SLOT),
        ("wrong_hash", "approved", Evidence.LATEST_SLOT),
        ("missing_hash", "approved", Evidence.LATEST_SLOT),
        ("html_error", "approved", Evidence.LATEST_SLOT),
        ("ok_without_outcome", "approved", Evidence.LATEST_SLOT),
        ("unknown_outcome", "approved", Evidence.LATEST_SLOT),
        ("delivered_late", "not_performed", Evidence.FENCED_ABSENCE),
        ("delivered_twice", "approved", Evidence.LATEST_SLOT),
        ("busy", "not_performed", Evidence.AUTHENTIC_REFUSAL),
    ],
)
def test_every_fault_of_the_line_ends_in_the_truth(
    serve: Serve, configure: Configure, fault: str, word: str, evidence: Evidence
) -> None:
    """Over real sockets, within the call: the outcome is what the ledger says, on evidence that is named."""
    server = serve("none", fault)
    with tillproof.open(configure(server)) as till:
        till.pay("1.00", "NOK", terminal="bar", reference="before")
        outcome = till.pay("2.00", "NOK", terminal="bar", reference="bill")
        assert (outcome.word, outcome.evidence) == (word, evidence)
        assert till.recover().findings == ()
    assert server.approvals == 1 + (word == "approved")


def test_four_terminals_at_once_share_one_till(serve: Serve, configure: Configure, tmp_path: Path) -> None:
    """Threads pay on lanes of their own, and none waits for another's guest."""
    servers = {name: serve(name=name, takes_s=0.2) for name in ("a", "b", "c", "d")}
    config = configure(servers["a"])
    for name in ("b", "c", "d"):
        text = config.read_text("utf-8")
        more = text[text.index("[terminals.a]") :].split("[terminals", 2)[1]
        table = "[terminals" + more.replace(".a]", f".{name}]").replace(str(servers["a"].port), str(servers[name].port))
        config.write_text(text + "\n" + table, encoding="utf-8")
    with tillproof.open(config) as till, ThreadPoolExecutor(8) as pool:
        began = time.monotonic()
        outcomes = list(
            pool.map(lambda n: till.pay("1.00", "NOK", terminal="abcd"[n % 4], reference=f"bill-{n}"), range(8))
        )
        took = time.monotonic() - began
        assert till.verify().breaks == ()
    assert {outcome.word for outcome in outcomes} == {"approved"}
    assert [server.approvals for server in servers.values()] == [2, 2, 2, 2]
    assert took < 8 * 0.2
    assert (tmp_path / "journal").is_dir()


def test_a_terminal_that_is_not_there_is_told_in_one_sentence(serve: Serve, configure: Configure) -> None:
    """The cable is out: not performed, nothing left, and the sentence says what to check."""
    server = serve()
    config = configure(server)
    server.stop()
    with tillproof.open(config) as till:
        outcome = till.pay("1.00", "NOK", terminal="bar", reference="bill")
    assert isinstance(outcome, NotPerformed)
    assert outcome.evidence is Evidence.NOTHING_LEFT
    assert outcome.reason.startswith("nothing was sent: no connection to 127.0.0.1:")
    assert outcome.reason.endswith("is the terminal on, is its cable in, is url right?")


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("TILLPROOF_SECRET_KEY", "is the secret key of this terminal right?"),
        ("TILLPROOF_INTEGRATION_KEY", "check the integration key"),
    ],
)
def test_a_wrong_key_stops_before_the_order_and_is_asked_once(
    serve: Serve, configure: Configure, monkeypatch: pytest.MonkeyPatch, variable: str, words: str
) -> None:
    """A wrong key blocks a terminal, so it is heard once, by a question; the order never leaves."""
    server = serve()
    monkeypatch.setenv(variable, "wrong")
    with tillproof.open(configure(server)) as till:
        outcome = till.pay("1.00", "NOK", terminal="bar", reference="bill")
    assert (outcome.word, outcome.evidence) == ("not_performed", Evidence.NOTHING_LEFT)
    assert words in outcome.reason
    assert [(row.method, row.status) for row in server.terminal.log.rows] == [("GET", 401)]


def test_a_terminal_that_dies_in_mid_payment_leaves_a_doubt_for_a_person(serve: Serve, configure: Configure) -> None:
    """The terminal was switched off with the guest's card in it and came back without memory."""
    server = serve(takes_s=30)
    config = configure(server)
    with tillproof.open(config) as till:
        result: list[tillproof.Outcome] = []
        paying = threading.Thread(
            target=lambda: result.append(till.pay("1.00", "NOK", terminal="bar", reference="bill", patience_s=0.2))
        )
        paying.start()
        deadline = time.monotonic() + 10
        while server.terminal.operations.running is None and time.monotonic() < deadline:
            threading.Event().wait(0.01)
        server.stop()
        paying.join(timeout=20)
        assert [outcome.word for outcome in result] == ["in_doubt"]
        with pytest.raises(tillproof.TerminalUnsettled, match="'bill' is not settled"):
            till.pay("2.00", "NOK", terminal="bar", reference="next")
    with tillproof.open(config) as till:
        assert [found.row for found in till.recover().unsettled] == ["silent, left"]
        assert [outcome.reference for outcome in till.unsettled()] == ["bill"]


def test_nobody_but_the_owner_can_read_what_was_written(serve: Serve, configure: Configure, tmp_path: Path) -> None:
    """The journal, its log, its side files and its folder are private, whatever the umask says."""
    with tillproof.open(configure(serve())) as till:
        till.pay("1.00", "NOK", terminal="bar", reference="bill")
        folder = tmp_path / "journal"
        files = [folder, *folder.rglob("*")]
        open_to_others = [file.name for file in files if stat.S_IMODE(file.stat().st_mode) & 0o077]
    assert len(files) > 4
    assert open_to_others == []


def test_no_key_is_ever_written_down(
    serve: Serve, configure: Configure, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither journal, nor log lines, nor any repr holds a key, over answers, faults and refusals."""
    server = serve("none", "wrong_hash", "html_error", "busy")
    with tillproof.open(configure(server)) as till:
        for number in range(4):
            till.pay("1.00", "NOK", terminal="bar", reference=f"bill-{number}")
        shown = repr(till.settings) + repr(till.newest(9)) + repr(list(till.facts_of("bill-1")))
    written = b"".join(file.read_bytes() for file in (tmp_path / "journal").rglob("*") if file.is_file())
    out, err = capfd.readouterr()
    assert b"bill-3" in written
    for key in KEYS.values():
        assert key.encode() not in written
        assert key not in shown + out + err


def test_records_can_be_read_beside_a_running_till(serve: Serve, configure: Configure) -> None:
    """Looking things up needs no right to write and disturbs nobody."""
    config = configure(serve())
    with pytest.raises(tillproof.JournalRefused, match="does not exist"):
        tillproof.open_records(config)
    with tillproof.open(config) as till:
        till.pay("1.00", "NOK", terminal="bar", reference="bill")
        with tillproof.open_records(config) as records:
            assert records.outcome_of("bill").word == "approved"
            assert records.operation("bill").order.reference == "bill"
            assert records.unsettled() == []
            assert records.verify().breaks == ()
        with pytest.raises(tillproof.UnknownReference, match="no operation is called 'nothing'"):
            till.outcome_of("nothing")


def test_a_ruling_goes_through_the_door(serve: Serve, configure: Configure) -> None:
    """What a person decides is an outcome with a name and a reason; a word that is no ruling is refused."""
    server = serve("reboot_mid_operation")
    with tillproof.open(configure(server)) as till:
        till.pay("1.00", "NOK", terminal="bar", reference="first")
        with pytest.raises(tillproof.BadInput, match="give approved, declined, cancelled or not_performed"):
            till.resolve("first", "paid", by="Kim", reason="slip")
        assert till.settle("first", patience_s=0.1).word in {"in_doubt", "not_performed"}


def test_without_a_logging_configuration_stdout_stays_the_programs_own(
    serve: Serve, configure: Configure, capfd: pytest.CaptureFixture[str]
) -> None:
    """A POS may print slips there; until somebody configures structlog, events go to the standard library's logger."""
    with tillproof.open(configure(serve("none", "lost_after_processing"))) as till:
        till.pay("1.00", "NOK", terminal="bar", reference="a")
        till.pay("1.00", "NOK", terminal="bar", reference="b")
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("patience", ["3", float("nan"), float("inf"), -1, True])
def test_a_patience_that_is_no_number_of_seconds_is_refused(
    serve: Serve, configure: Configure, patience: object
) -> None:
    """A wait that never ends, or never begins, is nobody's wish."""
    with tillproof.open(configure(serve())) as till, pytest.raises(tillproof.BadInput, match=r"^patience_s: "):
        till.pay("1.00", "NOK", terminal="bar", reference="a", patience_s=patience)  # type: ignore[arg-type]


def test_an_emptied_journal_is_not_taken_for_a_new_one(serve: Serve, configure: Configure) -> None:
    """A restore that left nothing: the side folder knows better, and nothing is charged a second time."""
    server = serve()
    config = configure(server)
    with tillproof.open(config) as till:
        till.pay("1.00", "NOK", terminal="bar", reference="bill")
    (config.parent / "journal" / "tillproof.db").write_bytes(b"")
    for opening in (tillproof.open, tillproof.open_records):
        with pytest.raises(tillproof.JournalRefused):
            opening(config)
    assert server.approvals == 1


def test_an_older_copy_is_refused_by_those_who_only_look(serve: Serve, configure: Configure) -> None:
    """A monitor must not be green over yesterday's journal; only a verification may open it."""
    config = configure(serve())
    journal = config.parent / "journal" / "tillproof.db"
    with tillproof.open(config) as till:
        till.pay("1.00", "NOK", terminal="bar", reference="a")
    yesterday = journal.read_bytes()
    with tillproof.open(config) as till:
        till.pay("1.00", "NOK", terminal="bar", reference="b")
    journal.write_bytes(yesterday)
    with pytest.raises(tillproof.JournalRefused, match="an older copy was put back"):
        tillproof.open_records(config)
    with tillproof.open_records(config, unverified=True) as records:
        assert records.verify().breaks


def test_an_open_till_backs_its_journal_up(serve: Serve, configure: Configure, tmp_path: Path) -> None:
    """From the program itself, between two payments: the copy holds the first one, and the till goes on."""
    with tillproof.open(configure(serve())) as till:
        till.pay("1.00", "NOK", terminal="bar", reference="bill-1")
        made = till.back_up(tmp_path / "copy.db")
        assert (made.head, made.breaks) == (till.head().digest, ())
        assert till.pay("1.00", "NOK", terminal="bar", reference="bill-2").word == "approved"
