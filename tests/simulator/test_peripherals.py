"""The card reader and the printer without an operation."""

import pytest

from tests.simulator.till import Counter, authentic, document
from tools.simulator import Assumptions


@pytest.mark.parametrize(("profile", "status"), [("1.x", 404), ("2.0", 404), ("2.1", 200), ("2.2", 200)])
def test_cards_are_read_from_2_1_on(profile: str, status: int) -> None:
    """Before that the path is unknown."""
    counter = Counter(profile=profile)
    assert status == counter.hear(counter.till.request("POST", "/ReadCard")).status


def test_a_card_is_told_masked() -> None:
    """No whole card number leaves the terminal, and the reply is signed."""
    counter = Counter()
    request = counter.till.request("POST", "/ReadCard")
    reply = counter.hear(request)
    assert document(reply) == {"card": {"scheme": "Mastercard", "maskedNumber": "************1001"}}
    assert authentic(request, reply)
    assert counter.terminal.ledger == []


def test_a_text_is_printed() -> None:
    """The paper keeps the letters."""
    counter = Counter()
    assert counter.hear(counter.till.order("/Print", text="Ærlig\ttalt\n")).status == 200
    assert counter.terminal.printed == ["Ærlig\ttalt\n"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"text": 5}'])
def test_paper_without_a_text_hears_400(body: bytes) -> None:
    """Nothing comes out."""
    counter = Counter()
    assert counter.hear(counter.till.request("POST", "/Print", body)).status == 400
    assert counter.terminal.printed == []


@pytest.mark.parametrize("request_of", [("/ReadCard", {}), ("/Print", {"text": "x"})])
def test_a_busy_terminal_neither_reads_nor_prints(request_of: tuple[str, dict[str, object]]) -> None:
    """It has a guest."""
    counter = Counter()
    counter.begin(counter.till.payment())
    path, fields = request_of
    assert counter.hear(counter.till.order(path, **fields)).status == 503


def test_both_paths_are_switches() -> None:
    """Other paths are served in their place."""
    counter = Counter(assumptions=Assumptions(read_card_path="/Cards", print_path="/Prints"))
    statuses = [
        counter.hear(counter.till.order(path, text="x")).status for path in ("/Cards", "/ReadCard", "/Prints", "/Print")
    ]
    assert statuses == [200, 404, 200, 404]
