"""Amounts on the wire: minor units, or on 1.x perhaps kroner with decimals (`protocol.md`, Request fields)."""

import re
from decimal import Decimal

from tools.simulator.assumptions import AmountUnit, Assumptions
from tools.simulator.errors import Malformed
from tools.simulator.profile import Profile

# The largest amount of a 32-bit terminal, in minor units.
MOST_MINOR = 2**31 - 1

# The simulator's shop deals in crowns.
_MINOR_IN_MAJOR = 100
_MAJOR = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?", re.ASCII)


def unit_of(profile: Profile, assumptions: Assumptions) -> AmountUnit:
    """Return the unit that a release speaks; of 2.x it is known."""
    return assumptions.v1_amount_unit if profile is Profile.V1 else AmountUnit.MINOR


def minor_from(value: object, unit: AmountUnit) -> int:
    """Read `amounts.base` into minor units; raise `Malformed` when it is no amount."""
    minor = _minor(value) if unit is AmountUnit.MINOR else _minor_of_major(value)
    if minor is None or not 0 < minor <= MOST_MINOR:
        raise Malformed(f"amounts.base must be in {unit} units, more than nothing and at most {MOST_MINOR} minor ones.")
    return minor


def written(minor: int | None, unit: AmountUnit) -> int | float | None:
    """Write minor units as the wire has them."""
    return minor if minor is None or unit is AmountUnit.MINOR else minor / _MINOR_IN_MAJOR


def _minor(value: object) -> int | None:
    # JSON's true is an int to Python, but no amount.
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _minor_of_major(value: object) -> int | None:
    """Read 125, 125.5 or "125.50"; a number in JSON is what it looks like."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = value if isinstance(value, str) else repr(value)
    return int(Decimal(text) * _MINOR_IN_MAJOR) if _MAJOR.fullmatch(text) else None
