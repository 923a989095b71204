"""Paying, refunding, reversing and capturing: what is printed, and what the exit codes say of the money."""

from __future__ import annotations

import pytest

from tests.cli.shop import BILL, Shop

KEYS = {
    "operation_id",
    "reference",
    "kind",
    "terminal",
    "amount_minor",
    "currency",
    "target_receipt",
    "outcome",
    "evidence",
    "receipt_number",
    "total_minor",
    "reason",
    "alarm",
}


def test_approved_payment_ends_with_0_and_its_receipt(shop: Shop) -> None:
    """An approved payment tells amount, receipt and evidence, under the same keys as any other outcome."""
    paid = shop.pay()
    assert paid.code == 0
    assert set(paid.json) == KEYS
    told = {key: paid.json[key] for key in ("reference", "kind", "terminal", "amount_minor", "currency", "outcome")}
    assert told == {
        "reference": "bill-1042",
        "kind": "payment",
        "terminal": "bar",
        "amount_minor": 12500,
        "currency": "NOK",
        "outcome": "approved",
    }
    assert paid.json["evidence"] == "reply"
    assert paid.json["receipt_number"] == shop.ledger()[0]["receipt_number"]


@pytest.mark.parametrize(("ending", "word"), [("Declined", "declined"), ("Cancelled", "cancelled")])
def test_refused_payment_ends_with_10_and_asks_for_a_new_reference(shop: Shop, ending: str, word: str) -> None:
    """When no money moved, the exit code is 10 and the text says how to try again."""
    shop.guest(ending)
    refused = shop.run("pay", *BILL)
    assert refused.code == 10
    assert refused.out.startswith(f"{word.upper()}: bill-1042\n")
    assert "No money moved. For another attempt take a new reference." in refused.out


def test_busy_terminal_ends_with_20(shop: Shop) -> None:
    """What the terminal provably did not take ends with 20, and nothing is in its ledger."""
    shop.faults("busy")
    refused = shop.pay()
    assert refused.code == 20
    assert (refused.json["outcome"], refused.json["evidence"]) == ("not_performed", "authentic_refusal")
    assert shop.ledger() == []


def test_payment_in_doubt_ends_with_30_and_forbids_to_charge_again(shop: Shop) -> None:
    """While nobody knows, the text says to park the bill and how to find out."""
    shop.faults("dropped_while_paying")
    shop.guest("Approved", takes_s=1.0)
    doubtful = shop.run("pay", *BILL, "--patience", "0")
    assert doubtful.code == 30
    assert doubtful.out.startswith("IN DOUBT: bill-1042\n")
    advice = "Nobody knows yet whether the guest paid. Park the bill, do not charge again; run `tillproof recover`."
    assert advice in " ".join(doubtful.out.split())


def test_refund_and_reversal_and_capture_end_with_0(shop: Shop) -> None:
    """The other three operations go the same way as a payment."""
    receipt = shop.pay().json["receipt_number"]
    refund = shop.run(
        "refund", "--terminal", "bar", "--amount", "5", "--currency", "NOK", "--reference", "back", "--json"
    )
    reversal = shop.run("reverse", "--receipt", receipt, "--terminal", "bar", "--reference", "undo", "--json")
    capture = shop.run("capture", "--terminal", "bar", "--json")
    named = shop.run("capture", "--terminal", "bar", "--reference", "close", "--json")
    told = [(printed.code, printed.json["kind"]) for printed in (refund, reversal, capture, named)]
    assert told == [(0, "refund"), (0, "reversal"), (0, "capture"), (0, "capture")]
    assert refund.json["amount_minor"] == 500
    assert capture.json["reference"].startswith("capture-bar-")


def test_same_reference_twice_charges_once(shop: Shop) -> None:
    """Asked again, a payment tells what became of the first attempt; the terminal hears of one only."""
    first, second = shop.pay(), shop.pay()
    assert first == second
    assert len(shop.ledger()) == 1


def test_same_reference_with_other_content_ends_with_2(shop: Shop) -> None:
    """A reference that names something else is refused before anything is sent."""
    shop.pay()
    other = shop.pay("--amount", "126.00")
    assert other.code == 2
    assert other.json["error"]["kind"] == "ReferenceReused"
    assert len(shop.ledger()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("--json", "-c", "here.toml", "pay", *BILL),
        ("pay", *BILL, "--json", "-c", "here.toml"),
        ("-c", "elsewhere.toml", "pay", "--json", *BILL, "-c", "here.toml"),
    ],
)
def test_common_options_work_before_and_after_the_command(shop: Shop, arguments: tuple[str, ...]) -> None:
    """It makes no difference where they stand, and the later one counts."""
    here = shop.config.rename(shop.folder / "here.toml")
    paid = shop.run(*(str(here) if argument == "here.toml" else argument for argument in arguments))
    assert (paid.code, paid.json["outcome"]) == (0, "approved")


def test_configuration_beside_is_found(shop: Shop) -> None:
    """Without option and variable, ./tillproof.toml is the configuration."""
    paid = shop.run_apart("pay", *BILL, environment={"TILLPROOF_CONFIG": ""})
    assert paid.code == 0


@pytest.mark.parametrize(
    "amount", ["12.345", "-1", "1e3", "NaN", "nan", "inf", "0", "0.00", "21474836.48", "1,00", "1 000", "", "\u0661"]
)
def test_bad_amount_ends_with_2_and_sends_nothing(shop: Shop, amount: str) -> None:
    """An amount that somebody could read in another way is refused, by its name."""
    refused = shop.pay("--amount", amount)
    assert refused.code == 2
    assert refused.json["error"]["kind"] == "BadInput"
    assert refused.json["error"]["message"].startswith("amount: ")
    assert refused.err.startswith("error: amount: ")
    assert shop.ledger() == []


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--currency", "XYZ", "currency: 'XYZ'"),
        ("--currency", "nok", "currency: 'nok'"),
        ("--currency", "XAU", "currency: 'XAU'"),
        ("--terminal", "attic", "terminal: 'attic'"),
        ("--reference", "", "reference: ''"),
        ("--reference", "two\nlines", "reference: "),
        ("--reference", "x" * 65, "reference: "),
    ],
)
def test_bad_input_ends_with_2_and_names_the_field(shop: Shop, option: str, value: str, named: str) -> None:
    """Whatever cannot be used is named, and nothing is sent."""
    refused = shop.pay(option, value)
    assert refused.code == 2
    assert refused.json["error"]["message"].startswith(named)
    assert shop.ledger() == []


@pytest.mark.parametrize("receipt", ["123", "12345a", "0001234", ""])
def test_bad_receipt_number_ends_with_2(shop: Shop, receipt: str) -> None:
    """A reversal takes six digits and nothing else."""
    refused = shop.run("reverse", "--receipt", receipt, "--terminal", "bar", "--reference", "undo", "--json")
    assert (refused.code, refused.json["error"]["kind"]) == (2, "BadInput")


@pytest.mark.parametrize("patience", ["nan", "inf", "-1", "soon", "1e9"])
def test_patience_without_an_end_ends_with_2(shop: Shop, patience: str) -> None:
    """A wait that would never end is refused before anything is opened."""
    refused = shop.pay("--patience", patience)
    assert (refused.code, refused.json["error"]["kind"]) == (2, "BadParameter")
    assert not shop.journal.exists()


def test_the_cashier_is_told_in_her_language(shop: Shop) -> None:
    """One sentence of what happened to the money and what to do, beside what the technician reads."""
    paid = shop.run("pay", *BILL, "--lang", "sv-SE")
    assert "Kortet belastades med 125.00 NOK" in paid.out
    assert "Ta inte betalt igen." in paid.out
    assert shop.run("--json", "--lang", "fi", "settle", "bill-1042").json["sentence"].count("125.00 NOK") == 1


def test_a_language_that_there_is_not_is_refused_before_anybody_pays(shop: Shop) -> None:
    """The message names those that there are, and nothing was sent."""
    refused = shop.run("pay", *BILL, "--lang", "xx")
    assert refused.code == 2
    assert "give one of en, sv, nb, da, fi" in refused.told
    assert shop.ledger() == []


def test_a_command_does_not_say_that_it_asks_again(shop: Shop) -> None:
    """It has ended, and only the one that is named asks; in the text, in JSON, and when it is looked at again."""
    shop.in_doubt(guest_takes_s=2.0)
    parked = ("pay", *BILL, "--patience", "0")
    told = [
        " ".join(shop.run(*parked, "--lang", "en").out.split()),
        shop.run(*parked, "--lang", "en", "--json").json["sentence"],
        " ".join(shop.run("settle", "bill-1042", "--patience", "0", "--lang", "en").out.split()),
    ]
    assert [sentence for sentence in told if "when somebody runs tillproof recover." not in sentence] == []
    assert [sentence for sentence in told if "by itself" in sentence] == []
