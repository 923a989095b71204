"""Every INFERRED or OPEN behaviour of the terminal as a switch with a name.

A run that prints its `Assumptions` says on which guesses its result depends. Where nothing is known
the default is what makes life harder for the till, or the convention of `protocol.md`.
"""

from dataclasses import dataclass
from enum import StrEnum, unique

# The one status that says "finished" (protocol.md, HTTP statuses), and where statuses lie.
_FINISHED = 200
_FIRST_STATUS, _LAST_STATUS = 200, 599


@unique
class TimestampCheck(StrEnum):
    """How the terminal judges the stamp of an authentic request (`protocol.md`, Timestamps: OPEN).

    A check per connection is not played: towards a late request, which always has a connection of
    its own, it is no check at all.
    """

    STRICTLY_RISING = "per terminal, on arrival"
    EQUAL_PASSES = "per terminal, on arrival, equal passes"
    NONE = "none"


@unique
class ReplyStamps(StrEnum):
    """What the terminal writes as the stamp of a reply (`protocol.md`, Keyed hash: OPEN)."""

    RISING = "the clock, and never the same twice"
    SECONDS = "whole seconds of the clock"
    ECHO = "the request's own"


@unique
class RebootEffect(StrEnum):
    """What a reboot does to the running operation (`protocol.md`, section 6)."""

    LOST = "lost"
    # The bank had answered before the power went: the outcome stands, and no slot tells of it.
    APPROVED_BEFORE = "approved before"


@unique
class CaptureDue(StrEnum):
    """What becomes of an operation when the open session is too old (`protocol.md`, Capture: "may refuse")."""

    IGNORED = "ignored"
    DECLINES = "declines"
    REFUSES_403 = "refuses with 403"


@unique
class AmountUnit(StrEnum):
    """What the numbers of amounts count."""

    MINOR = "minor"
    MAJOR = "major"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """The switches; each docstring line names the section of `protocol.md` that leaves it open."""

    timestamp_check: TimestampCheck = TimestampCheck.STRICTLY_RISING
    """Timestamps: what "more recent than last communication" compares with; the fence stands on it."""

    stamps_survive_reboot: bool = False
    """Timestamps: whether the last stamp is known after a reboot."""

    skew_s: float | None = 15 * 60
    """Timestamps: how far a stamp may be from the terminal's clock, in seconds; none is any distance."""

    refusals_signed: bool = True
    """Keyed hash: whether refusals, all that is not 2xx, carry `Server-Authorization` as well."""

    reply_stamps: ReplyStamps = ReplyStamps.RISING
    """Keyed hash: what the stamp of a reply is; whether an old reply can be told from a new one stands on it."""

    slot_survives_capture: bool = False
    """Endpoints: whether `latest` of payments, refunds and reversals outlives an approved capture."""

    slot_survives_reboot: bool = False
    """Conventions, Memory: whether `latest` outlives a reboot."""

    payment_by_receipt: bool = True
    """Endpoints: whether `GET /Payments/{receiptNumber}` exists; it finds the open session's payments."""

    modeless_while_busy: bool = True
    """Endpoints: whether questions are answered while an operation runs; else they hear 503 as well."""

    dialogs_empty_when_idle: bool = True
    """Generations: whether `GET /Dialogs` shows nothing, or a greeting, when nothing runs."""

    async_id_in_path: bool = True
    """Endpoints: whether an asynchronous start has its id in the path, or as `operationId` in its body."""

    async_memory: int = 1
    """Conventions, Memory: how many ended asynchronous operations of each type are known by their id."""

    running_status: int = 202
    """HTTP statuses: what `/status` answers while the operation runs; anything but 200."""

    abort_by_id_path: str = "/Abort/{id}"
    """Endpoints: the path of the abort of one operation, below the base; `/Aborts/{id}` is the other candidate."""

    abort_path: str = "/Aborts"
    """Endpoints: the path of the abort without an id, below the base."""

    abort_may_still_approve: bool = False
    """Abort: whether an accepted abort comes too late, and the operation ends as the guest wills."""

    reboot_effect: RebootEffect = RebootEffect.LOST
    """Section 6: what a reboot does to the running operation."""

    reboot_s: float = 0.0
    """Section 6: how long a reboot takes, in seconds in which connections are refused."""

    capture_due: CaptureDue = CaptureDue.DECLINES
    """Capture: what the terminal does to operations once it demands a capture."""

    capture_due_after_s: float = 24 * 60 * 60
    """Capture: the age of the open session, in seconds since its first approved operation."""

    currency_nested: bool = True
    """Reply fields: `amounts.currency.symbol` when true, else `amounts.currencySymbol`."""

    capture_schemes: bool = False
    """Capture: whether its reply has `schemes`, the totals by card scheme, beside `totals`."""

    read_card_path: str = "/ReadCard"
    """Endpoints: the path of ReadCard (2.1), below the base; that it answers at once is assumed as well."""

    print_path: str = "/Print"
    """Endpoints: the path of Print, below the base."""

    v1_amount_unit: AmountUnit = AmountUnit.MINOR
    """Request fields: what 1.x counts amounts in, minor units or kroner with decimals; 2.x counts minor units."""

    def __post_init__(self) -> None:
        if self.running_status == _FINISHED or not _FIRST_STATUS <= self.running_status <= _LAST_STATUS:
            raise ValueError(f"running_status is an HTTP status that does not mean finished, not {self.running_status}")
        if self.async_memory < 1:
            raise ValueError(f"async_memory is at least 1, or no result could be heard, not {self.async_memory}")
        if "{id}" not in self.abort_by_id_path:
            raise ValueError(f"abort_by_id_path holds {{id}}, which {self.abort_by_id_path!r} does not")
