"""Recover, settle, resolve: doubt ends in an answer or with a person, and late success is loud."""

from __future__ import annotations

import socket
from contextlib import closing

from tests.cli.shop import Shop


def words(text: str) -> str:
    """The text without its line breaks."""
    return " ".join(text.split())


def test_recover_with_nothing_to_do_ends_with_0(shop: Shop) -> None:
    """A till may run it at every start, also at the first."""
    recovered = shop.run("recover")
    assert (recovered.code, recovered.out) == (0, "Nothing was unsettled.\n")


def test_recover_settles_a_payment_in_doubt(shop: Shop) -> None:
    """What was in doubt is settled with the row of the table, evidence and reason, and charged once."""
    shop.in_doubt()
    recovered = shop.run("recover", "--json")
    assert recovered.code == 0
    (finding,) = recovered.json["findings"]
    assert (finding["reference"], finding["outcome"], finding["row"]) == ("bill-1042", "approved", "found")
    assert finding["evidence"] == "latest_slot"
    assert finding["because"]
    assert (recovered.json["settled"], recovered.json["unsettled"], recovered.json["unread"]) == (1, 0, {})
    assert len(shop.ledger()) == 1


def test_recover_says_verdict_evidence_and_what_to_do(shop: Shop) -> None:
    """For people the same is told in lines."""
    shop.in_doubt()
    recovered = shop.run("recover", "--terminal", "bar")
    assert recovered.code == 0
    assert "APPROVED: bill-1042\n" in recovered.out
    assert "verdict   found: the terminal shows it under our id\n" in recovered.out
    assert "evidence  the terminal's memory, which shows it under our id\n" in recovered.out
    assert "do now    The guest has paid.\n" in recovered.out
    assert recovered.out.endswith("1 settled, 0 still unsettled.\n")


def test_recover_ends_with_30_while_something_stays_unsettled(shop: Shop) -> None:
    """A guest who is still at the terminal stays in doubt, and is said to."""
    shop.configure(shop.terminal().replace("patience_s = 5", "patience_s = 0.1"))
    shop.in_doubt()
    recovered = shop.run("recover", "--json")
    assert recovered.code == 30
    assert recovered.json["findings"][0]["row"] == "not yet, left"


def test_recover_warns_of_a_terminal_that_it_could_not_read(shop: Shop) -> None:
    """A silent terminal is a warning, not a failure, when nothing of it is unsettled."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        shop.configure(shop.terminal(), shop.terminal("cellar", port=taken.getsockname()[1]))
        recovered, as_json = shop.run("recover"), shop.run("recover", "--json")
    assert recovered.code == 0
    assert words(recovered.out).startswith("warning: cellar: not read, so late success was not looked for: ")
    assert list(as_json.json["unread"]) == ["cellar"]


def test_recover_warns_of_what_the_terminal_did_and_the_journal_does_not_know(shop: Shop) -> None:
    """After an older copy of the journal was put back, a guest's payment must not be missing in silence."""
    shop.another_till_pays()
    recovered, as_json = shop.run("recover"), shop.run("recover", "--json")
    assert recovered.code == 0
    assert "warning: bar shows a payment (approved, receipt 000001) that is not in this" in recovered.out
    assert len(as_json.json["strangers"]) == 1


def test_recover_of_an_unknown_terminal_ends_with_2(shop: Shop) -> None:
    """A mistyped name is not a terminal without problems."""
    assert shop.run("recover", "--terminal", "attic").code == 2


def test_late_success_is_loud_and_ends_with_30_until_a_person_rules(shop: Shop) -> None:
    """Money that moved although it was on record as not moved is shouted, and stays open until somebody answers."""
    shop.late_success()
    first, second = shop.run("recover"), shop.run("recover")
    assert (first.code, second.code) == (30, 30)
    for recovered in (first, second):
        assert "APPROVED, AND AN ALARM IS OPEN: bill-1042\n" in recovered.out
        assert "\n  !!! LATE SUCCESS: " in recovered.out
        assert "close the alarm: `tillproof resolve bill-1042" in words(recovered.out)
    assert shop.run("status").code == 30
    answered = shop.run("resolve", "bill-1042", "--outcome", "approved", "--by", "Kari", "--reason", "guest called")
    assert (answered.code, shop.run("status").code, shop.run("recover").code) == (0, 0, 0)


def test_settle_settles_one(shop: Shop) -> None:
    """By reference or by id; asked again, it tells at once."""
    operation_id = shop.in_doubt().json["operation_id"]
    by_reference, by_id = shop.run("settle", "bill-1042", "--json"), shop.run("settle", operation_id, "--json")
    assert (by_reference.code, by_reference.json["outcome"]) == (0, "approved")
    assert by_id == by_reference


def test_what_the_terminal_cannot_tell_any_more_goes_to_a_person(shop: Shop) -> None:
    """Once its proof is gone, an operation waits for a ruling, which ends it with name and reason."""
    recovered = shop.escalated()
    assert (recovered.code, recovered.json["findings"][0]["row"]) == (30, "overwritten")
    status = shop.run("status")
    assert status.code == 30
    assert "The terminal can no longer tell" in words(status.out)
    ruled = shop.run(
        "resolve", "bill-1042", "--outcome", "declined", "--by", "Kari", "--reason", "bank's list", "--json"
    )
    assert (ruled.code, ruled.json["outcome"], ruled.json["evidence"]) == (10, "declined", "person")
    assert ruled.json["reason"] == "Kari ruled: bank's list"
    assert shop.run("status").code == 0


def test_ruling_on_what_is_settled_ends_with_2(shop: Shop) -> None:
    """A ruling is for doubt and for alarms; it does not rewrite an answer."""
    shop.pay()
    refused = shop.run("resolve", "bill-1042", "--outcome", "declined", "--by", "Kari", "--reason", "no", "--json")
    assert (refused.code, refused.json["error"]["kind"]) == (2, "BadInput")


def test_word_of_the_terminal_outweighs_a_ruling(shop: Shop) -> None:
    """Where the terminal can still tell, its answer is taken, and whoever ruled hears that the ruling was not."""
    shop.in_doubt()
    shop.wait_until_idle()
    told = shop.run("resolve", "bill-1042", "--outcome", "not_performed", "--by", "Kari", "--reason", "left", "--json")
    assert (told.code, told.json["outcome"], told.json["evidence"]) == (0, "approved", "latest_slot")
    assert "the ruling was not written" in told.told


def test_ruling_without_a_name_ends_with_2(shop: Shop) -> None:
    """A ruling that nobody made is none."""
    shop.in_doubt()
    assert shop.run("resolve", "bill-1042", "--outcome", "declined", "--by", " ", "--reason", "no").code == 2
