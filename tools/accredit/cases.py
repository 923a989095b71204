"""The cases: what is prepared at the terminal, what the person is told, and which claims decide. A table.

The first seven are the vendor's (`protocol.md`, section 4, Certification), the others come from section 6. The slot
that another till overwrites stands last: afterwards an honest POS needs a person, and may refuse to go on without one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tools.accredit import claims
from tools.accredit.claims import Claim

Document = dict[str, object]

COMMUNICATION_LOG = "communication-log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long things take, in seconds: guests, a late request, an outage; and how long is watched.

    The terminal counts as left alone when nothing has happened there for ``quiet_s``. A step ends after ``timeout_s``.
    """

    guest_s: float = 2.0
    late_s: float = 8.0
    outage_s: float = 30.0
    quiet_s: float = 5.0
    timeout_s: float = 120.0
    poll_s: float = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to be done at the POS. ``unplugged``: meanwhile the terminal refuses every connection."""

    amount_minor: int
    claims: tuple[Claim, ...]
    kind: str = "payment"
    unplugged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """``hint`` says what happens at the terminal; ``prepare`` makes the simulator's script of it."""

    name: str
    source: str
    proves: str
    hint: str
    prepare: Callable[[Pace], Document]
    steps: tuple[Step, ...]
    watches_late: bool = False


def _guests(pace: Pace, outcome: str = "Approved") -> Document:
    return {"guest": {"takes_s": pace.guest_s, "outcomes": {outcome: 1}}}


def _declining(pace: Pace) -> Document:
    return _guests(pace, "Declined")


def _busy(pace: Pace) -> Document:
    return _guests(pace) | {"faults": {"rate": 1, "weights": {"busy": 1}}}


def _late(pace: Pace) -> Document:
    return _first("delivered_late")(pace) | {"faults": {"late_s": pace.late_s}}


def _overwritten(pace: Pace) -> Document:
    return _first("dropped_while_paying")(pace) | {"event": [{"do": "foreign", "after_operation": 1}]}


def _first(fault: str) -> Callable[[Pace], Document]:
    """The first order suffers this."""
    return lambda pace: _guests(pace) | {"operation": [{"fault": fault}]}


_PAID = (claims.started_once, claims.charged_once)
_FOUND_AGAIN = (*_PAID, claims.asked_afterwards)
_SECTION_4, _SECTION_6 = "protocol.md, section 4", "protocol.md, section 6"

CASES: tuple[Case, ...] = (
    Case(
        name="approved",
        source=_SECTION_4,
        proves="A plain payment is charged once, under an id that finds it again.",
        hint="The guest pays.",
        prepare=_guests,
        steps=(Step(amount_minor=101_00, claims=(*_PAID, claims.named)),),
    ),
    Case(
        name="declined",
        source=_SECTION_4,
        proves="A declined card ends the attempt; it is not tried again by itself.",
        hint="The card is declined.",
        prepare=_declining,
        steps=(Step(amount_minor=102_00, claims=(claims.started_once, claims.declined_once)),),
    ),
    Case(
        name=COMMUNICATION_LOG,
        source=_SECTION_4,
        proves="Every request is in the POS's own log, without keys, hashes and card numbers.",
        hint="The guest pays; afterwards the POS's log is looked at.",
        prepare=_guests,
        steps=(Step(amount_minor=103_00, claims=_PAID),),
    ),
    Case(
        name="busy",
        source=_SECTION_4,
        proves="A busy terminal is left in peace, and nothing is charged.",
        hint="The terminal is busy with somebody else.",
        prepare=_busy,
        steps=(Step(amount_minor=104_00, claims=(claims.heard_busy, claims.nothing_entered, claims.not_hammering)),),
    ),
    Case(
        name="capture",
        source=_SECTION_4,
        proves="The day is closed once, after the payments in it.",
        hint="The guest pays, then the day is closed.",
        prepare=_guests,
        steps=(
            Step(amount_minor=105_00, claims=_PAID),
            Step(amount_minor=105_00, claims=(claims.captured,), kind="capture"),
        ),
    ),
    Case(
        name="no-connection",
        source=_SECTION_4,
        proves="An unreachable terminal charges nobody twice, and the POS works again afterwards.",
        hint="The terminal cannot be reached; it comes back, and another guest pays.",
        prepare=_guests,
        steps=(
            Step(amount_minor=106_00, claims=(claims.charged_at_most_once,), unplugged=True),
            Step(amount_minor=107_00, claims=(claims.charged_once,)),
        ),
    ),
    Case(
        name="reply-hash",
        source=_SECTION_4,
        proves="A reply with a wrong hash is not believed: the POS asks, and does not charge again.",
        hint="The reply comes with a wrong hash.",
        prepare=_first("wrong_hash"),
        steps=(Step(amount_minor=108_00, claims=_FOUND_AGAIN),),
    ),
    Case(
        name="late-delivery",
        source=_SECTION_6,
        proves="An order that is delayed on the line is not sent again before the terminal was asked.",
        hint="The order reaches the terminal some seconds late.",
        prepare=_late,
        steps=(Step(amount_minor=109_00, claims=(claims.never_blind, claims.charged_at_most_once)),),
        watches_late=True,
    ),
    Case(
        name="duplicate-delivery",
        source=_SECTION_6,
        proves="An order that the line delivers twice, and that hears a refusal, is looked for and not repeated.",
        hint="The line delivers the order twice, and the POS hears the refusal of the second copy.",
        prepare=_first("delivered_twice"),
        steps=(Step(amount_minor=110_00, claims=_FOUND_AGAIN),),
    ),
    Case(
        name="reply-lost",
        source=_SECTION_6,
        proves="A payment whose reply is lost is found again, and not repeated.",
        hint="The guest pays, and the reply is lost.",
        prepare=_first("lost_after_processing"),
        steps=(Step(amount_minor=111_00, claims=_FOUND_AGAIN),),
    ),
    Case(
        name="unknown-outcome",
        source=_SECTION_6,
        proves="An outcome that nobody knows is neither yes nor no: the POS asks, and does not charge again.",
        hint="The reply names an outcome that no POS knows.",
        prepare=_first("unknown_outcome"),
        steps=(Step(amount_minor=112_00, claims=(*_FOUND_AGAIN, claims.outcome_in_reply)),),
    ),
    Case(
        name="reboot",
        source=_SECTION_6,
        proves="A terminal that reboots under a payment is asked; the POS does not charge again by itself.",
        hint="The terminal reboots while the guest is paying.",
        prepare=_first("reboot_mid_operation"),
        steps=(
            Step(
                amount_minor=113_00,
                claims=(claims.started_once, claims.entered, claims.charged_at_most_once, claims.asked_afterwards),
            ),
        ),
    ),
    Case(
        name="slot-overwritten",
        source=_SECTION_6,
        proves="Where another till has erased the proof, the POS does not charge again without a person.",
        hint="The connection drops, and another till pays before the POS can ask.",
        prepare=_overwritten,
        steps=(Step(amount_minor=114_00, claims=_FOUND_AGAIN),),
    ),
)
