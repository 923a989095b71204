"""Corners of the engine: what is said when a file, an amount, a slot or a journal is not as it should be."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine import (
    BadInput,
    Book,
    Dispatch,
    InDoubt,
    Kind,
    Mode,
    NothingSent,
    Order,
    ReferenceReused,
    Secret,
    Unconfirmed,
    compare,
    facts,
    read_settings,
)
from engine.answer import other_amount, sentence
from engine.samport import Trust
from engine.terminal import Total
from journal import Conflict, NotStored, PerhapsStored
from tests.recovery.scripted import APPROVED, ORDER, Records, StandingClock
from tools.rehearsal import Stage
from tools.simulator import Guest, Response


def test_an_amount_that_is_none_is_told_in_minor_units() -> None:
    """A terminal may name a currency that nobody knows; the sentence tells what it said."""
    odd = replace(APPROVED, total_minor=5, currency="???")
    assert other_amount(ORDER, odd) == "asked for 125.00 NOK, the terminal names 5 ??? in minor units"
    assert sentence(ORDER, odd).endswith("the terminal names 5 ??? in minor units")
    assert other_amount(ORDER, replace(APPROVED, total_minor=12500)) is None


@pytest.mark.parametrize("error", [NotStored("the disk is full"), PerhapsStored("the commit failed")])
def test_an_intent_that_cannot_be_stored_sends_nothing(error: Exception) -> None:
    """Certain or not, nothing leaves on the strength of it."""
    with pytest.raises(NothingSent) as caught:
        failing(error).begin(facts.intended(ORDER))
    assert str(caught.value) == f"no order was sent to the terminal, because the journal failed: {error}"


def test_a_reference_that_is_taken_at_this_moment_is_told() -> None:
    """Two tills with one journal may come at once, and one of them is second."""
    with pytest.raises(ReferenceReused) as caught:
        failing(Conflict("reference", "bill-1")).begin(facts.intended(ORDER))
    assert str(caught.value) == (
        "reference: 'bill-1' was taken by somebody else at this very moment; ask what became of it"
    )


@pytest.mark.parametrize("error", [NotStored("the disk is full"), PerhapsStored("the commit failed")])
def test_a_note_that_cannot_be_stored_is_a_warning(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """What it tells of has happened all the same."""
    draft = facts.abort_requested(ORDER, "accepted")
    failing(error).note(draft)
    assert [record.getMessage() for record in caplog.records] == [
        f"event='fact.not_stored' operation_id='{draft.subject}' kind={draft.kind!r} error='{error}'"
    ]


def failing(error: Exception) -> Book:
    """A book whose journal takes nothing."""
    book = Records(StandingClock()).book

    def append(*_: Any, **__: Any) -> Any:
        raise error

    book._journal.append = append  # type: ignore[method-assign]
    return book


def test_a_configuration_without_a_terminal_or_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """With what to do about it."""
    path = tmp_path / "till.toml"
    path.write_text('journal = "till.db"')
    with pytest.raises(BadInput, match=r"there is no terminal; add a table such as \[terminals\.bar\]$"):
        read_settings(path)
    path.write_text('journal = "till.db"\nterminals = "bar"')
    with pytest.raises(BadInput, match="there is no terminal"):
        read_settings(path)
    path.write_bytes(b"\xff")
    with pytest.raises(BadInput, match=r"cannot be read .*; check the file and its rights$"):
        read_settings(path)
    with pytest.raises(BadInput, match="cannot be read"):
        read_settings(tmp_path)


@pytest.mark.parametrize("key", ["journal = ''", "journal = 5"])
def test_a_text_that_is_none_is_refused(tmp_path: Path, key: str) -> None:
    """An empty name of a journal would make one of the folder."""
    path = tmp_path / "till.toml"
    path.write_text(key)
    with pytest.raises(BadInput, match=r"journal = .* cannot be; give a text in quotes$"):
        read_settings(path)


def test_a_receipt_number_that_is_no_text_is_refused() -> None:
    """A number has lost its zeros."""
    number: Any = 123
    with pytest.raises(BadInput, match="receipt: 123 is no text; give six digits in quotes, such as '000123'"):
        Order(operation_id="id", kind=Kind.REVERSAL, terminal="bar", reference="undo", target_receipt=number)


def test_a_secret_is_not_pickled_and_not_revealed_where_it_was_not_read() -> None:
    """Neither a log nor another process shall have it."""
    with pytest.raises(TypeError, match="a secret is not pickled"):
        pickle.dumps(Secret("example"))
    with pytest.raises(ValueError, match="this key was not read, because nothing was to be sent"):
        Secret(None).reveal()


def answering(stage: Stage, body: bytes, status: int = 200) -> None:
    """Let the terminal answer everything so, signed by nobody: trust is taken away from the stage as well."""
    stage.lines["bar"].call = lambda *_, **__: Response(status=status, headers={}, body=body)  # type: ignore[method-assign]


def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Believe whatever comes."""
    monkeypatch.setattr("engine.samport.credentials.KeyedHash.trust", lambda *_: Trust.AUTHENTIC)


def test_a_terminal_that_shows_something_without_an_outcome_shows_nothing_to_go_by(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is neither empty nor an answer."""
    stage = Stage()
    bar = stage.start().terminals["bar"]
    trusting(monkeypatch)
    answering(stage, b'{"receiptNumber": "000123"}')
    with pytest.raises(Unconfirmed, match=r"^the terminal shows a last operation without an outcome$"):
        bar.latest(Kind.PAYMENT)


def test_a_terminal_that_knows_no_dialogs_does_not_say_whether_it_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A 404 there is no "idle"; nor is a 404 for a printer a slip."""
    stage = Stage()
    bar = stage.start().terminals["bar"]
    trusting(monkeypatch)
    answering(stage, b"", 404)
    assert bar.activity().value == "untold"
    with pytest.raises(Unconfirmed, match=r"knows no way to print there: is print_path right\?$"):
        bar.print_text("Hello")


def test_an_asynchronous_operation_that_ends_with_an_unknown_word_goes_to_a_person() -> None:
    """It has ended, and nobody here knows how; asking again would not tell."""
    stage = Stage(guest=Guest(takes_s=2.0, weights={"Referred": 1.0}))
    outcome = stage.start().pay("bill-1", mode=Mode.ASYNC)
    assert isinstance(outcome, InDoubt)
    assert outcome.needs_person
    lost = next(fact for fact in stage.journal.facts() if fact.kind == "LostTrack")
    assert lost.body["reason"] == "the terminal ended it with 'Referred', an outcome that nobody here knows"


def test_a_reversal_of_what_is_not_in_the_session_is_not_counted() -> None:
    """Its amount is that of its target, which nobody here knows."""
    records = Records(StandingClock())
    undo = Order(operation_id="u", kind=Kind.REVERSAL, terminal="bar", reference="undo", target_receipt="000777")
    close = Order(operation_id="c", kind=Kind.CAPTURE, terminal="bar", reference="day")
    dispatch = Dispatch(stamp_ms=1, moment=StandingClock().moment(), slot_before="older")
    total = Total(kind=Kind.REVERSAL, currency="NOK", count=1, amount_minor=5)
    reversal = records.write(undo, facts.answered(undo, APPROVED, "approved"), dispatch=dispatch)
    capture = records.write(
        close, facts.answered(close, replace(APPROVED, totals=(total,)), "approved"), dispatch=dispatch
    )
    (difference,) = compare([reversal], capture).differences
    assert (difference.ours_count, difference.theirs_count) == (0, 1)
