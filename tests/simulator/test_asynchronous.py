"""The asynchronous mode: starting under an id, asking by that id, and when the terminal no longer knows it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.simulator.till import AMOUNTS, Counter, authentic, document, message
from tools.simulator import Arrival, Assumptions, CaptureDue, Guest, Kind, Mode, Order, TimestampCheck

STARTS = [
    ("Payments", {"amounts": AMOUNTS}),
    ("Refunds", {"amounts": AMOUNTS}),
    ("Reversals", {"receiptNumber": "000001"}),
    ("Captures", {}),
]


def started(counter: Counter, operation_id: str = "one", **fields: object) -> None:
    """Start a payment, which must be accepted."""
    assert counter.hear(counter.till.start(operation_id, **fields)).status == 200


def ended(counter: Counter, operation_id: str = "one", **fields: object) -> None:
    """Start a payment, and let its ten seconds pass."""
    started(counter, operation_id, **fields)
    counter.clock.advance(10)


def status(counter: Counter, operation_id: str = "one") -> int:
    """Ask how far a payment is."""
    return counter.hear(counter.till.status(operation_id)).status


@pytest.mark.parametrize("profile", ["2.0", "2.1", "2.2"])
@pytest.mark.parametrize(("collection", "fields"), STARTS)
def test_an_operation_is_started_and_then_asked_for(
    collection: str, fields: dict[str, object], *, profile: str
) -> None:
    """A signed 200 says started, another 2xx running, and the next 200 has what `latest` has, to the byte."""
    counter = Counter(profile=profile)
    start = counter.till.order(f"/{collection}Async/one", **fields)
    reply = counter.hear(start)
    assert (reply.status, reply.body, authentic(start, reply)) == (200, b"{}", True)
    question = counter.till.get(f"/{collection}Async/one/status")
    running = counter.hear(question)
    assert (running.status, running.body, authentic(question, running)) == (202, b"{}", True)
    counter.clock.advance(10)
    finished = counter.hear(counter.till.get(f"/{collection}Async/one/status"))
    assert (finished.status, finished.body) == (200, counter.latest(collection).body)


def test_the_ledger_knows_both_modes_and_both_ids() -> None:
    """The id of the path stands beside that of `customData`, and for it where that is missing."""
    counter = Counter()
    counter.pay("sync-1")
    ended(counter, "path-2", customData={"id": "custom-2"})
    ended(counter, "path-3")
    ended(counter, "path-4", customData={"note": "lunch"})
    assert [(entry.mode, entry.id, entry.operation_id) for entry in counter.terminal.ledger] == [
        (Mode.SYNC, "sync-1", None),
        (Mode.ASYNC, "custom-2", "path-2"),
        (Mode.ASYNC, "path-3", "path-3"),
        (Mode.ASYNC, "path-4", "path-4"),
    ]


def test_a_result_is_delivered_once_before_2_1() -> None:
    """The first 200 is the last; slot and ledger still know."""
    counter = Counter(profile="2.0")
    ended(counter)
    assert [status(counter), status(counter), counter.latest().status] == [200, 404, 200]


@pytest.mark.parametrize("profile", ["2.1", "2.2"])
def test_a_result_is_repeated_from_2_1_on(profile: str) -> None:
    """The same bytes come again."""
    counter = Counter(profile=profile)
    ended(counter)
    first, second = (counter.hear(counter.till.status()) for _ in range(2))
    assert (200, first.body) == (second.status, second.body)


@pytest.mark.parametrize(("memory", "known"), [(1, [404, 404, 200]), (2, [404, 200, 200])])
def test_newer_operations_push_a_result_out(memory: int, known: list[int]) -> None:
    """How many results of a type are kept is a switch."""
    counter = Counter(assumptions=Assumptions(async_memory=memory))
    for operation_id in ("one", "two", "three"):
        ended(counter, operation_id)
    assert known == [status(counter, operation_id) for operation_id in ("one", "two", "three")]


def test_a_result_outlives_the_start_of_the_next_operation() -> None:
    """Only an end pushes it out, and a synchronous one or another type does not."""
    counter = Counter()
    ended(counter, "one")
    counter.pay("sync")
    counter.finish(counter.till.order("/Refunds", amounts=AMOUNTS))
    counter.hear(counter.till.order("/RefundsAsync/refund", amounts=AMOUNTS))
    counter.clock.advance(10)
    started(counter, "two")
    assert [status(counter, "one"), status(counter, "two")] == [200, 202]


def test_another_tills_operation_pushes_a_result_out() -> None:
    """A till that shares its terminal loses its answer to the other one."""
    counter = Counter()
    ended(counter, "one")
    order = Order(kind=Kind.PAYMENT, amount_minor=4_500, currency="NOK", operation_id="elsewhere")
    entry = counter.terminal.foreign(order)
    assert (entry.mode, entry.arrived) == (Mode.ASYNC, Arrival.FOREIGN)
    assert [status(counter, "one"), status(counter, "elsewhere")] == [404, 200]


@pytest.mark.parametrize(("survives", "expected"), [(False, 404), (True, 200)])
def test_results_at_a_reboot_follow_the_slots(expected: int, *, survives: bool) -> None:
    """What forgets the slots forgets the results."""
    counter = Counter(assumptions=Assumptions(slot_survives_reboot=survives))
    ended(counter)
    counter.terminal.reboot()
    assert expected == status(counter)


@pytest.mark.parametrize(("survives", "expected"), [(False, 404), (True, 200)])
def test_results_at_a_capture_follow_the_slots(expected: int, *, survives: bool) -> None:
    """The capture's own result is there afterwards."""
    counter = Counter(assumptions=Assumptions(slot_survives_capture=survives))
    ended(counter)
    counter.hear(counter.till.order("/CapturesAsync/close"))
    counter.clock.advance(10)
    assert expected == status(counter)
    assert counter.hear(counter.till.get("/CapturesAsync/close/status")).status == 200


def test_a_reboot_under_an_operation_makes_its_id_unknown() -> None:
    """The start was answered with 200, and now it is 404: unknown here, and not failed."""
    counter = Counter()
    started(counter)
    counter.terminal.reboot()
    assert status(counter) == 404
    assert counter.outcomes() == ["KilledByReboot"]


@pytest.mark.parametrize("path", ["/PaymentsAsync/two/status", "/RefundsAsync/one/status"])
def test_what_is_unknown_here_hears_404(path: str) -> None:
    """Another id, and the same id under another type."""
    counter = Counter()
    ended(counter)
    assert counter.hear(counter.till.get(path)).status == 404


@pytest.mark.parametrize("when", ["running", "ended"])
def test_an_id_that_is_known_is_refused_with_400(when: str) -> None:
    """A second start under the same id charges nobody, and says so even while the terminal is busy."""
    counter = Counter()
    started(counter)
    counter.clock.advance(10 if when == "ended" else 1)
    again = counter.hear(counter.till.start())
    assert (again.status, message(again)) == (400, "operationId is known already")
    counter.clock.advance(60)
    assert counter.outcomes() == ["Approved"]


def test_an_id_of_another_type_is_known_as_well() -> None:
    """Ids are one family; a refund cannot take that of a payment."""
    counter = Counter()
    ended(counter)
    assert counter.hear(counter.till.order("/RefundsAsync/one", amounts=AMOUNTS)).status == 400


def test_an_id_that_was_forgotten_starts_anew() -> None:
    """The terminal's memory is no protection against a second charge: after a delivery on 2.0 it is gone."""
    counter = Counter(profile="2.0")
    ended(counter)
    assert status(counter) == 200
    ended(counter)
    assert [entry.operation_id for entry in counter.terminal.ledger] == ["one", "one"]


@pytest.mark.parametrize("fields", [{"amounts": 5}, {"customData": "x"}, {"cashierId": "a b"}])
def test_a_malformed_start_hears_400(fields: dict[str, Any]) -> None:
    """Nothing is started."""
    counter = Counter()
    assert counter.hear(counter.till.start(**fields)).status == 400
    assert counter.terminal.operations.running is None


@pytest.mark.parametrize("operation_id", ["a" * 65, "a b", "%41", "ø"])
def test_an_id_of_another_form_hears_400(operation_id: str) -> None:
    """The path is not decoded, and what cannot be an id is none."""
    assert Counter().hear(Counter().till.start(operation_id)).status == 400


@pytest.mark.parametrize("running", ["sync", "async"])
def test_a_start_at_a_busy_terminal_hears_503(running: str) -> None:
    """One operation at a time, in whichever mode; the id stays unknown."""
    counter = Counter()
    if running == "sync":
        counter.begin(counter.till.payment())
    else:
        started(counter)
    refused = counter.till.start("two")
    reply = counter.hear(refused)
    assert (reply.status, authentic(refused, reply)) == (503, True)
    assert status(counter, "two") == 404


def test_an_overdue_start_hears_403_where_that_is_assumed() -> None:
    """The rule of the old session holds in both modes."""
    counter = Counter(assumptions=Assumptions(capture_due=CaptureDue.REFUSES_403))
    ended(counter)
    counter.clock.advance(3 * 86_400)
    assert counter.hear(counter.till.start("two")).status == 403


def test_the_id_stands_in_the_body_where_that_is_assumed() -> None:
    """The switch moves the start, and the status stays where it is."""
    counter = Counter(assumptions=Assumptions(async_id_in_path=False))
    assert counter.hear(counter.till.start()).status == 404
    assert counter.hear(counter.till.order("/PaymentsAsync", amounts=AMOUNTS)).status == 400
    assert counter.hear(counter.till.order("/PaymentsAsync", amounts=AMOUNTS, operationId="one")).status == 200
    assert counter.hear(counter.till.order("/PaymentsAsync", amounts=AMOUNTS, operationId="one")).status == 400
    assert status(counter) == 202


@pytest.mark.parametrize(("running_status", "body"), [(202, b"{}"), (204, b""), (206, b"{}"), (409, b"{}")])
def test_the_status_of_what_runs_is_a_switch(running_status: int, body: bytes) -> None:
    """Anything but 200 may say "not yet"; 204 has no body."""
    counter = Counter(assumptions=Assumptions(running_status=running_status))
    started(counter)
    reply = counter.hear(counter.till.status())
    assert (running_status, body) == (reply.status, reply.body)


def test_a_2xx_is_signed_where_refusals_are_not() -> None:
    """That an operation still runs is no refusal."""
    counter = Counter(assumptions=Assumptions(refusals_signed=False))
    started(counter)
    question = counter.till.status()
    assert authentic(question, counter.hear(question))


def test_asking_by_id_is_answered_while_busy() -> None:
    """Where modeless questions hear 503, the asynchronous ones are still answered."""
    counter = Counter(assumptions=Assumptions(modeless_while_busy=False))
    started(counter)
    assert counter.hear(counter.till.get("/Dialogs")).status == 503
    assert counter.hear(counter.till.get("/Dialogs/one")).status == 200
    assert status(counter) == 202


@pytest.mark.parametrize(("profile", "after"), [("2.0", (404, None)), ("2.1", (200, {})), ("2.2", (200, {}))])
def test_a_dialog_ends_with_its_operation(profile: str, after: tuple[int, object]) -> None:
    """While it runs the display is told; afterwards nothing, or before 2.1 a 404."""
    counter = Counter(profile=profile)
    started(counter)
    shown = [document(counter.hear(counter.till.get("/Dialogs/one")))]
    counter.clock.advance(9)
    shown.append(document(counter.hear(counter.till.get("/Dialogs/one"))))
    counter.clock.advance(1)
    reply = counter.hear(counter.till.get("/Dialogs/one"))
    assert shown == [{"text": "Insert card"}, {"text": "Please wait"}]
    assert after == (reply.status, document(reply) if reply.status == 200 else None)


@pytest.mark.parametrize("profile", ["2.0", "2.2"])
def test_a_dialog_of_an_unknown_operation_hears_404(profile: str) -> None:
    """Another operation's display is not shown."""
    counter = Counter(profile=profile)
    started(counter)
    assert counter.hear(counter.till.get("/Dialogs/two")).status == 404


def test_a_dialog_does_not_deliver_the_result() -> None:
    """Polling status and dialog in turn loses nothing on 2.0."""
    counter = Counter(profile="2.0")
    ended(counter)
    counter.hear(counter.till.get("/Dialogs/one"))
    assert status(counter) == 200


@pytest.mark.parametrize("profile", ["2.0", "2.1", "2.2"])
def test_an_abort_before_the_pin_ends_as_cancelled(profile: str) -> None:
    """The abort by id is there in every release."""
    counter = Counter(profile=profile)
    started(counter)
    counter.clock.advance(1)
    assert counter.hear(counter.till.request("POST", "/Abort/one")).status == 200
    assert document(counter.hear(counter.till.status()))["transactionOutcome"] == "Cancelled"


@pytest.mark.parametrize(("seconds", "outcome"), [(6, "Approved"), (11, "Approved")])
def test_an_abort_that_comes_too_late_hears_403(seconds: int, outcome: str) -> None:
    """After the PIN, and after the end."""
    counter = Counter()
    started(counter)
    counter.clock.advance(seconds)
    assert counter.hear(counter.till.request("POST", "/Abort/one")).status == 403
    counter.clock.advance(10)
    assert [outcome] == counter.outcomes()


def test_an_abort_of_an_unknown_operation_hears_404_and_stops_nothing() -> None:
    """The id has to fit, whatever runs."""
    counter = Counter()
    started(counter)
    assert counter.hear(counter.till.request("POST", "/Abort/two")).status == 404
    assert status(counter) == 202


def test_an_older_operations_abort_does_not_stop_the_one_that_runs() -> None:
    """It is known and ended, so the answer is 403."""
    counter = Counter()
    ended(counter, "one")
    started(counter, "two")
    assert counter.hear(counter.till.request("POST", "/Abort/one")).status == 403
    assert status(counter, "two") == 202


def test_an_accepted_abort_by_id_may_still_end_approved() -> None:
    """A successful abort is never an outcome (`protocol.md`, Abort)."""
    counter = Counter(assumptions=Assumptions(abort_may_still_approve=True))
    started(counter)
    assert counter.hear(counter.till.request("POST", "/Abort/one")).status == 200
    counter.clock.advance(10)
    assert document(counter.hear(counter.till.status()))["transactionOutcome"] == "Approved"


def test_the_path_of_the_abort_by_id_is_a_switch() -> None:
    """The other candidate is served in its place."""
    counter = Counter(assumptions=Assumptions(abort_by_id_path="/Aborts/{id}"))
    started(counter)
    assert counter.hear(counter.till.request("POST", "/Abort/one")).status == 404
    assert counter.hear(counter.till.request("POST", "/Aborts/one")).status == 200


def test_the_abort_without_an_id_stops_an_asynchronous_operation_as_well() -> None:
    """It is modeless (2.2)."""
    counter = Counter()
    started(counter)
    assert counter.hear(counter.till.request("POST", "/Aborts")).status == 200
    assert counter.outcomes() == ["Cancelled"]


def test_the_guests_outcome_comes_through_the_status() -> None:
    """A 200 of the status says finished, not paid."""
    counter = Counter(guest=Guest(takes_s=10.0, outcomes=["Declined"]))
    ended(counter)
    assert document(counter.hear(counter.till.status()))["transactionOutcome"] == "Declined"


def test_a_second_copy_of_a_start_is_refused_where_no_stamp_is_checked() -> None:
    """The id protects while it is known: the copy hears 400, and nobody is charged twice."""
    counter = Counter(assumptions=Assumptions(timestamp_check=TimestampCheck.NONE))
    start = counter.till.start()
    counter.hear(start)
    assert counter.hear(replace(start)).status == 400
    counter.clock.advance(60)
    assert counter.outcomes() == ["Approved"]


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"running_status": 200}, "running_status"),
        ({"running_status": 99}, "running_status"),
        ({"async_memory": 0}, "async_memory"),
        ({"abort_by_id_path": "/Abort"}, "abort_by_id_path"),
    ],
)
def test_an_assumption_that_cannot_be_is_refused(wrong: dict[str, object], name: str) -> None:
    """The message names the switch."""
    with pytest.raises(ValueError, match=name):
        Assumptions(**wrong)  # type: ignore[arg-type]
