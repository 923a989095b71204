"""Status, show and the journal's commands: they ask no terminal, change nothing, and read well."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

import tillproof
from journal import sqlite_report
from tests.cli.shop import Shop
from tools.cli.paper import WIDTH
from tools.cli.sums import amount_text
from tools.cli.times import age


def test_status_before_the_first_operation_ends_with_0(shop: Shop) -> None:
    """Without a journal there is nothing unsettled; it is said, and none is made."""
    status, as_json = shop.run("status"), shop.run("--json", "status")
    assert status.code == 0
    assert "not there yet: the first operation makes it" in status.out
    assert as_json.json["journal"] == {
        "path": str(shop.journal),
        "exists": False,
        "facts": 0,
        "head": None,
        "log_bytes": 0,
    }
    assert not shop.journal.exists()


def test_status_names_terminals_and_journal(shop: Shop) -> None:
    """With everything settled it ends with 0 and tells where everything is."""
    shop.pay()
    status = shop.run("status", "--json")
    assert status.code == 0
    (terminal,) = status.json["terminals"]
    assert {key: terminal[key] for key in ("name", "url", "api", "mode")} == {
        "name": "bar",
        "url": f"http://127.0.0.1:{shop.server.port}/api/v2",
        "api": "2.2",
        "mode": "sync",
    }
    assert status.json["journal"]["facts"] == 3
    assert len(status.json["journal"]["head"]) == 64
    assert (status.json["unsettled"], status.json["in_doubt"]) == ([], [])
    assert "unsettled\n  nothing\n" in shop.run("status").out


def test_status_tells_of_a_log_that_has_grown(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that reads one moment for hours keeps it from being cut back; nobody else would notice."""
    shop.pay()
    assert (shop.run("status", "--json").json["journal"]["log_bytes"], "Its log" in shop.run("status").out) == (
        0,
        False,
    )
    monkeypatch.setattr("journal.log_bytes", lambda _: 412 * 1024 * 1024)
    assert shop.run("status", "--json").json["journal"]["log_bytes"] == 412 * 1024 * 1024
    assert "  !!! Its log has grown to 412 MiB, because some program has been reading the\n" in shop.run("status").out


def test_status_tells_the_mode_and_why(shop: Shop) -> None:
    """A terminal whose mode follows its link says what it follows now."""
    shop.configure(shop.terminal() + 'mode = "auto"\n')
    shop.faults("none", "lost_after_processing", "lost_after_processing")
    for number in range(3):
        shop.pay("--reference", f"bill-{number}")
    (terminal,) = shop.run("status", "--json").json["terminals"]
    assert (terminal["mode"], "lost their reply" in terminal["mode_reason"]) == ("async", True)
    assert "    mode     async: " in shop.run("status").out


def test_status_tells_when_the_day_has_to_be_closed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that closes it; it is no reason for a monitor to call anybody yet."""
    shop.pay()
    since = shop.run("show", "bill-1042", "--json").json["opened_at"]
    (terminal,) = shop.run("status", "--json").json["terminals"]
    assert (terminal["capture"]["due"], terminal["capture"]["since"]) == (False, since)
    assert "    capture  not due: " in shop.run("status").out
    due = tillproof.DueCapture(due=True, since=since, reason="the session began 23.5 hours ago")
    monkeypatch.setattr(tillproof.Records, "capture_due", lambda *_: due)
    status = shop.run("status")
    assert status.code == 0
    told = " ".join(status.out.split())
    assert "DUE: the session began 23.5 hours ago. Run `tillproof capture --terminal bar`" in told


def test_status_ends_with_30_and_counts_the_money_in_doubt(shop: Shop) -> None:
    """It names each unsettled operation, its age and reason, and the sum for each currency."""
    shop.in_doubt()
    status, text = shop.run("status", "--json"), shop.run("status")
    assert (status.code, text.code) == (30, 30)
    assert status.json["in_doubt"] == [{"currency": "NOK", "kind": "payment", "amount_minor": 12500, "operations": 1}]
    (unsettled,) = status.json["unsettled"]
    assert (unsettled["reference"], unsettled["outcome"], unsettled["state"]) == ("bill-1042", "in_doubt", "lost")
    assert 0 <= unsettled["age_s"] < 60
    assert unsettled["reason"]
    assert "money in doubt\n  125.00 NOK in 1 payment\n" in text.out


def test_status_works_beside_a_running_till(shop: Shop) -> None:
    """A monitor may ask while a guest is paying."""
    shop.guest("Approved", takes_s=1.0)
    with shop.start("pay", "--terminal", "bar", "--amount", "9", "--currency", "NOK", "--reference", "one") as paying:
        shop.wait_until_running()
        status = shop.run("status")
        paying.communicate(timeout=60)
    assert status.code == 30
    assert "IN DOUBT: one\n" in status.out
    assert paying.returncode == 0


def test_sum_may_be_more_than_a_terminal_can_take() -> None:
    """A sum of many bills is text with the currency's own decimals."""
    told = [amount_text(5_000_000_000, "NOK"), amount_text(7, "JPY"), amount_text(1_001, "KWD")]
    assert told == ["50000000.00 NOK", "7 JPY", "1.001 KWD"]


def test_ages_are_told_in_the_unit_that_counts() -> None:
    """Seconds, minutes, hours, days."""
    assert [age(5), age(61), age(7_500), age(90_000), age(400_000)] == ["5 s", "1 min", "2 h 05 min", "1 day", "4 days"]


def test_show_tells_a_payment_as_a_story(shop: Shop) -> None:
    """What we took on, that it was about to leave, what the terminal said, what became of it."""
    shop.pay()
    shown = shop.run("show", "bill-1042")
    told = " ".join(shown.out.split())
    assert shown.code == 0
    assert shown.out.startswith("bill-1042: payment of 125.00 NOK on bar\nid ")
    assert "we took it on: payment of 125.00 NOK on bar, bill-1042" in told
    assert "the order was about to leave in sync mode, stamped " in told
    assert "the terminal's memory of payments showed no earlier one" in told
    assert "answer: approved, " in told
    assert "receipt 000001 - evidence: the terminal's authentic reply to the order itself" in told
    assert told.endswith("do now The guest has paid.")


def test_show_names_what_the_memory_held(shop: Shop) -> None:
    """The operation before ours is named by its reference, somebody else's as not ours."""
    shop.pay("--reference", "bill-1041")
    shop.pay()
    shop.another_till_pays()
    shop.pay("--reference", "bill-1043")
    ours, others = shop.run("show", "bill-1042").out, shop.run("show", "bill-1043").out
    assert "memory of payments showed bill-1041" in " ".join(ours.split())
    assert "memory of payments showed one that is not ours" in " ".join(others.split())


def test_show_names_the_row_that_decided(shop: Shop) -> None:
    """A settled doubt is told with its evidence and the row of the table, and ends with its exit code."""
    shop.in_doubt()
    assert shop.run("show", "bill-1042").code == 30
    shop.run("recover")
    shown = shop.run("show", "bill-1042")
    told = " ".join(shown.out.split())
    assert shown.code == 0
    assert "we lost track of it: " in told
    assert "found in the terminal's memory: approved, " in told
    assert 'decided by the row "found" of the table (adopt)' in told


def test_show_ends_with_30_while_an_alarm_is_open(shop: Shop) -> None:
    """The alarm stands in the story and again at its end."""
    shop.late_success()
    shop.run("recover")
    shown = shop.run("show", "bill-1042")
    assert shown.code == 30
    assert "Kari ruled that it is not performed: guest left" in " ".join(shown.out.split())
    assert "  ALARM. LATE SUCCESS: " in shown.out
    assert "\n  !!! LATE SUCCESS: " in shown.out


def test_show_as_json_has_the_raw_facts(shop: Shop) -> None:
    """One document with outcome, story and facts, by id as well as by reference."""
    paid = shop.pay().json
    shown = shop.run("show", paid["operation_id"], "--json").json
    assert {key: shown[key] for key in paid} == paid
    assert shown["state"] == "approved"
    assert [fact["kind"] for fact in shown["facts"]] == ["Intended", "Dispatched", "Answered"]
    assert [fact["seq"] for fact in shown["facts"]] == [chapter["seq"] for chapter in shown["story"]]
    assert shown["facts"][0]["body"]["amount_minor"] == 12500


def test_journal_lists_the_newest_first(shop: Shop) -> None:
    """The limit counts from the youngest; a reference that does not fit has a line of its own."""
    shop.pay()
    shop.pay("--reference", "x" * 64)
    listed, one = shop.run("journal", "list"), shop.run("journal", "list", "--limit", "1", "--json")
    assert (listed.code, one.code) == (0, 0)
    assert [line.split()[-1] for line in listed.out.splitlines()][-1] == "bill-1042"
    assert [row["reference"] for row in one.json["operations"]] == ["x" * 64]
    assert max(map(len, listed.out.splitlines())) <= WIDTH


def test_journal_lists_what_is_unsettled(shop: Shop) -> None:
    """Everything else is left out."""
    shop.pay("--reference", "bill-1041")
    none = shop.run("journal", "list", "--unsettled")
    shop.in_doubt()
    some = shop.run("journal", "list", "--unsettled", "--json")
    assert none.out == "There is none.\n"
    assert [row["reference"] for row in some.json["operations"]] == ["bill-1042"]


def test_verify_ends_with_0_when_everything_fits(shop: Shop) -> None:
    """It tells how many facts there are and the digest of the last."""
    shop.pay()
    verified = shop.run("journal", "verify", "--json")
    assert (verified.code, verified.json["facts"], verified.json["breaks"]) == (0, 3, [])
    assert shop.run("journal", "verify").out.startswith("The journal fits together.\n")


def test_status_and_verify_tell_the_sqlite_and_whether_it_has_the_bug(shop: Shop) -> None:
    """Version, bug, and what protects: a person can know without reading our documents."""
    shop.pay()
    told = {"version": sqlite3.sqlite_version, "wal_reset_bug": sqlite_report().wal_reset_bug}
    assert shop.run("journal", "verify", "--json").json["sqlite"] == told
    assert shop.run("status", "--json").json["sqlite"] == told
    protects = "writer lock keeps it out" in " ".join(shop.run("status").out.split())
    assert protects is sqlite_report().wal_reset_bug
    assert f"SQLite  {sqlite3.sqlite_version}" in shop.run("journal", "verify").out


def test_backup_is_a_journal_that_verifies(shop: Shop) -> None:
    """A copy for another disk, told with its head; the same name a second time is refused."""
    shop.pay()
    copy = shop.journal.with_name("copy.db")
    made = shop.run("journal", "backup", str(copy), "--json")
    assert (made.code, made.json["facts"], made.json["backup"]) == (0, 3, str(copy))
    assert made.json["head"] == shop.run("journal", "verify", "--json").json["head"]
    again = shop.run("journal", "backup", str(copy))
    assert (again.code, "exists already" in again.told) == (1, True)
    assert "the copy fits together" in shop.run("journal", "backup", str(copy) + "-2").out


def test_backup_of_no_journal_is_a_question_of_usage(shop: Shop) -> None:
    """There is nothing to copy before the first operation, and nothing is made."""
    copy = shop.journal.with_name("copy.db")
    assert shop.run("journal", "backup", str(copy)).code == 2
    assert not copy.exists()


def test_verify_ends_with_1_when_somebody_changed_a_fact(shop: Shop) -> None:
    """A changed amount is found and named, and nobody is told to delete anything."""
    shop.pay()
    with closing(sqlite3.connect(shop.journal)) as connection, connection:
        connection.execute("DROP TRIGGER facts_are_never_changed")
        connection.execute("UPDATE facts SET body = replace(body, '12500', '1') WHERE seq = 1")
    verified = shop.run("journal", "verify")
    assert verified.code == 1
    assert verified.out.startswith("The journal does NOT fit together")
    assert "  !!! " in verified.out


def test_device_tells_who_it_is(shop: Shop) -> None:
    """The safe test of address and keys moves no money."""
    asked, as_json = shop.run("device", "--terminal", "bar"), shop.run("device", "--terminal", "bar", "--json")
    assert (asked.code, as_json.code) == (0, 0)
    assert asked.out.startswith("bar answers, and our keys are right.\n")
    assert as_json.json["device"]["apiVersion"] == "2.2"
    assert shop.ledger() == []


def test_device_warns_of_what_the_configuration_does_not_say(shop: Shop) -> None:
    """A terminal of another release is used under wrong assumptions, so the difference is named."""
    well = shop.run("device", "--terminal", "bar", "--json")
    shop.configure(shop.terminal().replace('api = "2.2"', 'api = "2.1"'))
    text, document = shop.run("device", "--terminal", "bar"), shop.run("device", "--terminal", "bar", "--json")
    assert (well.code, text.code, document.code) == (0, 0, 0)
    assert well.json["differences"] == []
    (difference,) = document.json["differences"]
    assert "2.1" in difference
    assert "\nwarning: " in text.out


def test_backup_into_a_folder_that_there_is_not_is_refused(shop: Shop) -> None:
    """A stick that is not plugged in: the folder is named, and nothing is made."""
    shop.pay()
    refused = shop.run("journal", "backup", str(shop.folder / "stick" / "copy.db"))
    assert refused.code == 2
    assert "make it, or name a file elsewhere" in refused.told
    assert not (shop.folder / "stick").exists()
