"""Incidents made by the simulator, bundled, and played again at a till that was not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.shop import BILL, Shop
from tests.incident.stage import bundled, played
from tools.incident import Ending, read_bundle, read_incident, write_bundle
from tools.simulator import Assumptions, TimestampCheck


def _lost_after_approval(shop: Shop) -> None:
    shop.run("pay", *BILL[:-1], "earlier")
    shop.faults("lost_after_processing")
    shop.guest("Approved", takes_s=0.2)
    shop.pay()


def _lost_after_decline(shop: Shop) -> None:
    shop.faults("lost_after_processing")
    shop.guest("Declined", takes_s=0.2)
    shop.pay()


def _cut_before_it_arrived(shop: Shop) -> None:
    shop.faults("lost_before_processing")
    shop.pay()


def _cut_while_paying(shop: Shop) -> None:
    shop.in_doubt()
    shop.wait_until_idle()
    shop.run("recover")


def _restarted_and_forgot(shop: Shop) -> None:
    shop.run("pay", *BILL[:-1], "earlier")
    shop.faults("reboot_mid_operation")
    shop.guest("Approved", takes_s=0.4)
    shop.pay()


def _restarted_later(shop: Shop) -> None:
    shop.run("pay", *BILL[:-1], "earlier")
    shop.in_doubt(guest_takes_s=3.0)
    shop.reboot()
    shop.run("recover")


def _somebody_elses(shop: Shop) -> None:
    shop.escalated()


def _asynchronous(shop: Shop) -> None:
    shop.guest("Approved", takes_s=0.5)
    shop.pay("--mode", "async")


def _asynchronous_start_lost(shop: Shop) -> None:
    shop.faults("lost_after_processing")
    shop.guest("Approved", takes_s=0.5)
    shop.pay("--mode", "async")


def _asynchronous_start_without_hash(shop: Shop) -> None:
    shop.faults("missing_hash")
    shop.guest("Approved", takes_s=0.5)
    shop.pay("--mode", "async")


def _booting_for_a_while(shop: Shop) -> None:
    shop.run("pay", *BILL[:-1], "earlier")
    restart = {"during_operation": 1, "after_s": 0.2, "do": "reboot", "reboot_s": 1.5}
    shop._admin("POST", "/script", {"event": [restart], "guest": {"takes_s": 1}})
    shop.pay()


def _unreachable(shop: Shop) -> None:
    shop._admin("POST", "/reboot", {"reboot_s": 60})
    shop.pay()


def _day_closed_by_another(shop: Shop) -> None:
    shop.in_doubt()
    shop.wait_until_idle()
    shop._admin("POST", "/foreign", {"kind": "capture"})
    shop.run("recover")


def _as_it_should_be(shop: Shop) -> None:
    shop.pay()


def _busy(shop: Shop) -> None:
    shop.faults("busy")
    shop.pay()


def _without_hash(shop: Shop) -> None:
    shop.faults("missing_hash")
    shop.pay()


_INCIDENTS: dict[Callable[[Shop], None], tuple[str, str, str | None]] = {
    _lost_after_approval: ("approved", "latest_slot", "found"),
    _lost_after_decline: ("declined", "latest_slot", "found"),
    _cut_before_it_arrived: ("not_performed", "fenced_absence", "absent, empty"),
    _cut_while_paying: ("approved", "latest_slot", "found"),
    _restarted_and_forgot: ("in_doubt", "none", "forgotten"),
    _restarted_later: ("in_doubt", "none", "forgotten"),
    _somebody_elses: ("in_doubt", "none", "overwritten"),
    _asynchronous: ("approved", "reply", None),
    _asynchronous_start_lost: ("approved", "status_by_id", "found"),
    _asynchronous_start_without_hash: ("approved", "status_by_id", "found"),
    _booting_for_a_while: ("in_doubt", "none", "forgotten"),
    _unreachable: ("not_performed", "nothing_left", None),
    _day_closed_by_another: ("in_doubt", "none", "empty, unsure"),
    _as_it_should_be: ("approved", "reply", None),
    _busy: ("not_performed", "authentic_refusal", None),
    _without_hash: ("approved", "latest_slot", "found"),
}


@pytest.mark.parametrize("happen", _INCIDENTS, ids=lambda happen: happen.__name__.strip("_"))
def test_an_incident_ends_again_as_it_ended(happen: Callable[[Shop], None], shop: Shop, tmp_path: Path) -> None:
    """The same outcome, on the same evidence, by the same row of the table, with the steps that are printed."""
    happen(shop)
    outcome, evidence, row = _INCIDENTS[happen]
    file = bundled(shop, "bill-1042")
    ended = Ending(reference="bill-1042", outcome=outcome, evidence=evidence, row=row, alarm=False)
    assert read_incident(file).endings == [ended]
    assert played(file, tmp_path / "again") == [ended]


@pytest.mark.parametrize("assumptions", [Assumptions(timestamp_check=TimestampCheck.NONE, skew_s=None)])
def test_an_order_that_arrived_after_the_proof_of_its_absence_does_so_again(shop: Shop, tmp_path: Path) -> None:
    """Where the terminal checks no stamps the fence is none, and what was not performed turns out to have been."""
    shop._admin("POST", "/script", {"operation": [{"fault": "delivered_late"}], "faults": {"late_s": 1.5}})
    shop.pay()
    while not shop.ledger():
        pass
    shop.run("recover")
    file = bundled(shop, "bill-1042")
    ended = Ending(reference="bill-1042", outcome="approved", evidence="latest_slot", row="contradicted", alarm=True)
    assert read_incident(file).endings == [ended]
    assert played(file, tmp_path / "again", orders=1) == [ended]


@pytest.mark.parametrize(
    ("order", "outcome"),
    [
        (("capture",), "Approved"),
        (("refund", "--amount", "25.00", "--currency", "NOK"), "Declined"),
        (("reverse", "--receipt", "000001"), "Approved"),
    ],
    ids=["capture", "refund", "reversal"],
)
def test_other_kinds_of_operations_are_played_as_well(
    order: tuple[str, ...], outcome: str, shop: Shop, tmp_path: Path
) -> None:
    """A reply that was lost, of whatever: with what the terminal remembered before, and the payment to be undone."""
    shop.pay()
    shop.faults("lost_after_processing")
    shop.guest(outcome)
    shop.run(*order, "--terminal", "bar", "--reference", "lost")
    file = bundled(shop, "lost")
    endings = read_incident(file).endings
    assert [(ending.outcome, ending.row) for ending in endings] == [(outcome.lower(), "found")]
    assert played(file, tmp_path / "again") == endings


def test_two_operations_of_one_incident_are_played_in_their_order(shop: Shop, tmp_path: Path) -> None:
    """A lost one and the one after it, in one bundle."""
    _lost_after_approval(shop)
    file = bundled(shop, "bill-1042", "earlier")
    endings = read_incident(file).endings
    assert [ending.reference for ending in endings] == ["earlier", "bill-1042"]
    assert played(file, tmp_path / "again") == endings


def test_a_terminal_that_behaved_otherwise_ends_otherwise(shop: Shop, tmp_path: Path) -> None:
    """The comparison sees a difference that was planted: a decline on the wire where the till had an approval."""
    _lost_after_approval(shop)
    file = bundled(shop, "bill-1042")
    parts = dict(read_bundle(file))
    lines = [json.loads(line) for line in parts["wire.jsonl"].splitlines()]
    parts["wire.jsonl"] = "".join(f"{json.dumps(_declined(line))}\n" for line in lines).encode()
    with file.open("wb") as target:
        write_bundle(target, parts, made_by="a test")
    recorded = read_incident(file).endings
    again = played(file, tmp_path / "again")
    assert (recorded[0].outcome, again[0].outcome) == ("approved", "declined")


def _declined(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "outcome": entry["outcome"] and "Declined"}
