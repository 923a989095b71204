"""Who may speak to the terminal: keys, hashes, stamps."""

from dataclasses import replace

import pytest

from tests.simulator.till import Counter, authentic, message
from tools.simulator import Assumptions, Response, TimestampCheck, Underway, signing

NOT_MORE_RECENT = "Timestamp must be more recent than last communication"


@pytest.mark.parametrize("key", [None, "", "another-key"])
def test_a_wrong_key_hears_a_signed_401_and_is_counted(key: str | None) -> None:
    """A key that is missing or wrong is refused, and an audit can see that it was tried."""
    counter = Counter()
    counter.till.key = key
    request = counter.till.payment()
    reply = counter.hear(request)
    assert (reply.status, message(reply)) == (401, "Integration-Key is missing or wrong")
    assert authentic(request, reply)
    assert counter.terminal.gate.wrong_keys == 1
    assert counter.terminal.ledger == []


def test_a_hash_of_another_secret_hears_401() -> None:
    """Without the secret nothing is processed."""
    counter = Counter()
    counter.till.secret = "another-secret"
    reply = counter.hear(counter.till.payment())
    assert (reply.status, message(reply)) == (401, "Authorization hash is wrong")


def test_a_body_changed_on_the_way_hears_401() -> None:
    """The hash covers every byte of the body."""
    counter = Counter()
    request = counter.till.payment()
    reply = counter.hear(replace(request, body=request.body.replace(b"12345", b"99999")))
    assert reply.status == 401


@pytest.mark.parametrize("value", [None, "", "Basic abc", "Samport-Keyed-Hash-v1 now hash", "Samport-Keyed-Hash-v1 x"])
def test_an_authorization_that_is_none_hears_401(value: str | None) -> None:
    """A header that is missing or has another form is refused before any hash is computed."""
    counter = Counter()
    request = counter.till.payment()
    headers = {name: text for name, text in request.headers.items() if name != "Authorization"}
    reply = counter.hear(replace(request, headers=headers if value is None else {**headers, "Authorization": value}))
    assert (reply.status, message(reply)) == (401, "Authorization is missing or malformed")


@pytest.mark.parametrize("older_ms", [0, 1, 10_000])
def test_a_stamp_that_does_not_rise_hears_the_vendors_exact_words(older_ms: int) -> None:
    """An equal stamp is refused like an older one (`protocol.md`, Timestamps)."""
    counter = Counter()
    first = counter.clock.now()
    counter.hear(counter.till.request("GET", "/DeviceInformation", stamp=signing.stamp_of(first)))
    again = counter.till.request("GET", "/Dialogs", stamp=signing.stamp_of(first - older_ms / 1000))
    reply = counter.hear(again)
    assert (reply.status, message(reply)) == (401, NOT_MORE_RECENT)
    assert authentic(again, reply)


def test_a_refused_request_does_not_move_the_stamp() -> None:
    """Whoever lacks the secret cannot lock the till out with a stamp of tomorrow."""
    counter = Counter()
    forged = counter.till.request("GET", "/Dialogs", stamp=signing.stamp_of(counter.clock.now() + 600))
    counter.hear(replace(forged, headers={**forged.headers, "Authorization": forged.headers["Authorization"][:-1]}))
    assert counter.hear(counter.till.get("/Dialogs")).status == 200


def test_equal_stamps_pass_where_that_is_assumed() -> None:
    """The switch opens the hole that model checking found: one charge delivered twice."""
    counter = Counter(assumptions=Assumptions(timestamp_check=TimestampCheck.EQUAL_PASSES))
    request = counter.till.get("/Dialogs")
    assert [counter.hear(request).status, counter.hear(request).status] == [200, 200]


def test_older_stamps_pass_where_nothing_is_checked() -> None:
    """The switch takes the fence away."""
    counter = Counter(assumptions=Assumptions(timestamp_check=TimestampCheck.NONE))
    older = counter.till.get("/Dialogs")
    assert [counter.hear(counter.till.get("/Dialogs")).status, counter.hear(older).status] == [200, 200]


@pytest.mark.parametrize(("skew_s", "status"), [(0.0, 200), (890.0, 200), (-890.0, 200), (910.0, 401), (-910.0, 401)])
def test_clocks_may_differ_by_a_quarter_of_an_hour(skew_s: float, status: int) -> None:
    """The terminal's clock judges the till's (`protocol.md`, Timestamps: 15 minutes)."""
    counter = Counter()
    counter.terminal.skew_s = skew_s
    assert status == counter.hear(counter.till.get("/Dialogs")).status


def test_any_skew_passes_where_none_is_checked() -> None:
    """The switch lets a till live with a terminal that is a year off."""
    counter = Counter(assumptions=Assumptions(skew_s=None))
    counter.terminal.skew_s = 365 * 86_400.0
    assert counter.hear(counter.till.get("/Dialogs")).status == 200


def test_a_reply_is_stamped_by_the_terminals_own_clock() -> None:
    """A skewed terminal signs with its own time, and the hash is still right."""
    counter = Counter()
    counter.terminal.skew_s = 60.0
    request = counter.till.get("/Dialogs")
    reply = counter.hear(request)
    assert authentic(request, reply)
    assert signing.stamp_of(counter.clock.now() + 60) in (reply.header("server-authorization") or "")


@pytest.mark.parametrize("survives", [True, False])
def test_a_reboot_forgets_the_stamp_unless_assumed_otherwise(*, survives: bool) -> None:
    """After a reboot an old charge may pass: the switch says which terminal it is."""
    counter = Counter(assumptions=Assumptions(stamps_survive_reboot=survives))
    old = counter.till.payment()
    counter.hear(counter.till.get("/Dialogs"))
    counter.terminal.reboot()
    assert isinstance(counter.terminal.receive(old), Response if survives else Underway)


def test_refusals_are_unsigned_where_that_is_assumed() -> None:
    """The switch leaves only a 200 with a hash."""
    counter = Counter(assumptions=Assumptions(refusals_signed=False))
    assert counter.latest().header("Server-Authorization") is None
    assert counter.hear(counter.till.get("/Dialogs")).header("Server-Authorization") is not None
