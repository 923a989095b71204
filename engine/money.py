"""Money: whole minor units of a currency, and how a person's text becomes that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from engine.errors import BadInput

MAX_AMOUNT_MINOR = 2**31 - 1
"""The most that a terminal's integer is taken to hold. OPEN in ``protocol.md``: nothing says more than 32 bits."""

_MOST_DIGITS = 30
_PLAIN_DECIMAL = re.compile(rf"\d{{1,{_MOST_DIGITS}}}(\.\d{{1,6}})?", re.ASCII)
"""What a cashier types. No sign, exponent, blank or grouping: each of them has been read as another amount."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in whole minor units (øre, cents), with its ISO 4217 code. There are no floats here."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        _exponent(self.currency)
        if not 0 < self.amount_minor <= MAX_AMOUNT_MINOR:
            raise BadInput(
                f"amount: {self.amount_minor} {self.currency} in minor units is outside 1 to {MAX_AMOUNT_MINOR}; "
                "give an amount that the terminal can take"
            )

    @classmethod
    def parse(cls, amount: str | Decimal, currency: str) -> Money:
        """Read a decimal amount in major units ("125.00" NOK) by the currency's own number of decimals.

        Raises:
            BadInput: not a plain positive decimal, more decimals than the currency has, unknown currency, or
                more than the terminal's integer can hold.
        """
        if not isinstance(amount, str | Decimal):
            raise BadInput(
                f"amount: {amount!r} is a {type(amount).__name__}, of which nobody can tell whether it is exact; "
                'give a text such as "125.00" or a Decimal'
            )
        exponent = _exponent(currency)
        # Written out, 1E+999999999 is a gigabyte of zeros.
        written_out = isinstance(amount, Decimal) and amount.is_finite() and abs(amount.adjusted()) < _MOST_DIGITS
        text = format(amount, "f") if written_out else str(amount)
        if not _PLAIN_DECIMAL.fullmatch(text):
            raise BadInput(f"amount: {text!r} is not a plain decimal amount; write it like 125.00")
        try:
            minor = Decimal(text).scaleb(exponent)
        except InvalidOperation as error:  # pragma: no cover - the pattern above admits nothing that fails here
            raise BadInput(f"amount: {text!r} cannot be read; write it like 125.00") from error
        if minor != minor.to_integral_value():
            raise BadInput(f"amount: {text} has more decimals than {currency}, which has {exponent}; round it yourself")
        return cls(int(minor), currency)

    def __str__(self) -> str:
        return f"{Decimal(self.amount_minor).scaleb(-_exponent(self.currency)):f} {self.currency}"


def _exponent(currency: str) -> int:
    """Decimals of a currency: NOK 2, JPY 0, KWD 3. From ISO 4217, not from a locale, which rounds for display."""
    match currency:
        case "DKK" | "EUR" | "NOK" | "SEK":  # where these terminals stand: nobody there waits for the list of the world
            return 2
        case "ISK":
            return 0
        case _:
            return _listed_exponent(currency)


def _listed_exponent(currency: str) -> int:
    import iso4217  # noqa: PLC0415 - reads its lists when it is imported, which takes longer than a whole payment

    try:
        exponent: int | None = iso4217.Currency(currency).exponent
    except ValueError:
        exponent = None
    if exponent is None:
        raise BadInput(f"currency: {currency!r} is not an ISO 4217 code with a minor unit; give one such as NOK")
    return exponent
