"""The POS's own log: whole, and without secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.accredit.sheets import NOON, order, question
from tools.accredit import Word, judge_log, read_log

ROWS = [order(0), question(2, 404)]
LINES = ["12:00:00.123 POST /api/v2/Payments 200 Approved", "12:00:02.5 GET /api/v2/Payments/latest -> 404"]


def test_a_whole_log_passes_in_any_time_zone_and_form() -> None:
    """Zones are quarters of hours away; a time may be a unix time as well."""
    assert judge_log(LINES, ROWS).word is Word.PASSED
    assert judge_log([line.replace("12:00", "17:45") for line in LINES], ROWS).word is Word.PASSED
    unix = [f'{{"ts": {at:.0f}, "path": "/api/v2{path}", "status": {status}}}' for at, path, status in _TOLD]
    assert judge_log(unix, ROWS).word is Word.PASSED


_TOLD = ((NOON, "/Payments", 200), (NOON + 2, "/Payments/latest", 404))


@pytest.mark.parametrize(
    "spoiled",
    [
        LINES[:1],
        [LINES[0].replace("200", "201"), LINES[1]],
        [LINES[0].replace("12:00:00", "12:07:00"), LINES[1]],
        [LINES[0].replace("/Payments", "/Refunds"), LINES[1]],
    ],
    ids=["missing", "other status", "other time", "other path"],
)
def test_a_request_without_its_entry_fails(spoiled: list[str]) -> None:
    """Time, path and status belong to it."""
    assert judge_log(spoiled, ROWS).word is Word.FAILED


def test_one_entry_serves_one_request() -> None:
    """Two payments need two entries."""
    assert judge_log(LINES, [*ROWS, order(1)]).word is Word.FAILED


@pytest.mark.parametrize(
    ("leak", "what"),
    [
        ("Integration-Key: 4711", "key"),
        ("the secret is s3cret", "key"),
        ("Authorization x nEHOKf4TRdJRR0bukQRO6QCCRUurqlYg8jPGF5UebNs=", "hash"),
        ("pan=4111 1111 1111 1111", "card number"),
    ],
)
def test_a_leak_fails_and_is_not_repeated(leak: str, what: str) -> None:
    """The report names the line, not what stands in it."""
    verdict = judge_log([*LINES, leak], ROWS, secrets=["s3cret", ""])
    assert (verdict.word, verdict.why) == (Word.FAILED, f"line 3 of the log holds a {what}")


def test_a_masked_key_and_a_number_that_is_no_card_are_no_leak() -> None:
    """Masked is what the vendor asks for."""
    assert judge_log([*LINES, "Integration-Key: ***", "order 4111111111111112"], ROWS).word is Word.PASSED


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    """Many a log has a file per day."""
    for number, line in enumerate(LINES):
        (tmp_path / f"{number}.log").write_text(line + "\n", encoding="utf-8")
    assert read_log(tmp_path) == LINES
