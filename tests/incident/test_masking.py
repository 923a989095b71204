"""Nothing that must stay in the house leaves it in a bundle."""

from __future__ import annotations

import base64
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from journal import DayLines
from tests.cli.shop import BILL, INTEGRATION_KEY, SECRET_KEY, Shop
from tests.incident.stage import bundled
from tests.prove.security.scanner import Scanner
from tools.cli import main
from tools.incident import Veil

_CARD = "4111111111111111"
_OTHER_CARD = "5500 0000 0000 0004"
_FILE_KEY = "planted/key in+a file 8c1f"


def _log(shop: Shop, **fields: object) -> None:
    """Leave an entry in the wire log as no release of ours would write it."""
    usual = {"at": datetime.now(UTC).isoformat(), "direction": "reply", "terminal": "bar", "method": "GET", "path": "/"}
    lines = DayLines(shop.journal.with_name("till.journal.wire"), now=lambda: datetime.now(UTC))
    lines.append(json.dumps({**usual, **fields}))
    lines.close()


def _plant(shop: Shop) -> None:
    """A key from a file, and keys and card numbers in every place that is read."""
    (shop.folder / "a.key").write_text(_FILE_KEY, encoding="utf-8")
    (shop.folder / "a.key").chmod(0o600)
    kiosk = shop.terminal("kiosk").replace(
        'integration_key_env = "SHOP_INTEGRATION_KEY"', 'integration_key_file = "a.key"'
    )
    shop.configure(shop.terminal(), kiosk, head=f'journal = "till.journal"  # {_CARD} {SECRET_KEY}\n')
    shop.run("pay", *BILL[:-1], f"bill {_CARD}")
    shop.in_doubt()
    reason = (
        f"the guest says that his card {_OTHER_CARD} was charged, and the key was {SECRET_KEY}, so it is so {_CARD}"
    )
    # Not by the shop, which checks what is printed: here it is the ruling itself that tells a key.
    ruling = ("resolve", "bill-1042", "--outcome", "approved", "--by", f"Kari {_CARD}", "--reason", reason)
    shop.faults(questions=["lost_before_processing"] * 20)
    assert CliRunner().invoke(main, ruling, env=shop.environment).exit_code == 0
    shop.faults()
    for key in (INTEGRATION_KEY, SECRET_KEY, _FILE_KEY):
        _log(shop, body={f"said {key}": [f"{_CARD} {key}", int(_CARD), {"deep": _OTHER_CARD}]}, failure=f"{key}{_CARD}")
        _log(shop, path=f"/api/{key}/{_CARD}", headers={"X": key.encode().hex(), "Y": key})
        _log(shop, body={"packed": base64.b64encode(f"{_CARD} {key}".encode()).decode()})
        _log(shop, body={"packed": f"{_CARD}".encode().hex()})
    _log(shop, body={"receipt": {"merchant": {"plain": f"KORT {_CARD}"}}})


@pytest.mark.parametrize("more", [(), ("--receipts",)])
def test_no_planted_key_and_no_card_number_is_in_a_bundle(more: tuple[str, ...], shop: Shop) -> None:
    """Planted in facts, wire log, configuration, key file and environment; looked for as they are, and packed."""
    _plant(shop)
    file = shop.folder / "incident.zip"
    done = shop.run("bundle", "bill-1042", f"bill {_CARD}", "-o", str(file), *more)
    assert done.code == 0, done.err
    keys = {"integration key": INTEGRATION_KEY, "secret key": SECRET_KEY, "key in a file": _FILE_KEY}
    scanner = Scanner(numbers=[_CARD, _OTHER_CARD.replace(" ", "")], keys=keys)
    contents = [("the zip itself", file.read_bytes()), ("what is printed", (done.out + done.err).encode())]
    with zipfile.ZipFile(file) as parts:
        contents += [(name, parts.read(name)) for name in parts.namelist()]
    assert [found for name, content in contents for found in scanner.search(name, content)] == []
    told = zipfile.ZipFile(file).read("wire.jsonl").decode()
    assert "•••" in told
    assert "************1111" in told


def test_a_line_that_no_mask_can_open_stays_at_home_and_is_counted(shop: Shop) -> None:
    """A card number in Base64: the line is left out, and the bundle says so."""
    shop.pay()
    _log(shop, body={"packed": base64.b64encode(f"card {_CARD}".encode()).decode()})
    done = shop.run("bundle", "bill-1042", "-o", str(shop.folder / "incident.zip"), "--json")
    assert done.json["missing"] == ["1 lines of the wire log are left out: a card number or a key is packed in them"]


def test_the_scan_stops_what_the_mask_did_not_hide() -> None:
    """Each form that is planted is found, and a text without any is not."""
    veil = Veil(keys=[SECRET_KEY], folders={})
    packed = base64.b64encode(f"x{_CARD}".encode())
    planted = [SECRET_KEY.encode(), SECRET_KEY.encode().hex().encode(), base64.b64encode(SECRET_KEY.encode()), packed]
    planted += [_CARD.encode(), _OTHER_CARD.encode(), _CARD.encode().hex().encode()]
    assert [bool(list(veil.found("a part", content))) for content in planted] == [True] * 7
    assert list(veil.found("a part", b'{"at_ms": 1795544413745, "card": "************1111"}')) == []


def test_receipts_are_left_out_unless_they_are_asked_for(shop: Shop) -> None:
    """They show what a shop prints; without them neither wire nor facts hold one."""
    shop.pay()
    without = b"".join(
        zipfile.ZipFile(bundled(shop, "bill-1042")).read(name) for name in ("operations.json", "wire.jsonl")
    )
    file = shop.folder / "with.zip"
    assert shop.run("bundle", "bill-1042", "-o", str(file), "--receipts").code == 0
    with_them = zipfile.ZipFile(file).read("operations.json") + zipfile.ZipFile(file).read("wire.jsonl")
    assert (b"KUNDENS KOPI" in without, b"KUNDENS KOPI" in with_them) == (False, True)


def test_no_folder_of_the_machine_is_named(shop: Shop) -> None:
    """Where the till stands on its own disk tells a stranger nothing of the incident."""
    shop.pay()
    with zipfile.ZipFile(bundled(shop, "bill-1042")) as parts:
        contents = b"".join(parts.read(name) for name in parts.namelist())
    assert str(shop.folder).encode() not in contents
    assert str(Path.home()).encode() + b"/" not in contents
