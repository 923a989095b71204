"""The command that puts an incident into a file, and the one that plays it."""

from __future__ import annotations

import http.client
import json
import os
import shlex
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.shop import Shop
from tests.incident.test_archive import REFUSED
from tools.incident import read_bundle, read_incident, replay_of, write_bundle


def _file(shop: Shop) -> Path:
    return shop.folder / "incident.zip"


def test_a_bundle_holds_story_facts_wire_and_state(shop: Shop) -> None:
    """All of its parts, and of the story what `show` prints."""
    shop.run("pay", *shop_bill("earlier"))
    shop.pay()
    done = shop.run("bundle", "bill-1042", "-o", str(_file(shop)), "--json")
    assert (done.code, done.json["missing"]) == (0, [])
    assert done.json["operations"] == [
        {"reference": "bill-1042", "outcome": "approved", "evidence": "reply", "row": None, "alarm": False}
    ]
    parts = read_bundle(_file(shop))
    assert sorted(parts) == [
        "READ_ME.txt",
        "configuration.json",
        "day.json",
        "doctor.json",
        "journal.json",
        "operations.json",
        "story-1.txt",
        "versions.json",
        "wire.jsonl",
    ]
    assert parts["story-1.txt"].decode() == shop.run("show", "bill-1042").out
    known = json.loads(parts["operations.json"])
    assert [one["reference"] for one in known["operations"]] == ["bill-1042"]
    assert [one["reference"] for one in known["neighbours"]] == ["earlier"]
    assert json.loads(parts["journal.json"])["breaks"] == []
    assert json.loads(parts["configuration.json"])["terminals"]["bar"]["secret_key_env"] == "SHOP_SECRET_KEY"


def test_what_another_till_did_is_not_missing(shop: Shop) -> None:
    """The terminal shows it in its memory; whoever reads the bundle looks for no hole in this journal."""
    other = shop.folder / "other.toml"
    other.write_text('journal = "other.journal"\n' + shop.terminal(), "utf-8")
    shop.in_doubt()
    shop.wait_until_idle()
    theirs = shop.run("-c", str(other), "--json", "pay", *shop_bill("theirs")).json["operation_id"]
    shop.run("recover")
    done = shop.run("bundle", "bill-1042", "-o", str(_file(shop)), "--json")
    assert (done.json["strangers"], done.json["missing"]) == ([theirs], [])
    parts = read_bundle(_file(shop))
    assert json.loads(parts["operations.json"])["strangers"] == [theirs]
    assert "Another till's, on the same terminal." in parts["READ_ME.txt"].decode()
    assert f"{theirs} is another till's" in " ".join(
        shop.run("bundle", "bill-1042", "-o", str(_file(shop)), "--force").out.split()
    )


def shop_bill(reference: str) -> tuple[str, ...]:
    """Another bill of 125 crowns."""
    return ("--terminal", "bar", "--amount", "125.00", "--currency", "NOK", "--reference", reference)


@pytest.mark.skipif(os.name == "nt", reason="rights are others there")
def test_only_its_owner_can_read_it(shop: Shop) -> None:
    """The file itself, and each part as it is unpacked."""
    shop.pay()
    shop.run("bundle", "bill-1042", "-o", str(_file(shop)))
    assert stat.S_IMODE(_file(shop).stat().st_mode) == 0o600


def test_a_file_is_replaced_only_by_force(shop: Shop) -> None:
    """And the journal not even so."""
    shop.pay()
    _file(shop).write_text("mine", encoding="utf-8")
    refused = shop.run("bundle", "bill-1042", "-o", str(_file(shop)))
    assert (refused.code, _file(shop).read_text("utf-8")) == (2, "mine")
    assert "--force" in refused.told
    assert shop.run("bundle", "bill-1042", "-o", str(shop.journal), "--force").code == 2
    assert shop.run("bundle", "bill-1042", "-o", str(_file(shop)), "--force").code == 0


def test_an_unknown_name_is_wrong_usage(shop: Shop) -> None:
    """Nothing is written, also if other names are known."""
    shop.pay()
    done = shop.run("bundle", "bill-1042", "bill-9", "-o", str(_file(shop)))
    assert (done.code, _file(shop).exists()) == (2, False)
    assert "no operation is called 'bill-9'" in done.told


def test_journal_and_log_are_only_read(shop: Shop) -> None:
    """Not a byte of either is another one afterwards; behind the log stand the questions that the doctor asked."""
    shop.pay()
    (log,) = shop.journal.with_name("till.journal.wire").iterdir()
    before = shop.journal.read_bytes(), log.read_bytes()
    assert shop.run("bundle", "bill-1042", "-o", str(_file(shop))).code == 0
    assert (shop.journal.read_bytes(), log.read_bytes()[: len(before[1])]) == before
    assert b"Payments" not in log.read_bytes()[len(before[1]) :]


def test_of_a_journal_that_was_tampered_with_the_rest_is_told(shop: Shop) -> None:
    """The operation is still there; that it cannot be trusted is said, with the place."""
    shop.pay()
    with closing(sqlite3.connect(shop.journal)) as file:
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f'DROP TRIGGER "{name}"')
        file.execute("UPDATE facts SET at = '2026-01-01T00:00:00.000Z' WHERE seq = 1")
        file.commit()
    done = shop.run("bundle", "bill-1042", "-o", str(_file(shop)), "--json")
    assert done.code == 0
    breaks = json.loads(read_bundle(_file(shop))["journal.json"])["breaks"]
    assert breaks
    assert done.json["missing"] == [f"the journal does not fit together, in {len(breaks)} place(s): see journal.json"]
    assert read_incident(_file(shop)).endings[0].outcome == "approved"


def test_of_a_journal_in_ruins_log_and_doctor_are_told(shop: Shop) -> None:
    """What cannot be had is named, and a replay of it is refused."""
    shop.pay()
    shop.journal.write_bytes(b"ruins" * 4096)
    done = shop.run("bundle", "bill-1042", "-o", str(_file(shop)), "--json")
    assert (done.code, done.json["operations"]) == (0, [])
    parts = read_bundle(_file(shop))
    assert b"/api/v2/Payments" in parts["wire.jsonl"]
    assert "doctor.json" in parts
    assert "journal.json" not in parts
    refused = shop.run("simulate", "--replay", str(_file(shop)))
    assert (refused.code, "holds no operation" in refused.told) == (2, True)


@pytest.mark.parametrize("make", REFUSED, ids=lambda make: make.__name__.strip("_"))
def test_what_is_no_bundle_is_not_played(make: object, shop: Shop) -> None:
    """Wrong usage, with a sentence, and nothing listens."""
    assert callable(make)
    make(_file(shop))
    done = shop.run("simulate", "--replay", str(_file(shop)), "--port", "0")
    assert done.code == 2
    assert done.err.startswith("error: replay:")
    assert done.out == ""


def test_a_replay_and_a_script_are_two_things(shop: Shop) -> None:
    """Given both, the command says so."""
    assert shop.run("simulate", "--replay", "a.zip", "--script", "busy").code == 2


def test_a_replay_says_what_to_write_and_what_to_type(shop: Shop) -> None:
    """The terminal is up, and on its one line of JSON stand configuration, steps, endings and what is not played."""
    shop.in_doubt()
    shop.rule("bill-1042", "--outcome", "approved", "--by", "Kari O'Hara", "--reason", "shown by the guest")
    shop.run("bundle", "bill-1042", "-o", str(_file(shop)))
    keys = ("--integration-key-env", "SHOP_INTEGRATION_KEY", "--secret-key-env", "SHOP_SECRET_KEY")
    with shop.start("simulate", "--replay", str(_file(shop)), "--port", "0", "--json", *keys) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        process.terminate()
    assert told["name"] == "bar"
    assert f'url = "{told["url"]}"' in told["replay"]["configuration"]
    commands = [step["command"].split(" --", maxsplit=1)[0] for step in told["replay"]["steps"]]
    assert commands[:2] == ["tillproof pay", "tillproof resolve"]
    assert "--patience 0" in told["replay"]["steps"][0]["command"]
    assert "'Kari O'\"'\"'Hara'" in told["replay"]["steps"][1]["command"]
    assert told["replay"]["endings"][0]["evidence"] == "person"
    assert len(told["replay"]["untold"]) == 2


def test_a_replay_is_told_to_people_as_well(shop: Shop) -> None:
    """Everything is there before the first command is typed, and what is copied is not wrapped."""
    shop.pay()
    shop.run("bundle", "bill-1042", "-o", str(_file(shop)))
    environment = {"TILLPROOF_INTEGRATION_KEY": "example-key", "TILLPROOF_SECRET_KEY": "example-secret"}
    with shop.start("simulate", "--replay", str(_file(shop)), "--port", "0", environment=environment) as process:
        assert process.stdout is not None
        lines: list[str] = []
        while not (lines and lines[-1].startswith("    - signatures")):
            lines.append(process.stdout.readline().decode())
        port = int(lines[0].split("127.0.0.1:")[1].split("/", maxsplit=1)[0])
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.request("GET", "/api/v2/DeviceInformation")
            assert connection.getresponse().status == 401
        process.terminate()
    assert "    tillproof pay --terminal bar --amount 125.00 --currency NOK --reference bill-1042\n" in lines
    assert "    bill-1042: approved, evidence reply\n" in lines


_STRANGE = {
    "no facts": {"facts": []},
    "facts of another form": {"facts": [1]},
    "a time that is none": {"facts": [{"kind": "Intended", "at": "yesterday", "body": {}}]},
    "an amount that is none": {"amount_minor": "much"},
    "a terminal that would end the table": {"terminal": "bar]\n[x"},
    "a receipt that is no number": {"kind": "reversal", "target_receipt": "none"},
}


@pytest.mark.parametrize("strange", _STRANGE)
def test_a_bundle_that_a_stranger_wrote_is_refused_in_one_sentence(strange: str, shop: Shop) -> None:
    """Its sums fit, its words do not; no traceback, nothing listens."""
    shop.pay()
    shop.run("bundle", "bill-1042", "-o", str(_file(shop)))
    parts = dict(read_bundle(_file(shop)))
    known = json.loads(parts["operations.json"])
    known["operations"][0] |= _STRANGE[strange]
    parts["operations.json"] = json.dumps(known).encode()
    with _file(shop).open("wb") as file:
        write_bundle(file, parts, made_by="a stranger")
    done = shop.run("simulate", "--replay", str(_file(shop)), "--port", "0")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: replay:")


def test_a_reference_of_a_stranger_is_an_argument_and_nothing_else(shop: Shop) -> None:
    """What is printed to be typed is quoted for a shell, and a name with a hyphen is no option."""
    evil = "--help; rm -rf $(pwd) 'x"
    shop.faults("dropped_while_paying")
    shop.guest("Approved", takes_s=1.0)
    shop.run("pay", *shop_bill(evil), "--patience", "0")
    shop.rule("--outcome", "approved", "--by", "Kari", "--reason", "shown", "--", evil)
    assert shop.run("bundle", "-o", str(_file(shop)), "--", evil).code == 0
    steps = replay_of(read_incident(_file(shop))).steps
    assert shlex.split(steps[0].command)[-3:] == [evil, "--patience", "0"]
    assert shlex.split(steps[1].command)[-2:] == ["--", evil]
