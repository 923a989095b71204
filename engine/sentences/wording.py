"""What is said, in English: for each kind of operation what can have happened, and what the cashier does then.

These texts are the keys of the catalogues, so a changed word makes its translations void. Rules for them: whole
sentences; the imperative for what to do; never a bare *retry*, because what may be done again is the whole question;
where nobody may do it again, *do not* stands there in words. A name in braces is filled in, and ``{when}`` has a blank
before it, for it is left out where the time is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from engine.kind import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The sentences of one kind of operation."""

    done: str
    declined: str
    cancelled: str
    absent: str
    doubt: str
    late: str
    done_contradicted: str
    undone_contradicted: str
    after_done: str
    after_declined: str
    after_cancelled: str
    after_unsent: str
    after_refused: str
    after_absent: str
    parked: str
    escalated: str
    after_late: str
    after_done_contradicted: str
    after_undone_contradicted: str


CONFIRMED = "The terminal confirmed it {when}."
RECORDED = "A colleague recorded it {when}."
UNSENT = "Nothing was sent to the terminal."
REFUSED = "The terminal refused it {when}."
MADE_SURE = "The till made sure of it {when}."

ASKS_AGAIN = "The till will ask the terminal again by itself."
WILL_BE_ASKED = "The till will ask the terminal again when somebody runs tillproof recover."

TODAY = "at {hour}:{minute}"
ANOTHER_DAY = "on {year}-{month}-{day} at {hour}:{minute}"
SOME_AMOUNT = "an unknown amount"

_SHARED: Mapping[str, str] = {
    "how we know: the terminal was asked afterwards": CONFIRMED,
    "how we know: a person decided": RECORDED,
    "how we know: nothing had left the till": UNSENT,
    "how we know: the terminal did not take the order": REFUSED,
    "how we know: the till proved that it can no longer happen": MADE_SURE,
    "parked, and a till goes on running": ASKS_AGAIN,
    "parked by a command, which has ended": WILL_BE_ASKED,
    "{when}, today": TODAY,
    "{when}, on another day": ANOTHER_DAY,
    "{money}, where the terminal named no amount": SOME_AMOUNT,
}

WORDINGS: Mapping[Kind, Wording] = {
    Kind.PAYMENT: Wording(
        done="The card was charged {money} {when}.",
        declined="The card was declined {when}. Nothing was charged.",
        cancelled="The payment was cancelled {when}. Nothing was charged.",
        absent="The payment was not carried out. Nothing was charged.",
        doubt="It is not known whether the card was charged {money} {when}.",
        late="The terminal showed {when} that the card was charged {money} after all.",
        done_contradicted="The till had recorded that the card was charged {money}, "
        "but the terminal showed something else {when}.",
        undone_contradicted="The till had recorded that nothing was charged, "
        "but the terminal showed something else {when}.",
        after_done="Do not charge again.",
        after_declined="Take another card as a new payment, or take cash.",
        after_cancelled="If the guest still wants to pay by card, begin a new payment.",
        after_unsent="Check that the terminal is on and connected. Then begin a new payment, or take cash.",
        after_refused="Look at the terminal's screen. Then begin a new payment, or take cash.",
        after_absent="Begin a new payment, or take cash.",
        parked="Park the bill. Do not charge again.",
        escalated="The terminal can no longer tell. Park the bill. Do not charge again. Call your manager.",
        after_late="Do not charge again. If the guest has paid this bill another way since, call your manager: "
        "the guest must get one payment back.",
        after_done_contradicted="Do not charge again. Call your manager.",
        after_undone_contradicted="Do not charge again before your manager has looked into it.",
    ),
    Kind.REFUND: Wording(
        done="The guest got {money} back on the card {when}.",
        declined="The refund was declined {when}. No money was given back.",
        cancelled="The refund was cancelled {when}. No money was given back.",
        absent="The refund was not carried out. No money was given back.",
        doubt="It is not known whether the guest got {money} back on the card {when}.",
        late="The terminal showed {when} that the guest got {money} back on the card after all.",
        done_contradicted="The till had recorded that the guest got {money} back on the card, "
        "but the terminal showed something else {when}.",
        undone_contradicted="The till had recorded that no money was given back, "
        "but the terminal showed something else {when}.",
        after_done="Do not give the money back again.",
        after_declined="Take another card as a new refund, or ask your manager.",
        after_cancelled="If the guest is still to get the money back, begin a new refund.",
        after_unsent="Check that the terminal is on and connected. Then begin a new refund.",
        after_refused="Look at the terminal's screen. Then begin a new refund.",
        after_absent="If the guest is still to get the money back, begin a new refund.",
        parked="Do not give the money back again, not in cash either.",
        escalated="The terminal can no longer tell. Do not give the money back again, not in cash either. "
        "Call your manager.",
        after_late="Do not give the money back again. If the guest has got it another way since, call your manager.",
        after_done_contradicted="Do not give the money back again. Call your manager.",
        after_undone_contradicted="Do not give any money back before your manager has looked into it.",
    ),
    Kind.REVERSAL: Wording(
        done="The payment with receipt {receipt} was reversed {when}. The guest gets the money back.",
        declined="The reversal of receipt {receipt} was declined {when}. No money was given back.",
        cancelled="The reversal of receipt {receipt} was cancelled {when}. No money was given back.",
        absent="The reversal of receipt {receipt} was not carried out. No money was given back.",
        doubt="It is not known whether the payment with receipt {receipt} was reversed {when}.",
        late="The terminal showed {when} that the payment with receipt {receipt} was reversed after all.",
        done_contradicted="The till had recorded that the payment with receipt {receipt} was reversed, "
        "but the terminal showed something else {when}.",
        undone_contradicted="The till had recorded that the payment with receipt {receipt} was not reversed, "
        "but the terminal showed something else {when}.",
        after_done="Do not give the money back again.",
        after_declined="Ask your manager before you give the money back another way.",
        after_cancelled="If the guest is still to get the money back, begin a new reversal.",
        after_unsent="Check that the terminal is on and connected. Then begin a new reversal.",
        after_refused="Look at the terminal's screen. Then begin a new reversal.",
        after_absent="If the guest is still to get the money back, begin a new reversal.",
        parked="Do not give the money back again, not in cash either.",
        escalated="The terminal can no longer tell. Do not give the money back again, not in cash either. "
        "Call your manager.",
        after_late="Do not give the money back again. If the guest has got it another way since, call your manager.",
        after_done_contradicted="Do not give the money back again. Call your manager.",
        after_undone_contradicted="Do not give any money back before your manager has looked into it.",
    ),
    Kind.CAPTURE: Wording(
        done="The day's card sales were sent to the bank {when}.",
        declined="Closing the day was declined {when}. The day's card sales were not sent to the bank.",
        cancelled="Closing the day was cancelled {when}. The day's card sales were not sent to the bank.",
        absent="The day was not closed. The day's card sales were not sent to the bank.",
        doubt="It is not known whether the day's card sales were sent to the bank {when}.",
        late="The terminal showed {when} that the day's card sales were sent to the bank after all.",
        done_contradicted="The till had recorded that the day's card sales were sent to the bank, "
        "but the terminal showed something else {when}.",
        undone_contradicted="The till had recorded that the day's card sales were not sent to the bank, "
        "but the terminal showed something else {when}.",
        after_done="Do not close the day again.",
        after_declined="Close the day once more before you go home. If it is declined again, call your manager.",
        after_cancelled="Close the day once more before you go home.",
        after_unsent="Check that the terminal is on and connected. Then close the day once more.",
        after_refused="Look at the terminal's screen. Then close the day once more.",
        after_absent="Close the day once more before you go home.",
        parked="Do not close the day again.",
        escalated="The terminal can no longer tell. Do not close the day again. Call your manager.",
        after_late="Do not close the day again. If it has been closed another time since, call your manager.",
        after_done_contradicted="Do not close the day again. Call your manager.",
        after_undone_contradicted="Do not close the day again before your manager has looked into it.",
    ),
}


def every_message() -> Mapping[str, list[str]]:
    """Every text that is said, in the order above, and where it is said, for translators."""
    found: dict[str, list[str]] = {}
    for message, place in _places():
        found.setdefault(message, []).append(place)
    return found


def _places() -> Iterator[tuple[str, str]]:
    for kind, wording in WORDINGS.items():
        yield from ((getattr(wording, each.name), f"{kind}: {each.name.replace('_', ' ')}") for each in fields(wording))
    yield from ((message, place) for place, message in _SHARED.items())
