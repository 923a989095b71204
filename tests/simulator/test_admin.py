"""The admin port: what it tells, what it does, what it refuses."""

import threading
from collections.abc import Iterator

import pytest
import requests

from tests.simulator.roads import PATIENCE_S, Seen, SocketRoad
from tools.simulator import Fault


@pytest.fixture
def road() -> Iterator[SocketRoad]:
    """Serve a terminal without faults, with its admin port."""
    with SocketRoad(takes_s=0.01) as road:
        yield road


def test_the_ledger_is_told(road: SocketRoad) -> None:
    """Every field of an entry comes as JSON."""
    road.send(road.till.payment("one", cashierId="Kari01"))
    [entry] = road.admin("/ledger")
    told = {name: entry[name] for name in ("ordinal", "kind", "id", "amount_minor", "cashier_id", "outcome", "arrived")}
    assert told == {
        "ordinal": 1,
        "kind": "payment",
        "id": "one",
        "amount_minor": 12_345,
        "cashier_id": "Kari01",
        "outcome": "Approved",
        "arrived": "direct",
    }


def test_the_state_is_told(road: SocketRoad) -> None:
    """Slots, the running operation, the last stamp, receipts, profile and the faults played."""
    road.send(road.till.payment("one"))
    state = road.admin("/state")
    assert state["slots"]["payment"]["id"] == "one"
    assert state["running"] is None
    assert state["last_stamp"].endswith("Z")
    assert (state["next_receipt"], state["profile"], state["wrong_keys"]) == ("000002", "2.2", 0)
    assert state["faults_played"] == {"none": 1}


def test_requests_are_told_without_secrets(road: SocketRoad) -> None:
    """A row has method, path, status, stamp and fault, and no hash and no key."""
    road.send(road.till.payment("one"))
    [row] = road.admin("/requests")
    assert (row["method"], row["path"], row["status"], row["fault"]) == ("POST", "/api/v2/Payments", 200, "none")
    assert row["stamp"].endswith("Z")
    assert {"at", "until", "method", "path", "stamp", "status", "fault", "arrived"} == set(row)


def test_faults_are_set_by_script(road: SocketRoad) -> None:
    """The next operation suffers the first fault of the script, and the next question that of its own."""
    road.admin("/faults", {"script": ["busy"], "question_script": ["missing_hash"]})
    assert road.send(road.till.payment()).status == 503
    assert road.send(road.till.get("/DeviceInformation")) == Seen(status=200, signed=False)
    assert road.admin("/state")["faults_played"] == {"busy": 1, "missing_hash": 1}


def test_faults_are_set_by_rate(road: SocketRoad) -> None:
    """At rate 1 every operation suffers something."""
    road.admin("/faults", {"rate": 1.0, "seed": 5})
    road.send(road.till.payment())
    assert Fault.NONE not in road.admin("/state")["faults_played"]


def test_the_guest_is_replaced(road: SocketRoad) -> None:
    """The next guests follow the script."""
    road.admin("/guest", {"takes_s": 0.001, "outcomes": ["Declined", "SomethingNew"]})
    seen = [road.send(road.till.payment(f"{n}")).outcome for n in range(2)]
    assert seen == ["Declined", "SomethingNew"]


def test_another_till_is_played(road: SocketRoad) -> None:
    """A foreign operation is in ledger and slot."""
    road.send(road.till.payment("one"))
    told = road.admin("/foreign", {"kind": "payment", "amount_minor": 4_500}).json()
    assert (told["arrived"], told["amount_minor"]) == ("foreign", 4_500)
    assert road.admin("/state")["slots"]["payment"]["ordinal"] == 2


def test_another_till_hears_409_while_a_guest_pays(road: SocketRoad) -> None:
    """The terminal does one thing at a time."""
    road.admin("/guest", {"takes_s": 3_600})
    road.admin("/faults", {"script": ["delivered_twice"]})
    road.send(road.till.payment())
    assert road.admin("/foreign", {}).status_code == 409


def test_a_refusal_names_key_value_and_remedy(road: SocketRoad) -> None:
    """A typo must not pass for a wish, and whoever made it is told what to write."""
    told = [road.admin("/guest", wanted).json()["error"] for wanted in ({"take_s": 1}, {"takes_s": "long"})]
    assert told == [
        "This cannot be played. take_s = 1: take it out, or write one of takes_s, outcomes, seed.",
        "This cannot be played. takes_s = 'long': write a number.",
    ]


def test_a_button_ends_the_visit_and_wakes_the_client(road: SocketRoad) -> None:
    """The guest takes an hour, or until somebody presses for him."""
    road.admin("/guest", {"takes_s": 3_600})
    assert road.admin("/press", {"button": "approve"}).status_code == 409
    heard: list[str | None] = []
    payment = road.till.payment()
    waiting = threading.Thread(target=lambda: heard.append(road.send(payment).outcome))
    waiting.start()
    road.until("/state", lambda state: state["running"])
    assert road.admin("/press", {"button": "decline"}).status_code == 200
    waiting.join(PATIENCE_S)
    assert heard == ["Declined"]


def test_the_clock_is_set(road: SocketRoad) -> None:
    """A till whose clock is twenty minutes off is refused, until it is set right again."""
    road.admin("/skew", {"s": -1_200})
    assert road.send(road.till.get("/DeviceInformation")).status == 401
    assert road.admin("/state")["skew_s"] == -1_200
    road.admin("/skew", {"s": 0})
    assert road.send(road.till.get("/DeviceInformation")).status == 200


def test_paper_is_told(road: SocketRoad) -> None:
    """What was printed by request."""
    road.send(road.till.order("/Print", text="God jul"))
    assert road.admin("/printed") == ["God jul"]


def test_another_till_may_be_asynchronous(road: SocketRoad) -> None:
    """Its id is its own, and its result pushes ours out."""
    told = road.admin("/foreign", {"operation_id": "elsewhere"}).json()
    assert (told["mode"], told["operation_id"]) == ("async", "elsewhere")


def test_a_reboot_forgets_the_slots(road: SocketRoad) -> None:
    """The admin port pulls the plug."""
    road.send(road.till.payment("one"))
    assert road.admin("/reboot", {}).status_code == 200
    assert road.send(road.till.get("/Payments/latest")).status == 404


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/faults", {"script": ["sunshine"]}),
        ("/faults", {"script": "busy"}),
        ("/faults", {"rate": 2}),
        ("/faults", {"rate": "often"}),
        ("/guest", {"takes_s": -1}),
        ("/guest", {"outcomes": [1]}),
        ("/foreign", {"kind": "loan"}),
        ("/foreign", {"currency": 578}),
        ("/reboot", []),
        ("/reboot", {"reboot_s": -1}),
        ("/reboot", {"seconds": 1}),
        ("/press", {}),
        ("/press", {"button": "kick"}),
        ("/skew", {"s": "late"}),
        ("/guest", {"take_s": 1}),
    ],
)
def test_what_makes_no_sense_hears_400(road: SocketRoad, path: str, document: object) -> None:
    """The message says which field."""
    reply = road.admin(path, document)
    assert reply.status_code == 400
    assert reply.json()["error"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_paths_hear_404_with_the_right_ones(road: SocketRoad, method: str) -> None:
    """The refusal lists what there is."""
    url = f"http://127.0.0.1:{road.server.admin_port}/nothing"
    reply = requests.request(method, url, timeout=PATIENCE_S)
    assert reply.status_code == 404
    assert "/" in reply.json()["error"]


@pytest.mark.parametrize(("body", "length"), [(b"{", "1"), (b"", "many"), (b"", "99999999999")])
def test_what_is_no_json_hears_400(road: SocketRoad, body: bytes, length: str) -> None:
    """Neither a broken body nor an absurd length brings the port down."""
    url = f"http://127.0.0.1:{road.server.admin_port}/faults"
    noise = requests.Request("POST", url, data=body).prepare()
    noise.headers["Content-Length"] = length
    with requests.Session() as session:
        assert session.send(noise, timeout=PATIENCE_S).status_code == 400
