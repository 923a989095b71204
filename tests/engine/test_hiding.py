"""What a terminal tells and nobody shall read: keys, and card numbers in documents of unknown form."""

from __future__ import annotations

import json
import pickle

import pytest

from engine import Exchange, Mode, Secret, Unconfirmed, WireRequest
from engine.samport.hiding import KeyHider
from tools.rehearsal import Stage
from tools.simulator import Response

_KEY = 'a/key with "quotes" and \\'


@pytest.mark.parametrize("text", [_KEY, json.dumps({"m": _KEY}), json.dumps({"m": _KEY}).replace("/", "\\/")])
def test_a_key_is_hidden_however_it_is_written(text: str) -> None:
    """As it is, as JSON, and as JSON that escapes the slash; what stands around it stays."""
    hidden = KeyHider([Secret(_KEY)]).hide(Exchange(left=True, status=200, body=f"<{text}>".encode()))
    assert b"quotes" not in hidden.body
    assert b"***" in hidden.body
    assert (hidden.body[:1], hidden.body[-1:], hidden.status) == (b"<", b">", 200)


def test_an_answer_without_a_key_is_the_very_same() -> None:
    """Nothing is touched without need; and what is too short for a key may be an honest part of an answer."""
    exchange = Exchange(left=True, status=200, body=b'{"total":1250}')
    assert KeyHider([Secret("1250"), Secret(None), Secret("another-key")]).hide(exchange) is exchange


def test_an_exchange_shows_no_more_than_its_status() -> None:
    """Card numbers are still in its body, and keys in the headers of a request."""
    shown = repr(Exchange(left=True, status=200, headers={"a": "secret"}, body=b"4111111111111111"))
    shown += repr(WireRequest(method="GET", path="/", headers={"a": "secret"}))
    assert "4111" not in shown
    assert "secret" not in shown


def test_a_card_number_in_what_a_terminal_says_of_itself_is_masked() -> None:
    """Names, texts and numbers: the form is not published, so anything may stand anywhere."""
    stage = Stage()
    till = stage.start()
    simulator = stage.simulators["bar"]
    told = {"model 4111111111111111": "5555555555554444", "number": 378282246310005}

    def reply(request: object) -> Response:
        return simulator.reply(request, 200, json.dumps(told).encode())  # type: ignore[arg-type]

    simulator.receive = reply  # type: ignore[method-assign, assignment]
    assert till.terminals["bar"].device() == {
        "model ************1111": "************4444",
        "number": "***********0005",
    }
    assert till.terminals["bar"].read_card() == {"model ************1111": "************4444"}


def test_the_secret_key_is_never_sent() -> None:
    """It signs, and does not travel: whoever answers at the terminal's address does not learn it."""
    stage = Stage()
    till = stage.start()
    till.pay("bill-1")
    till.pay("bill-2", mode=Mode.ASYNC)
    till.terminals["bar"].device()
    sent = till.wires["bar"].sent
    secret = stage._settings.secret_key.reveal()
    assert len(sent) > 5
    assert [request for request in sent if secret in f"{request.path} {dict(request.headers)} {request.body!r}"] == []


def test_a_secret_is_not_pickled() -> None:
    """Whatever is sent to another process or kept in a cache has no key in it."""
    with pytest.raises(TypeError, match="a secret is not pickled"):
        pickle.dumps(Secret("example-key"))


def test_every_reply_goes_through_the_hider() -> None:
    """A terminal that tells our key in an error does not bring it before anybody's eyes."""
    till = Stage(profile="1").start()
    key = "example-integration-key"
    told = Exchange(left=True, status=400, body=f'{{"message": "Integration-Key {key} is unknown"}}'.encode())
    till.wires["bar"].exchange = lambda *_, **__: told  # type: ignore[method-assign]
    with pytest.raises(Unconfirmed, match=r"Integration-Key \*\*\* is unknown"):
        till.terminals["bar"].device()
