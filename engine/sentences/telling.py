"""How an outcome is told to the cashier: which sentences, with what filled in, at what time of day.

    what happened    with its time, where the terminal's reply told it at once
    how we know      with that time, where we had to find out: only then is it another one
    what to do       never left out

While an alarm is open, what happened is what the terminal showed, and the record has to step back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import assert_never

from engine.errors import BadInput
from engine.language import Language
from engine.money import Money
from engine.operation import Evidence
from engine.outcome import Approved, Cancelled, Declined, InDoubt, NotPerformed, Outcome
from engine.sentences.catalogue import catalogue
from engine.sentences.wording import (
    ANOTHER_DAY,
    ASKS_AGAIN,
    CONFIRMED,
    MADE_SURE,
    RECORDED,
    REFUSED,
    SOME_AMOUNT,
    TODAY,
    UNSENT,
    WILL_BE_ASKED,
    WORDINGS,
    Wording,
)
from engine.terminal import Ending

_FOUND_OUT: Mapping[Evidence, str] = {
    Evidence.STATUS_BY_ID: CONFIRMED,
    Evidence.LATEST_SLOT: CONFIRMED,
    Evidence.PERSON: RECORDED,
}

_PROVED: Mapping[Evidence, str] = {
    Evidence.NOTHING_LEFT: UNSENT,
    Evidence.AUTHENTIC_REFUSAL: REFUSED,
    Evidence.FENCED_ABSENCE: MADE_SURE,
    Evidence.ABSENCE_AFTER_GRACE: MADE_SURE,
    Evidence.PERSON: RECORDED,
}

_Said = tuple[str, str]
"""A sentence, and the time in it (UTC, ISO 8601); empty where none is told."""


def sentence_of(outcome: Outcome, language: Language, today: date, *, asks_again: bool = True) -> str:
    """What happened to the money and what to do next. ``today`` is the local date: of other days the date is told."""
    translate = catalogue(language).gettext
    given = {"money": _money(outcome) or translate(SOME_AMOUNT), "receipt": str(outcome.target_receipt)}
    return " ".join(
        _filled(translate(text), given, _when(at, today, translate)) for text, at in _said(outcome, asks_again)
    )


def _said(outcome: Outcome, asks_again: bool) -> Iterator[_Said]:  # noqa: FBT001 - private, and named by its caller
    wording = WORDINGS[outcome.kind]
    if outcome.alarm is not None:
        yield from _alarmed(outcome, wording)
        return
    match outcome:
        case Approved():
            yield from _known(outcome, wording.done, _FOUND_OUT)
            yield wording.after_done, ""
        case Declined():
            yield from _known(outcome, wording.declined, _FOUND_OUT)
            yield wording.after_declined, ""
        case Cancelled():
            yield from _known(outcome, wording.cancelled, _FOUND_OUT)
            yield wording.after_cancelled, ""
        case NotPerformed():
            yield from _known(outcome, wording.absent, _PROVED)
            yield _after_nothing(outcome.evidence, wording), ""
        case InDoubt():
            yield wording.doubt, outcome.opened_at
            if outcome.needs_person:
                yield wording.escalated, ""
            else:
                yield wording.parked, ""
                yield (ASKS_AGAIN if asks_again else WILL_BE_ASKED), ""
        case _:
            assert_never(outcome)


def _known(outcome: Outcome, happened: str, sources: Mapping[Evidence, str]) -> Iterator[_Said]:
    """What was found out later happened earlier, and nobody has told us when; so no time of ours stands beside it."""
    source = sources.get(outcome.evidence)
    if source is None:
        yield happened, outcome.updated_at
    else:
        yield happened, ""
        yield source, outcome.updated_at


def _after_nothing(evidence: Evidence, wording: Wording) -> str:
    match evidence:
        case Evidence.NOTHING_LEFT:
            return wording.after_unsent
        case Evidence.AUTHENTIC_REFUSAL:
            return wording.after_refused
        case _:
            return wording.after_absent


def _alarmed(outcome: Outcome, wording: Wording) -> Iterator[_Said]:
    match outcome:
        case Approved() if outcome.reply is not None and outcome.reply.ending is Ending.APPROVED:
            yield wording.late, outcome.updated_at
            yield wording.after_late, ""
        case Approved():
            yield wording.done_contradicted, outcome.updated_at
            yield wording.after_done_contradicted, ""
        case Declined() | Cancelled() | NotPerformed():
            yield wording.undone_contradicted, outcome.updated_at
            yield wording.after_undone_contradicted, ""
        case InDoubt():
            # No history leads here. If one ever does, a person is the safe way on.
            yield wording.doubt, outcome.opened_at
            yield wording.escalated, ""
        case _:
            assert_never(outcome)


def _money(outcome: Outcome) -> str | None:
    """What was moved: a tip can make it more than was asked for, and then the terminal names the sum."""
    reply = outcome.reply
    if reply is None or reply.ending is not Ending.APPROVED or reply.total_minor is None:
        return str(outcome.amount) if outcome.amount else None
    currency = reply.currency or (outcome.amount.currency if outcome.amount else "")
    try:
        return str(Money(reply.total_minor, currency))
    except BadInput:
        return None


def _when(at: str, today: date, translate: Callable[[str], str]) -> str:
    """The time on the wall of the restaurant, for which the machine's zone stands."""
    if not at:
        return ""
    moment = datetime.fromisoformat(at).astimezone()
    text = translate(TODAY if moment.date() == today else ANOTHER_DAY)
    names = {"year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M"}
    return text.format_map({name: moment.strftime(form) for name, form in names.items()})


def _filled(text: str, given: Mapping[str, str], when: str) -> str:
    return (text if when else text.replace(" {when}", "")).format_map({**given, "when": when})
