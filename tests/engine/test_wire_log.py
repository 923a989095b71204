"""The log of the communication: complete, in time, without keys and card numbers, and never in the way."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Exchange, LoggedWire, Mode, Secret, WireRequest
from engine.samport.masking import mask_card_numbers, mask_escpos
from engine.samport.reading import read_reply
from engine.settings import AmountUnit
from tools.rehearsal import Process, Stage
from tools.simulator import Fault, FaultPlan

_KEY, _SECRET = "integration-4711", "secret-0815"
_CARD = "4111111111111111"
_MASKED = "************1111"
_UNLUCKY = "e4e26c50-0738-4854-8956-87c3454459c0"
"""An operation id of whose digits some pass for a card number."""

_STAMP = "2025-01-02T03:04:05.678Z"
_HASH = "6pVV99HhyZUvR34frmEt/oqzrr8kPRKeNx6+jdKM+EA="
_OK = Exchange(left=True, status=200, body=b"{}")


class FakeWire:
    """A wire that answers what it is given, and notes what happened in which order."""

    def __init__(self, answer: Exchange | Callable[[WireRequest], Exchange], diary: list[Any]) -> None:
        self._answer = answer
        self._diary = diary
        self.closed = False

    def exchange(self, request: WireRequest, *, deadline_s: float, on_sent: Callable[[], None]) -> Exchange:
        """Answer."""
        self._diary.append(("sent", request, deadline_s))
        on_sent()
        return self._answer if isinstance(self._answer, Exchange) else self._answer(request)

    def close(self) -> None:
        """Note it."""
        self.closed = True


class Log:
    """A logged wire before a fake one, and what it wrote."""

    def __init__(
        self,
        answer: Exchange | Callable[[WireRequest], Exchange] = _OK,
        *,
        secrets: tuple[Secret, ...] = (Secret(_KEY), Secret(_SECRET)),
        unit: AmountUnit = AmountUnit.MINOR,
        append: Callable[[str], None] | None = None,
    ) -> None:
        self.diary: list[Any] = []
        self.inner = FakeWire(answer, self.diary)
        ticks = iter((10.0, 12.3456))
        self.wire = LoggedWire(
            self.inner,
            append=append or (lambda line: self.diary.append(("noted", line))),
            terminal="bar",
            host="192.168.1.20:8085",
            secrets=secrets,
            now=lambda: datetime(2026, 11, 24, 12, 0, 0, 123_999, UTC),
            unit=unit,
            ticks=lambda: next(ticks),
        )

    def exchange(self, request: WireRequest | None = None) -> Exchange:
        """One exchange."""
        return self.wire.exchange(
            request or asked(), deadline_s=15.0, on_sent=lambda: self.diary.append(("released", None, None))
        )

    @property
    def lines(self) -> list[str]:
        """What was written."""
        return [what[1] for what in self.diary if what[0] == "noted"]

    @property
    def entries(self) -> list[dict[str, Any]]:
        """What was written, read."""
        return [json.loads(line) for line in self.lines]


def asked(path: str = "/api/v2/Payments", body: Any = None, method: str = "POST") -> WireRequest:
    """A request as the engine makes it."""
    return WireRequest(
        method=method,
        path=path,
        headers={
            "Authorization": f"Samport-Keyed-Hash-v1 {_STAMP} {_HASH}",
            "Integration-Key": _KEY,
            "Accept": "application/json",
            "Content-Type": "application/json; charset=utf-8",
        },
        body=b"" if body is None else json.dumps(body).encode(),
    )


def answered(body: Any, **headers: str) -> Exchange:
    """A reply with a body of JSON."""
    return Exchange(left=True, status=200, headers=headers, body=json.dumps(body).encode())


def told_of(body: Any) -> Any:
    """What the log tells of a reply's body."""
    log = Log(answered(body))
    log.exchange()
    return log.entries[1]["body"]


def test_an_exchange_is_two_entries_with_everything_that_is_asked_for() -> None:
    """Time, direction, host, path, status or outcome, body, receipt number and total, under the same keys each time."""
    ours = "0b7f4d7e-5f0c-4c43-9a53-0a2c6c6f2f11"
    order = {"customData": {"tillproofOperationId": ours}, "amounts": {"base": 12500, "currencySymbol": "NOK"}}
    paid = {"transactionOutcome": "Approved", "receiptNumber": "000123", "amounts": {"total": 13000, "base": 12500}}
    log = Log(answered(paid, **{"server-authorization": f"Samport-Keyed-Hash-v1 {_STAMP} {_HASH}", "date": "now"}))
    log.exchange(asked(body=order))
    origin = {"terminal": "bar", "host": "192.168.1.20:8085", "method": "POST", "path": "/api/v2/Payments"}
    request, reply = log.entries
    assert request == {
        "at": "2026-11-24T12:00:00.123Z",
        "direction": "request",
        **origin,
        "status": None,
        "outcome": None,
        "receipt_number": None,
        "total_minor": 12500,
        "operation_id": ours,
        "took_ms": None,
        "failure": None,
        "headers": {
            "Content-Type": "application/json; charset=utf-8",
            "Authorization": f"Samport-Keyed-Hash-v1 {_STAMP}",
        },
        "body": order,
    }
    assert reply == {
        "at": "2026-11-24T12:00:00.123Z",
        "direction": "reply",
        **origin,
        "status": 200,
        "outcome": "Approved",
        "receipt_number": "000123",
        "total_minor": 13000,
        "operation_id": ours,
        "took_ms": 2346,
        "failure": None,
        "headers": {"Server-Authorization": f"Samport-Keyed-Hash-v1 {_STAMP}"},
        "body": paid,
    }
    assert list(request) == list(reply)


def test_the_request_is_written_before_it_leaves_and_the_reply_before_it_is_acted_on() -> None:
    """What may have been sent is in the log, whatever happens next; and the exchange is the inner wire's own."""
    log = Log()
    request = asked()
    returned = log.exchange(request)
    assert [what[0] for what in log.diary] == ["noted", "sent", "released", "noted"]
    assert log.diary[1] == ("sent", request, 15.0)
    assert returned is _OK


def test_a_till_that_is_stopped_in_the_middle_leaves_the_request() -> None:
    """A power cut while the guest pays: the log shows what was sent, and no reply."""

    def dies(_: WireRequest) -> Exchange:
        raise KeyboardInterrupt

    log = Log(dies)
    with pytest.raises(KeyboardInterrupt):
        log.exchange()
    assert [entry["direction"] for entry in log.entries] == ["request"]


def test_a_failure_is_an_entry_with_its_sentence() -> None:
    """No reply is told as such, with the reason and how long it was waited for."""
    log = Log(Exchange(left=True, failure="no complete reply from 192.168.1.20:8085 in time"))
    log.exchange(asked(body={"customData": {"tillproofOperationId": _UNLUCKY}}))
    reply = log.entries[1]
    assert (reply["status"], reply["took_ms"], reply["body"]) == (None, 2346, None)
    assert reply["failure"] == "no complete reply from 192.168.1.20:8085 in time"
    assert reply["operation_id"] == _UNLUCKY


@pytest.mark.parametrize("mode", [Mode.SYNC, Mode.ASYNC])
@pytest.mark.parametrize(
    "fault", [Fault.NONE, Fault.LOST_AFTER_PROCESSING, Fault.GARBAGE, Fault.HTML_ERROR, Fault.WRONG_HASH]
)
def test_every_exchange_of_a_payment_is_in_the_log(mode: Mode, fault: Fault) -> None:
    """Whatever the line does: two entries for each request that was sent, in its order, and no key in any."""
    stage = Stage(plan=FaultPlan(script=(fault,)), latency_s=0.4)
    till = stage.start()
    lines = logged(till)
    till.pay("bill-1", mode=mode)
    sent = [(request.method, request.path) for request in till.wires["bar"].sent]
    entries = [json.loads(line) for line in lines]
    assert [entry["direction"] for entry in entries] == ["request", "reply"] * len(sent)
    assert [(entry["method"], entry["path"]) for entry in entries[::2]] == sent
    assert [entry["outcome"] for entry in entries if entry["outcome"]] != []
    assert [line for line in lines if "example-" in line] == []


def logged(till: Process) -> list[str]:
    """Put a log between a till and its terminal; what it writes."""
    lines: list[str] = []
    voice = till.terminals["bar"]._voice
    voice._wire = LoggedWire(
        voice._wire,
        append=lines.append,
        terminal="bar",
        host="terminal.invalid:8085",
        secrets=(Secret("example-integration-key"), Secret("example-secret")),
        now=lambda: datetime.now(UTC),
    )
    return lines


def test_the_id_is_the_replys_own_or_its_requests_or_the_paths() -> None:
    """A reply of ``/latest`` belongs to the operation that it shows, one without an id to the one that was asked."""
    theirs = {"customData": {"tillproofOperationId": "11111111-2222-4333-8444-555555555555"}}
    latest, status = Log(answered(theirs)), Log(answered({"transactionOutcome": "Approved"}))
    latest.exchange(asked("/api/v2/Payments/latest", method="GET"))
    status.exchange(asked(f"/api/v2/PaymentsAsync/{_UNLUCKY}/status", method="GET"))
    assert [entry["operation_id"] for entry in latest.entries] == [None, "11111111-2222-4333-8444-555555555555"]
    assert [entry["operation_id"] for entry in status.entries] == [_UNLUCKY, _UNLUCKY]


def test_ids_stay_whole_though_their_digits_look_like_a_card_number() -> None:
    """An id that the log has masked is not found again."""
    assert mask_card_numbers(_UNLUCKY) != _UNLUCKY
    custom = {"tillproofOperationId": _UNLUCKY, "other": _UNLUCKY}
    log = Log(answered({"operationId": _UNLUCKY, "customData": custom}))
    log.exchange(asked(f"/api/v2/PaymentsAsync/{_UNLUCKY}/{_CARD}"))
    assert log.entries[0]["path"] == f"/api/v2/PaymentsAsync/{_UNLUCKY}/{_MASKED}"
    assert log.entries[1]["body"] == {
        "operationId": _UNLUCKY,
        "customData": {"tillproofOperationId": _UNLUCKY, "other": mask_card_numbers(_UNLUCKY)},
    }


def test_amounts_of_the_older_generation_are_told_in_minor_units() -> None:
    """Where the wire counts crowns, the log still counts in the unit that its key names."""
    log = Log(answered({"amounts": {"total": 125.5, "currency": {"symbol": "NOK"}}}), unit=AmountUnit.MAJOR)
    log.exchange(asked(body={"amounts": {"base": 125, "currencySymbol": "NOK"}}))
    assert [entry["total_minor"] for entry in log.entries] == [12500, 12550]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"a": [{"b": f"PAN {_CARD}"}, [_CARD]]}, {"a": [{"b": f"PAN {_MASKED}"}, [_MASKED]]}),
        ({_CARD: 1}, {_MASKED: 1}),
        ({"pan": int(_CARD)}, {"pan": _MASKED}),
        ({"pan": float(_CARD)}, {"pan": f"{_MASKED}.0"}),
        ({"pan": -int(_CARD)}, {"pan": f"-{_MASKED}"}),
        ({"amounts": {"total": int(_CARD)}}, {"amounts": {"total": _MASKED}}),
        ({"tillproofOperationId": _CARD}, {"tillproofOperationId": _MASKED}),
        (
            {"receipt": {"customer": {"plain": f"KORT\t{_CARD}\n"}}},
            {"receipt": {"customer": {"plain": f"KORT\t{_MASKED}\n"}}},
        ),
        (_CARD, _MASKED),
        (int(_CARD), _MASKED),
    ],
)
def test_card_numbers_are_masked_wherever_they_stand(body: Any, told: Any) -> None:
    """In values, keys and receipts of any depth, and as numbers."""
    assert told_of(body) == told


def test_what_is_no_card_number_comes_through_as_it_was() -> None:
    """Truth values, nothing, fractions, amounts and every letter are evidence too."""
    body: dict[str, Any] = {
        "a": True,
        "b": None,
        "c": 12.5,
        "d": 12500,
        "e": "KJØP\tÆØÅ\n",
        "f": [],
        "g": {},
        "h": 4111111111111112,
    }
    assert told_of(body) == body


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", None),
        (f"<html>{_CARD} {_KEY}".encode(), f"<html>{_MASKED} •••"),
        (b"\xff\xfe garbage", "�� garbage"),
        (b"[" * 100_000, "[" * 2_000),
        (b'{"a":NaN,"b":-Infinity,"c":1e999}', {"a": "nan", "b": "-inf", "c": "inf"}),
        (b'\xef\xbb\xbf{"a":"\xc3\xb8\xff"}', {"a": "ø�"}),
        (b"9" * 5_000, "9" * 2_000),
    ],
)
def test_a_body_that_is_no_plain_json_is_told_all_the_same(body: bytes, told: Any) -> None:
    """Somebody else's error page, half a document, numbers that JSON does not have: each is an entry of strict JSON."""
    log = Log(Exchange(left=True, status=500, body=body))
    log.exchange()
    assert log.entries[1]["body"] == told
    assert not {"NaN", "Infinity"} & set(log.lines[1].replace(":", ",").replace("}", ",").split(","))


def _echoing(request: WireRequest) -> Exchange:
    """A terminal that tells everything that it was told, and a key that it must have from somewhere else."""
    echo = {"headers": dict(request.headers), "key": f"<{_SECRET}>", _KEY: [_KEY], "number": 4711}
    return Exchange(
        left=True,
        status=401,
        headers={"content-type": f"text/{_KEY}", "server-authorization": _SECRET, "authorization": f"Basic {_SECRET}"},
        body=json.dumps(echo).encode(),
        failure=f"odd {_SECRET}",
    )


def test_no_key_is_in_the_log_even_if_the_terminal_echoes_it() -> None:
    """Headers, bodies, paths and failures: where a key stood, three dots stand."""
    log = Log(_echoing)
    log.exchange(asked(f"/api/v2/{_KEY}"))
    assert [line for line in log.lines if _KEY in line or _SECRET in line] == []
    reply = log.entries[1]
    assert reply["path"] == "/api/v2/•••"
    assert reply["failure"] == "odd •••"
    assert reply["headers"] == {"Content-Type": "text/•••", "Authorization": "•••", "Server-Authorization": "•••"}
    assert (reply["body"]["key"], reply["body"]["•••"]) == ("<•••>", ["•••"])
    assert reply["body"]["headers"]["Integration-Key"] == "•••"


@pytest.mark.parametrize("key", [_UNLUCKY, _CARD, f"key-{_CARD}", 'quo"te\\', "ÆØÅ-nøkkel"])
def test_a_key_of_an_odd_form_is_not_in_the_log(key: str) -> None:
    """One that looks like an id or a card number, or that JSON has to escape, is hidden whole."""
    body = {"customData": {"tillproofOperationId": key}, "text": f"a{key}b", f"b{key}": 1}
    odd = Exchange(left=True, status=200, body=json.dumps(body).encode(), failure=key)
    log = Log(odd, secrets=(Secret(None), Secret(key)))
    log.exchange(asked(f"/api/v2/{key}"))
    assert [entry["path"] for entry in log.entries] == ["/api/v2/•••"] * 2
    assert log.entries[1]["failure"] == "•••"
    assert log.entries[1]["body"] == {"customData": {"tillproofOperationId": "•••"}, "text": "a•••b", "b•••": 1}


def test_a_key_that_is_a_number_is_hidden_as_a_number_too() -> None:
    """The line stays JSON, and the digits are gone."""
    log = Log(answered({"pin": 98765}), secrets=(Secret("98765"), Secret("")))
    log.exchange()
    assert log.entries[1]["body"] == {"pin": "•••"}


def test_a_key_at_the_cut_of_a_long_page_is_not_left_in_half() -> None:
    """Hidden first, cut afterwards."""
    log = Log(Exchange(left=True, status=500, body=b"x" * 1_995 + _SECRET.encode()))
    log.exchange()
    assert log.entries[1]["body"] == "x" * 1_995 + "•••"


def test_the_hash_of_a_request_is_in_no_entry() -> None:
    """Only the scheme and the stamp of a signature are told."""
    log = Log(answered({}, **{"server-authorization": f"Samport-Keyed-Hash-v1 {_STAMP} {_HASH}"}))
    log.exchange()
    assert [line for line in log.lines if _HASH[:8] in line] == []


@pytest.mark.parametrize("error", [OSError("full"), RuntimeError(_SECRET), RecursionError()])
def test_a_log_that_cannot_be_written_stops_no_exchange(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """The answer of a guest who has paid comes through; what was lost is told once for each entry, without its text."""

    def fails(_: str) -> None:
        raise error

    log = Log(append=fails)
    assert log.exchange() is _OK
    assert [record.getMessage() for record in caplog.records] == [
        f"event='wire_log.entry_lost' terminal='bar' error='{type(error).__name__}'"
    ] * 2


def test_closing_closes_the_wire_within() -> None:
    """Nobody else holds it."""
    log = Log()
    log.wire.close()
    assert log.inner.closed


@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["customData", "tillproofOperationId", "amounts", "total", "escpos", "receiptNumber"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_gives_two_entries_of_strict_json(body: Any) -> None:
    """Whatever a terminal says, the log holds it in a form that every reader knows."""
    log = Log(answered(body))
    log.exchange(asked(body=body))
    assert [json.loads(line, parse_constant=pytest.fail)["direction"] for line in log.lines] == ["request", "reply"]


def escpos(content: bytes) -> str:
    """A receipt for the printer."""
    return base64.b64encode(content).decode()


def test_a_card_number_inside_a_receipt_for_the_printer_is_masked() -> None:
    """Inside its Base64, in every list and under every key that is called so; the commands stay."""
    body = {"receipt": {"customer": {"escpos": escpos(b"\x1b@KJ\x9dP\n" + _CARD.encode() + b"\n\x1dV\x00")}}}
    masked = escpos(b"\x1b@KJ\x9dP\n" + _MASKED.encode() + b"\n\x1dV\x00")
    assert told_of(body) == {"receipt": {"customer": {"escpos": masked}}}
    assert told_of({"escpos": [escpos(_CARD.encode())]}) == {"escpos": [escpos(_MASKED.encode())]}


def test_the_journal_keeps_the_same_masked_receipt() -> None:
    """What is stored with an answer, and printed again later, has no card number in it either."""
    customer = {"shouldPrint": True, "escpos": escpos(b"\x1b@" + _CARD.encode())}
    reply = read_reply({"transactionOutcome": "Approved", "receipt": {"customer": customer}})
    assert reply is not None
    assert reply.receipts == {"customer": {"shouldPrint": True, "escpos": escpos(b"\x1b@" + _MASKED.encode())}}


def test_a_card_number_at_the_cut_of_a_long_receipt_is_masked() -> None:
    """A text is masked before it is cut, or the first digits of a number would stay."""
    plain = "x" * (16 * 1024 - 15) + " " + _CARD
    reply = read_reply({"transactionOutcome": "Approved", "receipt": {"customer": {"plain": plain}}})
    assert reply is not None
    assert reply.receipts == {"customer": {"plain": "x" * (16 * 1024 - 15) + " " + "*" * 12 + "11"}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b""),
        (b"\x1b@", b"\x1dV\x00"),
        (b"\x1bE1", b"\x1bE0"),
        (b"\x1b2", b""),
        (b"\x1b31", b""),
        (b"\xff\x00", b"\x00\xfe"),
    ],
)
def test_commands_with_digits_do_not_hide_a_card_number(before: bytes, after: bytes) -> None:
    """A command's argument stands right before what it is for, and is not a digit of it."""
    text = escpos(before + _CARD.encode() + after)
    assert mask_escpos(text) == escpos(before + _MASKED.encode() + after)


@pytest.mark.parametrize(
    "text",
    [
        escpos(b"\x1b@KJ\x9dP 125,00\n************1111\n"),
        "\x1b@KJØP",
        "bm8=\nbm8=",
        "no base64!",
        "QQ",
        "",
    ],
)
def test_a_receipt_without_a_card_number_is_left_as_it_was(text: str) -> None:
    """Also one of an odd form: a receipt must print as it is."""
    assert mask_escpos(text) == text


def test_a_receipt_that_is_no_base64_is_masked_as_text() -> None:
    """Its form is OPEN: printer commands in plain text, a number alone (which Base64 would take for its own), lines."""
    assert mask_escpos(f"\x1b@{_CARD}\x1dV") == f"\x1b@{_MASKED}\x1dV"
    assert mask_escpos(_CARD) == _MASKED
    wrapped = escpos(b"x" * 60 + _CARD.encode())
    assert mask_escpos(f"{wrapped[:76]}\r\n{wrapped[76:]}") == escpos(b"x" * 60 + _MASKED.encode())


def test_a_long_row_of_single_digits_is_masked_in_no_time() -> None:
    """The work grows with the length, not with its third power: 16 KiB of this once meant hours for a waiting guest."""
    row = "1 " * 20_000
    assert len(mask_card_numbers(row)) == len(row)
