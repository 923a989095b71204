"""The page of the API leaves out nothing that is public, and puts nothing of this machine on it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest

import tillproof
import tillproof_aio
import tillproof_metrics
import tillproof_pytest
import tillproof_traces
from tools.reference import page
from tools.reference.members import told
from tools.reference.signature import signature

_SECRET = "example-planted-8c1f"


def _public(described: type) -> list[str]:
    return [name for name in vars(described) if not name.startswith("_")]


def test_every_name_of_the_door_is_on_the_page() -> None:
    """What can be imported is described; a name that is added and not described is a question to its author."""
    printed = page("api.md")
    named = [name for name in tillproof.__all__ if f"`{name}`" in printed or f"`tillproof.{name}`" in printed]
    assert named == tillproof.__all__


@pytest.mark.parametrize("described", [tillproof.Till, tillproof.Records], ids=lambda described: described.__name__)
def test_every_method_is_described_with_its_parameters(described: type) -> None:
    """Each has a heading, and below it all that it takes."""
    printed = page("api.md")
    for name in (name for name in _public(described) if inspect.isfunction(vars(described)[name])):
        section = printed.partition(f"### `{described.__name__}.{name}`\n")[2].partition("\n### ")[0]
        taken = [item for item in inspect.signature(vars(described)[name]).parameters if item != "self"]
        assert [item for item in taken if f"{item}: " not in section] == [], name
        assert f"{name}(" in section


def test_everything_of_the_asyncio_till_is_named() -> None:
    """Whoever looks for an awaited method finds it."""
    named = page("api.md").partition("## For asyncio")[2].partition("\n## ")[0]
    assert [name for name in _public(tillproof_aio.Till) if f"`{name}`" not in named] == []


@pytest.mark.parametrize("module", [tillproof_metrics, tillproof_traces], ids=lambda module: module.__name__)
def test_everything_of_the_modules_for_operators_is_described(module: ModuleType) -> None:
    """Each name that they give away has a heading."""
    printed = page("api.md")
    headed = [
        name for name in module.__all__ if f"### `{name}`" in printed or f"### `{module.__name__}.{name}`" in printed
    ]
    assert headed == module.__all__


def test_every_fixture_and_what_it_can_do_is_named() -> None:
    """A POS developer's first test needs no source."""
    named = page("api.md").partition("## For your own tests")[2]
    assert [name for name in _public(tillproof_pytest.Terminal) if name not in named] == []
    assert [name for name in ("terminal", "till", "till_config") if f"| `{name}` |" not in named] == []


def test_a_default_is_never_printed_as_it_looks_from_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment is the default of a parameter, and holds the keys of whoever prints the page."""
    monkeypatch.setenv("TILLPROOF_SECRET_KEY", _SECRET)
    assert _SECRET not in page("api.md")

    def read(path: str = "till.toml", environment: Mapping[str, str] = {"KEY": _SECRET}, *, often: int = 2) -> None:
        """Read."""

    assert signature("read", read) == (
        "read(path: str = 'till.toml', environment: Mapping[str, str] = ..., *, often: int = 2) -> None"
    )


def test_a_long_signature_takes_a_line_for_each_parameter() -> None:
    """What is wider than a screen is not read."""
    lines = signature("pay", tillproof.Till.pay).splitlines()
    assert lines[:4] == ["pay(", "    amount: str | Decimal,", "    currency: str,", "    *,"]
    assert lines[-1] == ") -> Outcome"


def test_faults_become_a_list_and_asides_stay_in_the_code() -> None:
    """What we considered is for those who change it; what is raised is for those who call it."""

    class Described:
        """Do something.

        We also considered nothing.
        """

    def raising(*names: Any) -> None:
        """Do it.

        Raises:
            BadInput, KeyError: it is wrong, in a sentence
                of two lines.
        """

    assert list(told(Described)) == ["Do something.", ""]
    assert list(told(raising)) == [
        "Do it.",
        "",
        "- raises `BadInput`, `KeyError`: it is wrong, in a sentence",
        "  of two lines.",
        "",
    ]
