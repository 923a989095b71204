"""The how-to pages, typed by somebody who has a till and a terminal, and does what stands there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.documents.test_documents import unkept
from tests.documents.walk import Step, walk

_PAGES = Path(__file__).parents[2] / "docs" / "how-to"

_INSTALLED = r"^(?:pip install|python3 -m venv) .*$"
"""What installs was done before this test could run."""

_DESK = """
```sh
export TILLPROOF_INTEGRATION_KEY=example-key TILLPROOF_SECRET_KEY=example-secret
tillproof simulate --port 8085 --guest-takes 0.1..0.1 --quiet &
```
The till of the tutorial, `tillproof.toml`:
```toml
journal = "tillproof.db"
[terminals.bar]
url = "http://127.0.0.1:8085/api/v2"
api = "2.2"
integration_key_env = "TILLPROOF_INTEGRATION_KEY"
secret_key_env = "TILLPROOF_SECRET_KEY"
```
"""

_PAID = "tillproof pay --terminal bar --currency NOK --reference {} --amount {}"

_CRASHED = """
```sh
tillproof --quiet pay --terminal bar --amount 125.00 --currency NOK --reference bill-1 --patience 0
```
"""


def _typed(page: str, folder: Path, before: str = _DESK) -> list[Step]:
    return walk(before + (_PAGES / f"{page}.md").read_text("utf-8"), folder, skip=_INSTALLED)


def _all(steps: list[Step]) -> str:
    return "".join(step.printed for step in steps)


def _kept(steps: list[Step]) -> None:
    """Every block of output is what was printed, and nothing broke that no page speaks of."""
    assert [told for step in steps for told in unkept(step)] == []
    assert "Traceback" not in _all(steps)
    assert "command not found" not in _all(steps)
    assert "No such" not in _all(steps)


def test_a_pos_is_embedded_as_the_page_says(tmp_path: Path) -> None:
    """Its program pays, and the same bill again charges nobody."""
    steps = _typed("embed", tmp_path)
    _kept(steps)
    assert _all(steps).count("paid, receipt 000001") == 2


def test_a_first_test_of_a_pos_runs_as_the_page_says(tmp_path: Path) -> None:
    """With the fixtures, and without a terminal."""
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p tillproof_pytest -p no:cacheprovider\n", "utf-8")
    _kept(_typed("test", tmp_path, before=""))


def test_a_crash_is_recovered_as_the_page_says(tmp_path: Path) -> None:
    """A doubt is found, settled and explained; a ruling over a settled bill is refused."""
    desk = _DESK.replace("--quiet &", "--quiet --script dropped_while_paying &")
    steps = _typed("recover", tmp_path, before=desk + _CRASHED)
    _kept(steps)
    assert "APPROVED: bill-1" in _all(steps)
    assert "approved" in steps[-1].printed


def test_a_day_is_closed_as_the_page_says(tmp_path: Path) -> None:
    """Two payments are captured, added up, headed and copied; where it is about noon, so that no day ends meanwhile."""
    paid = "\n".join(_PAID.format(name, amount) for name, amount in (("bill-1", "125.00"), ("bill-2", "40.00")))
    noon = f"export TZ=NOON{datetime.now(UTC).hour - 12:+d}"
    steps = _typed("day-close", tmp_path, before=f"{_DESK}\n```sh\n{noon}\n{paid}\n```\n")
    _kept(steps)
    assert (tmp_path / "till-2026-11-24.db").exists()


def test_several_tills_pay_as_the_page_says(tmp_path: Path) -> None:
    """Two terminals with one journal, each command a program of its own."""
    desk = _DESK.partition("The till of")[0]
    steps = _typed("several-tills", tmp_path, before=desk)
    _kept(steps)
    assert [f"bill-{number}" for number in (1, 2) if f"APPROVED: bill-{number}" not in _all(steps)] == []


def test_the_page_of_windows_says_that_it_was_never_run_there() -> None:
    """Until somebody has: then this test is what he changes first."""
    assert "**Never run there.**" in (_PAGES / "windows.md").read_text("utf-8")


@pytest.mark.parametrize("page", sorted(_PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_every_page_says_what_if_not(page: Path) -> None:
    """Nobody looks for help while all goes well."""
    assert "\n## What if not\n" in page.read_text("utf-8")
