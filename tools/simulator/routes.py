"""Which request means what (`protocol.md`, Endpoints): paths in, routes out."""

import re
from dataclasses import dataclass

from tools.simulator.assumptions import Assumptions
from tools.simulator.kinds import Kind
from tools.simulator.profile import Profile

_BY_COLLECTION = {kind.collection: kind for kind in Kind}
_BY_ASYNC = {f"{kind.collection}Async": kind for kind in Kind}
_RECEIPT_NUMBER = re.compile(r"[0-9]{6}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Begin an operation, and block until it is done."""

    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class StartAsync:
    """Begin an operation, and say at once that it has begun; without an id here it stands in the body."""

    kind: Kind
    operation_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How far is this operation?"""

    kind: Kind
    operation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogOf:
    """What do you show for this operation?"""

    operation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AbortOf:
    """Stop this operation."""

    operation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """What was the last operation of this type?"""

    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ByReceipt:
    """What became of the payment with this receipt number?"""

    receipt_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Who are you?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """What do you show?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abort:
    """Stop what is running."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCard:
    """Whose card is there?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """Print this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nowhere:
    """Nothing that this release knows."""


Asynchronous = StartAsync | Status | DialogOf | AbortOf
Modeless = Latest | ByReceipt | Device | Dialog | Abort
Route = Start | Asynchronous | Modeless | ReadCard | Print | Nowhere


def route(method: str, path: str, *, profile: Profile, assumptions: Assumptions) -> Route:
    """Find the route of a request; the path has no query."""
    if not path.startswith(f"{profile.base}/"):
        return Nowhere()
    below = path.removeprefix(profile.base)
    match method:
        case "POST":
            return _post(below, profile, assumptions)
        case "GET":
            return _get(below, profile, assumptions)
        case _:
            return Nowhere()


def _post(below: str, profile: Profile, assumptions: Assumptions) -> Route:
    if kind := _BY_COLLECTION.get(below[1:]):
        return Start(kind=kind)
    match below.split("/")[1:], assumptions.async_id_in_path:
        case [collection, operation_id], True if collection in _BY_ASYNC and operation_id:
            return StartAsync(kind=_BY_ASYNC[collection], operation_id=operation_id)
        case [collection], False if collection in _BY_ASYNC:
            return StartAsync(kind=_BY_ASYNC[collection], operation_id=None)
        case _:
            return _post_else(below, profile, assumptions)


def _post_else(below: str, profile: Profile, assumptions: Assumptions) -> Route:
    if below == assumptions.abort_path and profile.modeless_abort:
        return Abort()
    if below == assumptions.read_card_path and profile.read_card:
        return ReadCard()
    if below == assumptions.print_path:
        return Print()
    before, _, after = assumptions.abort_by_id_path.partition("{id}")
    operation_id = below.removeprefix(before).removesuffix(after)
    if operation_id and "/" not in operation_id and below == f"{before}{operation_id}{after}":
        return AbortOf(operation_id=operation_id)
    return Nowhere()


def _get(below: str, profile: Profile, assumptions: Assumptions) -> Route:
    match below.split("/")[1:]:
        case ["DeviceInformation"]:
            return Device()
        case ["Dialogs"] if profile.dialogs_without_id:
            return Dialog()
        case ["Dialogs", operation_id] if operation_id:
            return DialogOf(operation_id=operation_id)
        case [collection, operation_id, "status"] if collection in _BY_ASYNC and operation_id:
            return Status(kind=_BY_ASYNC[collection], operation_id=operation_id)
        case [collection, "latest"] if collection in _BY_COLLECTION:
            return Latest(kind=_BY_COLLECTION[collection])
        case ["Payments", number] if assumptions.payment_by_receipt and _RECEIPT_NUMBER.fullmatch(number):
            return ByReceipt(receipt_number=number)
        case _:
            return Nowhere()
