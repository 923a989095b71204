"""Which request means what (`protocol.md`, Endpoints): paths in, routes out."""

import re
from dataclasses import dataclass

from tools.simulator.assumptions import Assumptions
from tools.simulator.kinds import Kind
from tools.simulator.profile import Profile

BASE = "/api/v2"

_BY_COLLECTION = {kind.collection: kind for kind in Kind}
_RECEIPT_NUMBER = re.compile(r"[0-9]{6}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Begin an operation, and block until it is done."""

    kind: Kind


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
class Nowhere:
    """Nothing that this release knows."""


Route = Start | Latest | ByReceipt | Device | Dialog | Abort | Nowhere


def route(method: str, path: str, *, profile: Profile, assumptions: Assumptions) -> Route:
    """Find the route of a request; the path has no query."""
    if not path.startswith(f"{BASE}/"):
        return Nowhere()
    below = path.removeprefix(BASE)
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
    if below == assumptions.abort_path and profile.modeless_abort:
        return Abort()
    return Nowhere()


def _get(below: str, profile: Profile, assumptions: Assumptions) -> Route:
    match below.split("/")[1:]:
        case ["DeviceInformation"]:
            return Device()
        case ["Dialogs"] if profile.dialogs_without_id:
            return Dialog()
        case [collection, "latest"] if collection in _BY_COLLECTION:
            return Latest(kind=_BY_COLLECTION[collection])
        case ["Payments", number] if assumptions.payment_by_receipt and _RECEIPT_NUMBER.fullmatch(number):
            return ByReceipt(receipt_number=number)
        case _:
            return Nowhere()
