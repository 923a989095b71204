"""What is searched: the configurations that we ship, and mistakes that must be found out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """A till that is configured for its terminal. ``quick`` says that every test run searches it."""

    name: str
    switches: tuple[str, ...]
    quick: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A till, or a belief about the terminal, that is wrong; the search must end with this assertion violated."""

    name: str
    switches: tuple[str, ...]
    violates: str = "paid_and_said_not"


_NOBODY_CHECKS = ("FENCE=0", "CHECKS_STAMPS=0", "STAMPS_SURVIVE=0", "COPIES=0")
"""Without a check of stamps every copy of an order is performed: no till can help it, so here are none."""

SHIPPED = (
    Shipped(name="fence, the defaults", switches=(), quick=True),
    Shipped(name="fence = false, a terminal that forgets stamps", switches=("FENCE=0", "STAMPS_SURVIVE=0")),
    Shipped(
        name="fence = false, idle_by_dialogs = false, a terminal without stamps",
        switches=(*_NOBODY_CHECKS, "IDLE_BY_DIALOGS=0"),
        quick=True,
    ),
    Shipped(name="wiped_whole = false, a terminal that is wiped in parts", switches=("WIPED_WHOLE=0", "WIPES_WHOLE=0")),
    Shipped(name='on_lost_reply = "abort"', switches=("ABORTS_LOST=1",)),
    Shipped(name="two rounds of questions over a faulty line", switches=("ROUNDS=2",)),
    Shipped(name="two operations after each other", switches=("EACH=2", "STRANGERS=0")),
    Shipped(
        name="two tills, shared = true",
        switches=("TILLS=2", "SHARED=1", "STRANGERS=0", "COPIES=0", "CRASHES=0", "OTHERS_ROUNDS=0"),
    ),
)

# A mistake that shows with little around it is searched with little around it.
_CALM = ("CRASHES=0", "REBOOTS=0", "STRANGERS=0")

MISTAKES = (
    Mistake(name="no fence: the terminal checks no stamps", switches=("CHECKS_STAMPS=0", "COPIES=0", *_CALM)),
    Mistake(name="a 401 on an order is trusted", switches=("TRUST_401", *_CALM)),
    Mistake(
        name="equal stamps: the till's clock is frozen, and the terminal takes them",
        switches=("EQUAL_STAMPS", *_CALM),
        violates="paid_twice",
    ),
    Mistake(
        name="forgetful restart without grace: fence = true, and the stamps are forgotten",
        switches=("STAMPS_SURVIVE=0", "CRASHES=0", "STRANGERS=0", "COPIES=0"),
    ),
    Mistake(name="absence without idle", switches=("ABSENCE_WITHOUT_IDLE", *_CALM)),
    Mistake(name="slot guard off", switches=("NO_SLOT_GUARD", "CRASHES=0", "REBOOTS=0", "COPIES=0")),
    Mistake(
        name="a capture by another till is not looked for",
        switches=("NO_CAPTURE_GUARD", "CRASHES=0", "REBOOTS=0", "COPIES=0"),
    ),
    Mistake(
        name="reboot_s is too long: the terminal restarts faster",
        switches=("SLOW_RESTART=0", "CRASHES=0", "STRANGERS=0", "COPIES=0"),
    ),
    Mistake(
        name="wiped_whole = true at a terminal that is wiped in parts",
        switches=("WIPES_WHOLE=0", "CRASHES=0", "STRANGERS=0", "COPIES=0"),
    ),
    Mistake(name="no grace where there is no fence", switches=(*_NOBODY_CHECKS, "NO_GRACE", *_CALM)),
    Mistake(
        name="grace_s is too short: orders live longer",
        switches=(*_NOBODY_CHECKS, "GRACE_HOLDS=0", *_CALM),
    ),
    Mistake(
        name="an order leaves long after its dispatch was stored, without a fence",
        switches=(*_NOBODY_CHECKS, "LEAVES_PROMPTLY=0", *_CALM),
    ),
    Mistake(name="an order is sent again, with a newer stamp", switches=("RESEND", *_CALM), violates="paid_twice"),
    Mistake(
        name="a copy of an order outlives a restart that forgets stamps: no till can help this",
        switches=("COPIES_DIE=0", "STAMPS_SURVIVE=0", "FENCE=0", "CRASHES=0", "STRANGERS=0"),
        violates="paid_twice",
    ),
    Mistake(
        name="any payment in the slot is taken for ours",
        switches=("ANY_PAYMENT_IS_OURS", *_CALM),
        violates="said_paid_and_not",
    ),
    Mistake(
        name="the grace is never over",
        switches=("NEVER_OVER", "IDLE_BY_DIALOGS=0", *_CALM),
        violates="stuck",
    ),
)
