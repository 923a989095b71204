"""Metrics: exactly what happened, whoever did it, and nothing that must stay hidden."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

import tillproof
import tillproof_metrics
from engine import EMPTY, Dispatch, Kind, Money, Order, SystemClock, facts, new_operation_id
from tests.observe.conftest import CARD, KEYS, Lunch
from tests.observe.exposition import exposed, moved, named, samples_of
from tools.observe import METRICS, series_of

_HOME = Path(__file__).parents[2]


@pytest.fixture
def registry(till: tillproof.Till) -> Iterator[CollectorRegistry]:
    """A registry in which the till is told of."""
    registry = CollectorRegistry()
    with closing(tillproof_metrics.register(till, registry)):
        yield registry


def test_every_ending_is_counted_once(lunch: Lunch, registry: CollectorRegistry) -> None:
    """One approved, one declined, one lost and found again; and a bill that is asked for twice is no second one."""
    assert lunch.every_ending() == ["approved", "declined", "approved"]
    lunch.till.settle("bill-1")
    for samples in (exposed(registry), exposed(registry)):
        assert moved(samples, "tillproof_operations_total") == {
            ("bar", "payment", "approved"): 2,
            ("bar", "payment", "declined"): 1,
        }
        assert moved(samples, "tillproof_lost_replies_total") == {("bar", "line"): 1}
        assert moved(samples, "tillproof_time_to_truth_seconds_count") == {("bar",): 1}
        assert moved(samples, "tillproof_doubt_seconds_count") == {("bar",): 1}
        assert named(samples, "tillproof_money_in_doubt_minor_units") == {}
        assert named(samples, "tillproof_oldest_doubt_seconds") == {("bar",): 0}
        assert named(samples, "tillproof_durable_write_seconds_count") == {(): 7}


def test_every_series_is_there_before_anything_happens(registry: CollectorRegistry) -> None:
    """The first lost reply of a month would be none to Prometheus, if its line began with it."""
    samples = exposed(registry)
    assert len(named(samples, "tillproof_operations_total")) == 16
    assert named(samples, "tillproof_lost_replies_total") == {("bar", "line"): 0, ("bar", "crash"): 0}
    assert named(samples, "tillproof_contradictions_total") == {("bar",): 0}
    assert named(samples, "tillproof_time_to_truth_seconds_count") == {("bar",): 0}
    assert named(samples, "tillproof_doubt_seconds_count") == {("bar",): 0}


def test_money_in_doubt_is_told_while_it_is_and_an_alarm_while_nobody_has_ruled(
    lunch: Lunch, registry: CollectorRegistry
) -> None:
    """A bill in doubt, ruled on, paid after all: each shows, and goes away again."""
    lunch.doubt()
    samples = exposed(registry)
    assert named(samples, "tillproof_money_in_doubt_minor_units") == {("bar", "NOK"): 12500}
    assert named(samples, "tillproof_unsettled_operations") == {
        ("bar", "dispatched"): 0,
        ("bar", "lost"): 1,
        ("bar", "escalated"): 0,
    }
    assert 0 < samples["tillproof_oldest_doubt_seconds", ("bar",)] < 60
    assert moved(samples, "tillproof_operations_total") == {}
    lunch.late_success()
    samples = exposed(registry)
    assert named(samples, "tillproof_money_in_doubt_minor_units") == {}
    assert named(samples, "tillproof_open_alarms") == {("bar",): 1}
    assert moved(samples, "tillproof_contradictions_total") == {("bar",): 1}
    assert moved(samples, "tillproof_operations_total") == {("bar", "payment", "not_performed"): 1}
    assert moved(samples, "tillproof_doubt_seconds_count") == {("bar",): 1}
    assert moved(samples, "tillproof_time_to_truth_seconds_count") == {}
    lunch.till.resolve("bill-1", "approved", by="Kari", reason="the slip")
    assert named(exposed(registry), "tillproof_open_alarms") == {("bar",): 0}


def test_a_capture_in_doubt_is_unsettled_and_is_no_money(lunch: Lunch, registry: CollectorRegistry) -> None:
    """It moves what was paid before; nothing was asked for by it."""
    lunch.terminal.next("dropped_while_paying", takes_s=5)
    assert lunch.till.capture(terminal="bar", patience_s=0).word == "in_doubt"
    samples = exposed(registry)
    assert samples["tillproof_unsettled_operations", ("bar", "lost")] == 1
    assert named(samples, "tillproof_money_in_doubt_minor_units") == {}


def test_what_was_in_doubt_before_a_crash_is_told_after_it(lunch: Lunch, till_config: Path) -> None:
    """Nothing is kept in memory that a gauge is made from."""
    lunch.doubt()
    lunch.till.close()
    with tillproof.open(till_config) as next_till:
        registry = CollectorRegistry()
        with closing(tillproof_metrics.register(next_till, registry)):
            samples = exposed(registry)
    assert named(samples, "tillproof_money_in_doubt_minor_units") == {("bar", "NOK"): 12500}


def test_a_till_that_died_over_a_payment_is_told_of(till: tillproof.Till, registry: CollectorRegistry) -> None:
    """Its money is in doubt from the dispatch on; once it is settled, that was a crash and no fault of the line."""
    order = Order(
        operation_id=new_operation_id(datetime.now(UTC)),
        kind=Kind.PAYMENT,
        terminal="bar",
        reference="bill-1",
        amount=Money(12500, "NOK"),
    )
    dispatch = Dispatch(stamp_ms=1, moment=SystemClock().moment(), slot_before=EMPTY)
    till._recovery._book.begin(facts.intended(order), facts.dispatched(order, dispatch))
    samples = exposed(registry)
    assert samples["tillproof_unsettled_operations", ("bar", "dispatched")] == 1
    assert named(samples, "tillproof_money_in_doubt_minor_units") == {("bar", "NOK"): 12500}
    assert till.settle("bill-1").word == "not_performed"
    samples = exposed(registry)
    assert moved(samples, "tillproof_lost_replies_total") == {("bar", "crash"): 1}
    assert moved(samples, "tillproof_doubt_seconds_count") == {("bar",): 1}
    assert moved(samples, "tillproof_time_to_truth_seconds_count") == {}


def test_another_process_of_the_same_journal_is_told_of_too(lunch: Lunch, till_config: Path) -> None:
    """A watch that serves metrics hears of the payments of every till, and of a doubt that was there before it."""
    lunch.doubt()
    with tillproof.open(till_config) as watching:
        registry = CollectorRegistry()
        with closing(tillproof_metrics.register(watching, registry)):
            lunch.till.settle("bill-1", patience_s=30)
            samples = exposed(registry)
    assert moved(samples, "tillproof_operations_total") == {("bar", "payment", "approved"): 1}
    assert moved(samples, "tillproof_time_to_truth_seconds_count") == {("bar",): 1}


def test_everything_on_the_list_is_exposed_and_nothing_else(lunch: Lunch, registry: CollectorRegistry) -> None:
    """The page, the dashboard and the rules are made from the list, so it has to be the truth."""
    lunch.every_ending()
    lunch.doubt()
    lunch.late_success()
    lunch.doubt()
    text = generate_latest(registry).decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    told = {each.name: set(each.labels) for family in families.values() for each in family.samples}
    listed = {name: metric for metric in METRICS.values() for name in series_of(metric)}
    assert {name for name in told if not name.endswith("_created")} == set(listed)
    for name, metric in listed.items():
        assert told[name] - {"le"} == set(metric.labels), name


def test_what_must_stay_hidden_is_in_no_label(talkative: None, lunch: Lunch, registry: CollectorRegistry) -> None:
    """The terminal's receipts hold a card number and both keys; references and ids are no labels either."""
    lunch.every_ending()
    lunch.doubt()
    text = generate_latest(registry).decode()
    operation_id = lunch.till.outcome_of("bill-1").operation_id
    assert "KORT ************0004" in lunch.till.outcome_of("bill-1").reason  # it was said, and the till has heard it
    assert [word for word in (CARD, *KEYS, "KORT", "bill-1", operation_id) if word in text] == []


def test_a_journal_that_cannot_be_read_is_said_to_be_so(till: tillproof.Till) -> None:
    """An answer without the money in doubt must not look like no money in doubt."""
    registry = CollectorRegistry()
    tillproof_metrics.register(till, registry).close()
    samples = exposed(registry)
    assert named(samples, "tillproof_journal_readable") == {(): 0}
    assert named(samples, "tillproof_oldest_doubt_seconds") == {}
    assert named(samples, "tillproof_journal_disk_free_bytes").keys() == {()}


def test_what_stands_beside_the_journal_and_cannot_be_looked_at_is_missing(
    till: tillproof.Till, registry: CollectorRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest is told."""

    def refuse(_: Path) -> None:
        raise OSError("gone")

    monkeypatch.setattr("tillproof_metrics.shutil.disk_usage", refuse)
    samples = exposed(registry)
    assert named(samples, "tillproof_journal_disk_free_bytes") == {}
    assert named(samples, "tillproof_journal_readable") == {(): 1}


def test_the_last_look_of_the_watch_is_told(till: tillproof.Till, registry: CollectorRegistry) -> None:
    """0 until it has looked; then a time, by which a watch that hangs is seen."""
    assert exposed(registry)["tillproof_watch_last_look_timestamp_seconds", ()] == 0
    till.watch()
    while till.looked_at is None:
        pass  # its first look comes at once, and the test has a timeout
    assert exposed(registry)["tillproof_watch_last_look_timestamp_seconds", ()] == pytest.approx(
        till.looked_at.timestamp(), abs=5
    )


def test_they_are_served_on_this_machine(lunch: Lunch) -> None:
    """A scraper asks by HTTP; a port that is taken is told of in words."""
    served = tillproof_metrics.serve(lunch.till, port=0)
    try:
        lunch.pay()
        with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/metrics", timeout=10) as reply:
            samples = samples_of(reply.read().decode())
        with pytest.raises(tillproof.BadInput, match=rf"metrics port: 127.0.0.1:{served.port} cannot be had"):
            tillproof_metrics.serve(lunch.till, port=served.port)
    finally:
        served.close()
    assert samples["tillproof_operations_total", ("bar", "payment", "approved")] == 1


def test_without_the_extra_it_isnamed(till: tillproof.Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no traceback."""
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(tillproof.BadInput, match=r"pip install 'tillproof\[prometheus\]'"):
        tillproof_metrics.register(till)


def test_who_wants_neither_metrics_nor_traces_loads_nothing_of_them() -> None:
    """A till that starts waits for no dashboard."""
    script = (
        "import sys, tillproof, tools.cli; tillproof.Till\n"
        "print([name for name in sys.modules if name.split('.')[0] in "
        "{'prometheus_client', 'opentelemetry', 'tillproof_metrics', 'tillproof_traces'} or 'observe' in name])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=_HOME)
    assert told.stdout == "['engine.observer']\n"
