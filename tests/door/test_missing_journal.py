"""A journal that has to be there, and is not: on a disk that is not mounted nobody begins anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import tillproof
from tests.door.conftest import Configure, Desk, Serve

_TOLD = (
    r"tillproof\.db is missing, and make_journal = false says that there is one: is its disk mounted\? Let nobody pay"
)


@pytest.fixture
def shop(serve: Serve, configure: Configure) -> tuple[Desk, Path]:
    """A till that was paid a bill, and must not make another journal."""
    desk = serve()
    config = configure(desk)
    with tillproof.open(config) as till:
        till.pay("10.00", "NOK", terminal="bar", reference="bill-1")
    config.write_text(f"make_journal = false\n{config.read_text()}")
    return desk, config


def test_a_journal_that_is_there_is_opened(shop: tuple[Desk, Path]) -> None:
    """And knows the bill."""
    desk, config = shop
    with tillproof.open(config) as till:
        assert till.pay("10.00", "NOK", terminal="bar", reference="bill-1").word == "approved"
    assert desk.approvals == 1


@pytest.mark.parametrize("look", [tillproof.open, tillproof.open_records], ids=["till", "records"])
def test_a_disk_that_is_not_mounted_is_no_new_shop(shop: tuple[Desk, Path], look: Callable[[Path], object]) -> None:
    """Its folder is empty then, and nothing is made in it; the same bill would be charged again."""
    _, config = shop
    folder = config.parent / "journal"
    folder.rename(folder.with_name("unmounted"))
    folder.mkdir()
    with pytest.raises(tillproof.JournalRefused, match=_TOLD):
        look(config)
    assert list(folder.iterdir()) == []


def test_a_new_till_may_make_its_journal(serve: Serve, configure: Configure) -> None:
    """Unless it is told otherwise: the first operation of a shop needs no ceremony."""
    config = configure(serve())
    config.write_text(f"make_journal = true\n{config.read_text()}")
    tillproof.open(config).close()
    assert (config.parent / "journal" / "tillproof.db").exists()
