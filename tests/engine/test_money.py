"""Money: what a person types becomes whole minor units, or is refused."""

from __future__ import annotations

import re
from decimal import Decimal

import iso4217
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import MAX_AMOUNT_MINOR, BadInput, Money


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("125.00", "NOK", 12500),
        ("125", "NOK", 12500),
        ("0.01", "SEK", 1),
        ("0125.50", "NOK", 12550),
        ("500", "JPY", 500),
        ("1.234", "KWD", 1234),
        (Decimal("99.90"), "EUR", 9990),
        (Decimal("1E+2"), "NOK", 10000),
        ("21474836.47", "NOK", MAX_AMOUNT_MINOR),
    ],
)
def test_amounts_are_read_by_the_currencys_own_decimals(amount: str | Decimal, currency: str, minor: int) -> None:
    """Major units become minor units exactly, with as many decimals as ISO 4217 gives the currency."""
    assert Money.parse(amount, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "amount",
    [
        *(
            "12.345",
            "-1",
            "+1",
            "1e3",
            "NaN",
            "Infinity",
            "0",
            "0.00",
            "",
            " 1",
            "1 000",
            "1,00",
            "0x10",
            "1_000",
            "१२",
        ),
        *("21474836.48", "1" * 40, "1.", ".5"),
        *(Decimal("NaN"), Decimal("Infinity"), Decimal(-1), Decimal("1E+20"), Decimal("0.001")),
    ],
)
def test_what_is_not_a_plain_positive_amount_is_refused(amount: str | Decimal) -> None:
    """Whatever two programs could read differently, or the terminal cannot hold, is an error that names the field."""
    with pytest.raises(BadInput, match=r"^amount: "):
        Money.parse(amount, "NOK")


@pytest.mark.parametrize("amount", ["1E+999999999", "-1E+999999999", "0E+999999999", "1E-999999999"])
def test_a_decimal_with_an_enormous_exponent_is_refused_as_it_is_written(amount: str) -> None:
    """Written out it would be a gigabyte of zeros."""
    with pytest.raises(BadInput, match=re.escape(repr(amount))):
        Money.parse(Decimal(amount), "NOK")


@pytest.mark.parametrize("amount", [1.5, 125, True, None])
def test_amounts_of_inexact_or_ambiguous_types_are_refused(amount: object) -> None:
    """A float is not exact, and an int does not say whether it counts kroner or øre."""
    with pytest.raises(BadInput, match=r"^amount: "):
        Money.parse(amount, "NOK")  # type: ignore[arg-type]


@pytest.mark.parametrize("currency", ["nok", "NO", "", "ABC", "XXX", "XAU", "NOK "])
def test_only_currencies_with_a_minor_unit_are_taken(currency: str) -> None:
    """A code that ISO 4217 does not know, or that has no minor unit, is refused by name."""
    with pytest.raises(BadInput, match=r"^currency: "):
        Money.parse("1", currency)


@pytest.mark.parametrize("currency", ["DKK", "EUR", "ISK", "NOK", "SEK"])
def test_the_currencies_at_hand_have_the_decimals_of_the_list(currency: str) -> None:
    """They are known without reading ISO 4217's list, and must never differ from it."""
    exponent = iso4217.Currency(currency).exponent
    assert exponent is not None
    assert Money.parse("7", currency) == Money(int(Decimal(7).scaleb(exponent)), currency)


@given(minor=st.integers(1, MAX_AMOUNT_MINOR), currency=st.sampled_from(["NOK", "JPY", "KWD"]))
def test_an_amount_that_is_written_is_read_back_as_itself(minor: int, currency: str) -> None:
    """Writing and reading are inverse for every amount that exists."""
    money = Money(minor, currency)
    assert Money.parse(*str(money).split(" ")) == money
