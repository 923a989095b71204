"""Every outcome has a sentence in every language, and it is true: the amount, the time, and who knows."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from itertools import product
from typing import Any, get_args

import pytest

from engine import (
    Approved,
    BadInput,
    Declined,
    Ending,
    Evidence,
    InDoubt,
    Kind,
    Language,
    Money,
    NotPerformed,
    Outcome,
    Reply,
    outcome_of,
)
from engine.sentences import WORDINGS, catalogue, every_message, telling
from engine.sentences.wording import ANOTHER_DAY, ASKS_AGAIN, WILL_BE_ASKED
from tests.sentences.situations import DAY, situations

_SITUATIONS = [outcome_of(operation) for kind in Kind for operation in situations(kind)]
_TYPES: list[type[Outcome]] = list(get_args(Outcome))

_APPROVAL = Reply(operation_id="id-1", ending=Ending.APPROVED, outcome_text="Approved")


def told(type_of: type[Outcome] = Approved, **other: Any) -> Outcome:
    """An outcome with usual particulars."""
    usual: dict[str, Any] = {
        "operation_id": "id-1",
        "reference": "bill-1",
        "kind": Kind.PAYMENT,
        "terminal": "bar",
        "amount": Money(12500, "NOK"),
        "target_receipt": "000123",
        "evidence": Evidence.REPLY,
        "reason": "why",
        "reply": None,
        "alarm": None,
        "opened_at": datetime(2026, 11, 24, 14, 3).astimezone(UTC).isoformat(),
        "updated_at": datetime(2026, 11, 24, 14, 4).astimezone(UTC).isoformat(),
    }
    if type_of is InDoubt:
        usual["needs_person"] = False
    return type_of(**usual | other)


def every_outcome() -> Iterator[Outcome]:
    """All that the types allow, whether any history leads there or not."""
    replies = [None, *(replace(_APPROVAL, ending=ending) for ending in (*Ending, None))]
    for type_of, kind, evidence, alarm, reply in product(_TYPES, Kind, Evidence, (None, "look"), replies):
        for person in ({"needs_person": False}, {"needs_person": True}) if type_of is InDoubt else ({},):
            yield told(type_of, kind=kind, evidence=evidence, alarm=alarm, reply=reply, **person)


def steps(kind: Kind, language: Language) -> set[str]:
    """What a cashier can be told to do, in a language."""
    names = [each.name for each in fields(WORDINGS[kind])]
    doing = [name for name in names if name.startswith("after_") or name == "escalated"]
    translate = catalogue(language).gettext
    parked = {f"{translate(WORDINGS[kind].parked)} {translate(asking)}" for asking in (ASKS_AGAIN, WILL_BE_ASKED)}
    return parked | {translate(getattr(WORDINGS[kind], name)) for name in doing}


@pytest.mark.parametrize("language", Language)
def test_every_outcome_ends_with_what_to_do(language: Language) -> None:
    """Whatever the types allow has a sentence in every language, filled in, and ends with the cashier's next step."""
    mute = [
        (outcome, sentence)
        for outcome in every_outcome()
        for sentence in (outcome.sentence(language, today=DAY, asks_again=asks) for asks in (True, False))
        if not sentence.endswith(tuple(steps(outcome.kind, language))) or re.search(r"[{}]|  | \.|None", sentence)
    ]
    assert mute == []


def test_the_walk_comes_across_every_outcome_and_every_evidence() -> None:
    """A state or an evidence that is new, and that no walk reaches, is noticed here and not at the till."""
    assert {type(outcome) for outcome in _SITUATIONS} == set(_TYPES)
    assert {outcome.evidence for outcome in _SITUATIONS} == set(Evidence)
    assert {(outcome.kind, outcome.alarm is not None) for outcome in _SITUATIONS} == set(product(Kind, (True, False)))


def test_every_text_is_said_in_some_situation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Translators translate nothing in vain, and nothing is said that they are not given."""
    said: set[str] = set()

    class Recorder:
        def gettext(self, text: str) -> str:
            said.add(text)
            return text

    monkeypatch.setattr(telling, "catalogue", lambda _: Recorder())
    for outcome, asks_again in product(_SITUATIONS, (True, False)):
        outcome.sentence("en", today=DAY, asks_again=asks_again)
    assert set(every_message()) - said == {ANOTHER_DAY}
    told().sentence("en", today=date(2000, 1, 1))
    assert said == set(every_message())


@pytest.mark.parametrize("outcome", [each for each in _SITUATIONS if isinstance(each, Approved | InDoubt)])
def test_what_moved_or_may_have_moved_is_not_to_be_done_again(outcome: Outcome) -> None:
    """The words *do not* stand in each; that no translation loses its *not* is checked with the catalogues."""
    assert "Do not" in outcome.sentence("en", today=DAY)


@pytest.mark.parametrize("language", Language)
def test_evidence_is_told_unless_the_reply_was_there_at_once(language: Language) -> None:
    """Each evidence by which something was found out changes the sentence."""
    plain = told(NotPerformed, evidence=Evidence.NONE).sentence(language, today=DAY)
    same = [each for each in Evidence if told(NotPerformed, evidence=each).sentence(language, today=DAY) == plain]
    # The terminal's memory cannot show what did not happen.
    assert same == [Evidence.REPLY, Evidence.STATUS_BY_ID, Evidence.LATEST_SLOT, Evidence.NONE]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The card was charged 125.00 NOK at 14:04. Do not charge again."),
        ("sv-SE", "Kortet belastades med 125.00 NOK kl. 14:04. Ta inte betalt igen."),
        ("no", "Kortet ble belastet med 125.00 NOK kl. 14.04. Ikke ta betalt på nytt."),
        ("da", "Der blev trukket 125.00 NOK på kortet kl. 14.04. Tag ikke betaling igen."),
        ("fi", "Kortilta veloitettiin 125.00 NOK klo 14.04. Älä veloita uudelleen."),
    ],
)
def test_an_approved_payment_in_every_language(language: str, sentence: str) -> None:
    """The sentence that is said most."""
    assert told().sentence(language, today=DAY) == sentence


def test_doubt_tells_when_it_was_begun() -> None:
    """A cashier remembers when the guest paid, and nobody can know when it was lost."""
    assert told(InDoubt, evidence=Evidence.NONE).sentence("en", today=DAY) == (
        "It is not known whether the card was charged 125.00 NOK at 14:03. "
        "Park the bill. Do not charge again. The till will ask the terminal again by itself."
    )


@pytest.mark.parametrize("language", ["en", "sv", "nb", "da", "fi"])
def test_doubt_of_a_program_that_ends_names_the_command_that_asks(language: str) -> None:
    """Nobody goes on asking by himself there, in no language; and nothing else of the sentence changes."""
    doubt = told(InDoubt, evidence=Evidence.NONE)
    stays, ends = (doubt.sentence(language, today=DAY, asks_again=asks) for asks in (True, False))
    assert ("tillproof recover" in stays, "tillproof recover" in ends) == (False, True)
    assert stays.split(". ")[:3] == ends.split(". ")[:3]


def test_what_was_found_out_later_has_the_time_of_finding_out() -> None:
    """When the card was charged in truth, nobody told us, so no such time is told."""
    assert told(evidence=Evidence.LATEST_SLOT).sentence("en", today=DAY) == (
        "The card was charged 125.00 NOK. The terminal confirmed it at 14:04. Do not charge again."
    )


def test_late_success_says_that_the_money_moved_after_all() -> None:
    """The one alarm that may mean a guest who paid twice."""
    late = told(evidence=Evidence.LATEST_SLOT, alarm="LATE SUCCESS", reply=_APPROVAL).sentence("en", today=DAY)
    assert late.startswith("The terminal showed at 14:04 that the card was charged 125.00 NOK after all. Do not charge")
    assert late.endswith("the guest must get one payment back.")


@pytest.mark.parametrize("type_of", _TYPES)
def test_no_alarm_is_told_as_if_all_were_well(type_of: type[Outcome]) -> None:
    """Where the terminal contradicts the record, neither of them is said to be true."""
    decline = replace(_APPROVAL, ending=Ending.DECLINED)
    first, *_, last = told(type_of, alarm="CONTRADICTION", reply=decline).sentence("en", today=DAY).split(". ")
    assert first.startswith("It is not known" if type_of is InDoubt else "The till had recorded that")
    assert "your manager" in last


def test_the_amount_is_what_was_moved() -> None:
    """A tip is in it, where the terminal names the sum; of what was not approved it names nothing that moved."""
    tip = replace(_APPROVAL, total_minor=14000, currency="NOK")
    assert "charged 140.00 NOK at" in told(reply=tip).sentence("en", today=DAY)
    assert "charged 140.00 NOK at" in told(reply=replace(tip, currency=None)).sentence("en", today=DAY)
    declined = replace(tip, ending=Ending.DECLINED)
    assert "charged 125.00 NOK at" in told(reply=declined, evidence=Evidence.NONE).sentence("en", today=DAY)


@pytest.mark.parametrize(("total", "currency"), [(0, "NOK"), (14000, "???"), (14000, None)])
def test_an_amount_that_cannot_be_read_is_not_guessed(total: int, currency: str | None) -> None:
    """The terminal named a sum, and it is not the one asked for; which, the receipt tells."""
    reply = replace(_APPROVAL, total_minor=total, currency=currency)
    amount = None if currency is None else Money(12500, "NOK")
    assert "charged an unknown amount at" in told(reply=reply, amount=amount).sentence("en", today=DAY)


@pytest.fixture
def central_europe(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that stands in Oslo; by its rule, so that no table of zones is needed."""
    if not hasattr(time, "tzset"):
        pytest.skip("the zone of this system cannot be set for one process")
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("central_europe")
@pytest.mark.parametrize(
    ("at", "when"),
    [
        ("2026-11-24T13:03:59.999Z", "at 14:03"),
        ("2026-11-23T23:30:00.000Z", "at 00:30"),
        ("2026-11-23T22:30:00.000Z", "on 2026-11-23 at 23:30"),
        ("2026-07-01T12:03:00.000Z", "on 2026-07-01 at 14:03"),
    ],
)
def test_time_is_that_of_the_wall(at: str, when: str) -> None:
    """Local, by the rule that held on that day; and yesterday's payment does not look like one of today."""
    assert (
        told(updated_at=at).sentence("en", today=DAY) == f"The card was charged 125.00 NOK {when}. Do not charge again."
    )


def test_today_is_today_unless_it_is_given() -> None:
    """What has just happened is told without a date."""
    now = datetime.now(UTC).isoformat()
    assert re.search(r"NOK at \d\d:\d\d\.", told(updated_at=now).sentence("en"))


@pytest.mark.parametrize("language", Language)
def test_an_answer_that_could_not_be_stored_has_a_sentence_without_time(language: Language) -> None:
    """The disk failed before the fact got its time; at that moment of all a till must not fall over its sentence."""
    timeless = [replace(outcome, updated_at="", opened_at="").sentence(language, today=DAY) for outcome in _SITUATIONS]
    assert [told for told in timeless if re.search(r"\d[:.]\d|\{|  | [.,]", told.replace("125.00 NOK", "money"))] == []


@pytest.mark.parametrize("language", Language)
def test_a_windows_till_can_show_it(language: Language) -> None:
    """Å, æ, ø and ä are in the code page of a Windows console, and nothing is used that is not."""
    sentences = [outcome.sentence(language, today=DAY) for outcome in _SITUATIONS]
    assert [told for told in sentences if told.encode("cp1252", "replace").decode("cp1252") != told] == []


def test_a_language_that_is_not_there_is_refused() -> None:
    """A till that is set up wrongly says so at the first sentence."""
    with pytest.raises(BadInput, match="no sentences in 'de'; give one of en, sv"):
        told().sentence("de")


def test_an_outcome_is_the_same_with_a_later_fact() -> None:
    """A request to abort that came too late changes no outcome; another beginning is another operation."""
    outcome = told(Declined)
    assert outcome == replace(outcome, updated_at="2026-11-24T15:00:00.000Z")
    assert outcome != replace(outcome, opened_at="2026-11-24T15:00:00.000Z")


_CHECKED: Callable[[str], list[str]] = re.compile(r"\bretry|\btry again", re.IGNORECASE).findall


def test_nobody_is_told_to_retry() -> None:
    """What may be done again is the whole question, so the sentence says what to begin, and what not."""
    assert [text for text in every_message() if _CHECKED(text)] == []
