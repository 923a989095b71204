"""The POS's own log of the communication, compared with what the terminal heard.

Every POS writes its log in its own way, so little is asked of a line: it holds the path, the status, and a time of
day near that of the request, in whatever time zone. Secrets and card numbers must be in no line at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tools.accredit.record import Row
from tools.accredit.verdict import PASSED, Verdict, Word, failed

# The POS may note a request before it is sent, and a reply after it was stored; its clock is kept in step.
_NEAR_S = 5.0
# Every time zone is a whole number of quarters of an hour away from UTC.
_QUARTER_S = 15 * 60
# The plug is pulled in the middle of the guest's visit; here is how long after the order that can be.
_REBOOT_S = 10.0

_TIME = re.compile(r"(?<!\d)\d{2}:(\d{2}):(\d{2})(?!\d)")
_UNIX = re.compile(r"(?<!\d)(\d{10})(?:\d{3})?(?!\d)")
_DIGEST = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=")
_KEY = re.compile(r"integration-key[\"']?\s*[:=]\s*[\"']?(?![*<\[\"'])\S", re.IGNORECASE)
# Card numbers begin with 2 to 6 and may be written in groups.
_CARD = re.compile(r"(?<![\w-])[2-6](?:[ -]?\d){12,18}(?![\w-])", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    text: str
    number: int


def read_log(place: Path) -> Sequence[str]:
    """The lines of a file, or of all files of a folder in the order of their names; raises OSError."""
    files = sorted(file for file in place.iterdir() if file.is_file()) if place.is_dir() else [place]
    return [line for file in files for line in file.read_text(encoding="utf-8", errors="replace").splitlines()]


def judge_log(lines: Sequence[str], rows: Iterable[Row], *, secrets: Iterable[str] = ()) -> Verdict:
    """Whether every request is in the log, and nothing that must not be; what leaks is named by its line alone."""
    if leak := _leak(lines, [secret for secret in secrets if secret]):
        return Verdict(word=Word.FAILED, why=leak)
    left = [_Line(text=text, number=number) for number, text in enumerate(lines, start=1)]
    missing = []
    # Those without a reply last: any line of their path would do, and another request may need it.
    for row in sorted(_as_heard(rows), key=lambda row: (row.status is None, row.at)):
        line = next((line for line in left if _tells(line.text, row)), None)
        if line is None:
            missing.append(row)
        else:
            left.remove(line)
    return (
        failed(f"{len(missing)} requests are not in the log with time, path and status", missing) if missing else PASSED
    )


def _as_heard(rows: Iterable[Row]) -> Iterator[Row]:
    """The requests as the POS knows them: a reboot may cut a reply off that the terminal counts as given."""
    rebooted_at: float | None = None
    for row in sorted((row for row in rows if not row.late), key=lambda row: row.at):
        if row.fault == "reboot_mid_operation":
            rebooted_at = row.at
        cut = rebooted_at is not None and row.at - rebooted_at <= _REBOOT_S
        yield replace(row, status=None) if cut else row


def _tells(text: str, row: Row) -> bool:
    if row.path not in text or not any(_near(moment, row) for moment in _moments(text)):
        return False
    return row.status is None or re.search(rf"(?<!\d){row.status}(?!\d)", text.replace(row.path, "")) is not None


def _moments(text: str) -> Iterator[float]:
    """Seconds into a quarter of an hour."""
    for found in _TIME.finditer(text):
        yield (int(found[1]) * 60 + int(found[2])) % _QUARTER_S
    for found in _UNIX.finditer(text):
        yield int(found[1]) % _QUARTER_S


def _near(moment: float, row: Row) -> bool:
    since = (moment - row.at + _NEAR_S) % _QUARTER_S
    return since <= row.until - row.at + 2 * _NEAR_S


def _leak(lines: Sequence[str], secrets: Sequence[str]) -> str | None:
    for number, text in enumerate(lines, start=1):
        if any(secret in text for secret in secrets) or _KEY.search(text):
            return f"line {number} of the log holds a key"
        if _DIGEST.search(text):
            return f"line {number} of the log holds a hash"
        if any(_is_card(found[0]) for found in _CARD.finditer(text)):
            return f"line {number} of the log holds a card number"
    return None


def _is_card(text: str) -> bool:
    """Whether the digits end in their check digit (Luhn)."""
    digits = [int(mark) for mark in reversed(text) if mark.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
