"""Old replies: what was heard before is not heard again, whoever plays it and whenever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from engine import OPERATIONS, Activity, Exchange, Heard, Kind, NotDelivered, Unconfirmed, WireRequest
from engine.samport.freshness import Freshness, stamp_us
from engine.samport.signing import Trust
from journal import Journal, JournalError, MemoryJournal
from tools.rehearsal import Process, Stage
from tools.simulator import Assumptions, FaultPlan, ReplyStamps


class Recorder:
    """A machine between till and terminal: keeps every reply, and plays an old one where it has one for the path."""

    def __init__(self, till: Process) -> None:
        self._wire = till.wires["bar"]
        self._kept: dict[tuple[str, str], Exchange] = {}
        self.plays = False
        self.played = 0
        till.terminals["bar"]._voice._wire = self

    def exchange(self, request: WireRequest, *, deadline_s: float, on_sent: Callable[[], None]) -> Exchange:
        """Play or carry."""
        at = (request.method, request.path)
        if self.plays and at in self._kept:
            self.played += 1
            on_sent()
            return self._kept[at]
        exchange = self._wire.exchange(request, deadline_s=deadline_s, on_sent=on_sent)
        self._kept.setdefault(at, exchange)
        return exchange

    def forget(self) -> None:
        """Keep only what comes from now on."""
        self._kept.clear()

    def close(self) -> None:
        """Nothing to close."""


def _journal() -> Journal:
    return MemoryJournal(projection=OPERATIONS, now=lambda: datetime(2025, 1, 1, tzinfo=UTC))


def _with_an_old_latest(**settings: object) -> tuple[Stage, Process, Recorder]:
    """A recorder that holds a ``latest`` without any payment, at a terminal that has performed one since."""
    stage = Stage(**settings)  # type: ignore[arg-type]
    till = stage.start()
    recorder = Recorder(till)
    till.terminals["bar"].latest(Kind.PAYMENT)
    till.pay("bill-1")
    recorder.plays = True
    return stage, till, recorder


def test_an_old_reply_is_no_reply() -> None:
    """A "none yet" from before the payment is not believed after it, in as many tries as a question has."""
    _, till, recorder = _with_an_old_latest()
    with pytest.raises(Unconfirmed, match=r"not newer than one heard before.*reply_stamps_rise") as raised:
        till.terminals["bar"].latest(Kind.PAYMENT)
    assert not raised.value.hopeless
    assert recorder.played == 4


def test_a_restarted_till_does_not_believe_it_either() -> None:
    """What was heard is remembered beside the journal, and not by the process."""
    stage, _, recorder = _with_an_old_latest()
    till = stage.start()
    till.terminals["bar"]._voice._wire = recorder
    with pytest.raises(Unconfirmed, match="not newer"):
        till.terminals["bar"].latest(Kind.PAYMENT)


def test_with_the_switch_off_an_old_reply_is_believed() -> None:
    """What the switch costs: without rising stamps nothing tells an old reply from a new one."""
    _, till, _ = _with_an_old_latest(reply_stamps_rise=False)
    assert till.terminals["bar"].latest(Kind.PAYMENT).reply is None


def test_an_old_refusal_of_keys_does_not_stop_the_questions() -> None:
    """A 401 is hopeless only if it is new: else one reply kept from last year would lock the till out."""
    stage = Stage()
    till = stage.start()
    recorder = Recorder(till)
    bar = till.terminals["bar"]
    bar.device()
    refused = stage.simulators["bar"].gate
    secret, refused._integration_key = refused._integration_key, "changed"
    with pytest.raises(Unconfirmed, match="refused our credentials") as raised:
        bar.latest(Kind.PAYMENT)
    assert raised.value.hopeless
    refused._integration_key = secret
    bar.device()
    recorder.plays = True
    with pytest.raises(Unconfirmed, match="not newer") as raised:
        bar.latest(Kind.PAYMENT)
    assert not raised.value.hopeless


def test_two_replies_in_one_tick_of_the_terminals_clock_are_asked_for_again() -> None:
    """An honest reply that bears the stamp of the last one is asked for again, and then believed."""
    stage = Stage(assumptions=Assumptions(reply_stamps=ReplyStamps.SECONDS), latency_s=0.4)
    bar = stage.start().terminals["bar"]
    assert [bar.activity() for _ in range(6)] == [Activity.IDLE] * 6
    assert len(stage.simulators["bar"].log.rows) > 6


def test_a_terminal_whose_clock_was_set_back_is_told_with_the_remedy() -> None:
    """It does not lock the till out silently: the sentence names the switch, and the switch helps."""
    stage = Stage()
    stage.simulators["bar"].skew_s = 60.0
    stage.start().terminals["bar"].device()
    stage.simulators["bar"].skew_s = 0.0
    with pytest.raises(Unconfirmed, match=r"clock was set back.*reply_stamps_rise = false"):
        stage.start().terminals["bar"].device()
    stage._settings = replace(stage._settings, reply_stamps_rise=False)
    assert stage.start().terminals["bar"].device()["model"] == "Simulated AXIUM"


def test_a_journal_that_cannot_tell_makes_no_reply_new() -> None:
    """The order was answered, and the answer is not believed: that is a question, and not an error to the caller."""

    class Broken(Heard):
        def reached(self) -> int:
            raise JournalError("no lock to read")

        def note(self, stamp_us: int) -> None:
            raise JournalError(f"no lock for {stamp_us}")

    freshness = Freshness("bar", Broken(_journal(), "bar"))
    with pytest.raises(Unconfirmed, match="cannot be noted: no lock for 1000"):
        freshness.trust("1970-01-01T00:00:00.001Z", before=-1)
    with pytest.raises(NotDelivered, match="before cannot be looked up") as unsent:
        freshness.before()
    assert unsent.value.refused is False


@pytest.mark.parametrize(
    "stamp", ["", "now", "1970-01-01", "2025-13-01T00:00:00Z", "2025-01-01T00:00:00", "٢٠٢٥-01-01"]
)
def test_a_stamp_that_is_no_time_is_not_believed(stamp: str) -> None:
    """What has no place on the line of time is neither new nor old."""
    assert stamp_us(stamp) is None
    assert Freshness("bar", Heard(_journal(), "bar")).trust(stamp, before=-1) is Trust.UNDATED


def test_stamps_are_compared_as_times_and_not_as_texts() -> None:
    """Zones and fractions of any length are read; what is later is more."""
    stamps = [
        "2025-01-01T00:00:00Z",
        "2025-01-01T00:00:00.1Z",
        "2025-01-01T00:00:00.100001Z",
        "2025-01-01T02:00:01+02:00",
    ]
    moments = [stamp_us(stamp) for stamp in stamps]
    assert None not in moments
    assert moments == sorted(moments, key=lambda moment: moment or 0)
    assert len(set(moments)) == 4


def test_a_reply_that_was_overtaken_by_another_one_is_still_new() -> None:
    """An abort's reply is signed before that of the payment it cuts short, and heard after it: both are believed."""
    stage = Stage()
    till = stage.start()
    bar, wire = till.terminals["bar"], till.wires["bar"]
    exchange = wire.exchange

    def overtaken(request: WireRequest, *, deadline_s: float, on_sent: Callable[[], None]) -> Exchange:
        reply = exchange(request, deadline_s=deadline_s, on_sent=on_sent)
        if request.method == "POST":
            wire.exchange = exchange  # type: ignore[method-assign]
            bar.device()
        return reply

    wire.exchange = overtaken  # type: ignore[method-assign]
    outcome = till.pay("bill-1")
    assert (outcome.word, outcome.evidence) == ("approved", "reply")
    assert list(stage.discrepancies()) == []


def test_a_guest_who_pays_after_the_clock_was_set_back_is_in_doubt_and_not_lost() -> None:
    """His answer is not believed, and nothing is guessed; the reason names the switch, and with it he is found."""
    stage = Stage(patience_s=1.0)
    stage.simulators["bar"].skew_s = 60.0
    till = stage.start()
    till.pay("bill-1")
    stage.simulators["bar"].skew_s = 0.0
    outcome = till.pay("bill-2")
    assert outcome.word == "in_doubt"
    assert "reply_stamps_rise = false" in outcome.reason
    stage._settings = replace(stage._settings, reply_stamps_rise=False)
    stage.start().recovery.recover()
    assert stage.start().pay("bill-2").word == "approved"
    assert list(stage.discrepancies()) == []


@pytest.mark.parametrize(("rising", "word", "wrong"), [(True, "in_doubt", 0), (False, "not_performed", 1)])
def test_an_old_absence_played_again_is_no_proof(rising: bool, word: str, wrong: int) -> None:  # noqa: FBT001
    """A machine cuts a payment's connection, and plays "idle" and "the last one" from before it: the guest has paid.

    With the switch off the till believes that he has not, and would charge him again: that is what the rule is for.
    """
    stage = Stage(plan=FaultPlan(script=("none", "dropped_while_paying")), patience_s=10.0, reply_stamps_rise=rising)
    till = stage.start()
    recorder = Recorder(till)
    till.pay("bill-0")
    recorder.forget()
    till.terminals["bar"].activity()
    till.terminals["bar"].latest(Kind.PAYMENT)
    recorder.plays = True
    assert till.pay("bill-1").word == word
    stage.virtual.advance(60.0)
    assert len(list(stage.discrepancies())) == wrong
    recorder.plays = False
    till.recovery.recover()
    # Where the old replies were believed it is found as a late success; the guest may have paid twice by then.
    assert stage.start().pay("bill-1").word == "approved"
