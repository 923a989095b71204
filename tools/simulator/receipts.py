"""The two copies of a receipt, as the terminal prints them (`protocol.md`, Reply fields).

Norwegian letters, a tab and line ends are in every copy on purpose: they are what broken tills break.
The form of `escpos` is OPEN; the convention here is Base64 of ESC/POS bytes in code page 865.
"""

import base64
from datetime import UTC, datetime

from tools.simulator.kinds import Kind
from tools.simulator.ledger import Entry

_TITLES = {
    Kind.PAYMENT: "KJØP",
    Kind.REFUND: "RETUR",
    Kind.REVERSAL: "ANNULLERING AV KJØP",
    Kind.CAPTURE: "DAGSOPPGJØR",
}
_VERDICTS = {"Approved": "GODKJENT", "Declined": "AVSLÅTT", "Cancelled": "AVBRUTT"}

_ESC_INIT, _ESC_CUT = b"\x1b@", b"\x1dV\x00"


def receipts_of(entry: Entry, *, embedded: bool) -> dict[str, object]:
    """Return `receipt`: both copies, with `embeddedPlain` where the release has it (2.2)."""
    # The merchant's copy is for signing, and a refund is what a merchant signs.
    signed = entry.kind is Kind.REFUND
    return {
        "customer": _copy(entry, "KUNDENS KOPI", should_print=True, embedded=embedded),
        "merchant": _copy(entry, "BUTIKKENS KOPI", should_print=signed, embedded=embedded),
    }


def _copy(entry: Entry, footer_line: str, *, should_print: bool, embedded: bool) -> dict[str, object]:
    header, content, footer = _header(entry), _content(entry), _footer(entry, footer_line)
    plain = f"{header}\n{content}\n{footer}\n"
    copy: dict[str, object] = {"shouldPrint": should_print, "plain": plain, "escpos": _escpos(plain)}
    if embedded:
        copy["embeddedPlain"] = {"header": header, "content": content, "footer": footer}
    return copy


def _header(entry: Entry) -> str:
    width = entry.receipt_width
    return "\n".join(line.center(width).rstrip() for line in ("RØDE ØRN BAKERI", "Ærlig talt AS, Ålesund"))


def _content(entry: Entry) -> str:
    when = datetime.fromtimestamp(entry.finished_at, UTC)
    lines = [_TITLES[entry.kind], f"{when:%d.%m.%Y}\t{when:%H:%M:%S}"]
    if entry.kind is not Kind.CAPTURE:
        # Masked already at the terminal: whole card numbers leave it nowhere.
        lines.append(f"KORT\t************{1000 + entry.ordinal % 9000}")
    lines += [f"BELØP\t{entry.currency} {_money(entry.total_minor)}"] if entry.total_minor is not None else []
    lines += [f"{total.currency} NETTO\t{_money(total.net_minor)}" for total in entry.totals]
    lines.append(_VERDICTS.get(entry.outcome, entry.outcome.upper()))
    return "\n".join(lines)


def _footer(entry: Entry, last: str) -> str:
    return f"KVITTERING\t{entry.receipt_number}\n{last}"


def _money(minor: int) -> str:
    """Write minor units with two decimals: the simulator's shop deals in crowns."""
    sign, minor = ("-", -minor) if minor < 0 else ("", minor)
    return f"{sign}{minor // 100},{minor % 100:02d}"


def _escpos(plain: str) -> str:
    return base64.b64encode(_ESC_INIT + plain.encode("cp865", errors="replace") + _ESC_CUT).decode()
