"""Scripts: what a table means, what is refused, and that TOML and JSON say the same."""

import socket
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator.roads import DROPPED, PATIENCE_S, SocketRoad
from tests.simulator.till import Counter, document
from tools.simulator import (
    Assumptions,
    Button,
    DirectLine,
    Fault,
    LineDropped,
    Press,
    RebootEffect,
    ScriptRefused,
    load_script,
)
from tools.simulator.scripting import read_scripts
from tools.simulator.setup import read_assumptions, read_setups
from tools.simulator.table import Table


class Stage:
    """A counter whose terminal lives through a script."""

    def __init__(self, text: str, *, profile: str = "2.2") -> None:
        self.counter = Counter(profile=profile)
        table = Table(tomllib.loads(text))
        script = read_scripts(table, ["bar"])["bar"]
        table.finish()
        script.begin(self.counter.terminal)
        self.began = self.counter.clock.now()
        self.line = DirectLine(self.counter.terminal, script.plan)

    def pay(self, operation_id: str = "one") -> str | None:
        """Pay; return the outcome, or None when the line gave none."""
        try:
            reply = self.line.call(self.counter.till.payment(operation_id), at=self.counter.clock)
        except LineDropped:
            return None
        return str(document(reply).get("transactionOutcome"))


def refused(text: str, *names: str) -> str:
    """Read a script that cannot be played; return why."""
    table = Table(tomllib.loads(text))
    with pytest.raises(ScriptRefused) as refusal:
        _read_whole(table, *names)
    return str(refusal.value)


def _read_whole(table: Table, *names: str) -> None:
    read_setups(table, folder=Path())
    read_scripts(table, names or ["bar"])
    table.finish()


def test_an_operation_is_played_by_its_number() -> None:
    """The third loses its answer after eight seconds; the others are as usual."""
    stage = Stage(
        """
        [guest]
        takes_s = 2
        outcomes = { Approved = 1 }
        [[operation]]
        n = 3
        fault = "lost_after_processing"
        guest_takes_s = 8
        outcome = "Declined"
        """
    )
    assert [stage.pay(f"{n}") for n in range(1, 5)] == ["Approved", "Approved", None, "Approved"]
    took = [(entry.finished_at - entry.started_at, entry.outcome) for entry in stage.counter.terminal.ledger]
    assert took == [(2, "Approved"), (2, "Approved"), (8, "Declined"), (2, "Approved")]


def test_without_a_number_one_follows_the_other() -> None:
    """A list reads like a list."""
    text = """
    [[operation]]
    outcome = "Declined"
    [[operation]]
    n = 3
    outcome = "Cancelled"
    [[operation]]
    outcome = "Referred"
    """
    stage = Stage(text)
    assert [stage.pay(f"{n}") for n in range(4)] == ["Declined", "Approved", "Cancelled", "Referred"]


def test_a_number_counts_what_was_sent_and_not_what_was_started() -> None:
    """The first is lost on the way, and the guest of the second is the second's."""
    stage = Stage(
        """
        [[operation]]
        fault = "lost_before_processing"
        [[operation]]
        outcome = "Declined"
        """
    )
    assert [stage.pay("one"), stage.pay("two")] == [None, "Declined"]
    assert [entry.id for entry in stage.counter.terminal.ledger] == ["two"]


def test_a_late_operation_brings_its_own_guest() -> None:
    """The cue travels with the request, and others come in between."""
    stage = Stage(
        """
        [guest]
        outcomes = { Approved = 1 }
        [[operation]]
        fault = "delivered_late"
        outcome = "Cancelled"
        """
    )
    stage.pay("late")
    stage.counter.clock.advance(3_600)
    assert stage.pay("next") == "Approved"
    assert [(entry.id, entry.outcome) for entry in stage.counter.terminal.ledger] == [
        ("late", "Cancelled"),
        ("next", "Approved"),
    ]


def test_a_question_is_played_by_its_number() -> None:
    """Questions are counted apart from operations."""
    stage = Stage("[[question]]\nn = 2\nfault = 'missing_hash'")
    stage.pay()
    replies = [stage.line.call(stage.counter.till.get("/Dialogs"), at=stage.counter.clock) for _ in range(3)]
    assert ["Server-Authorization" in reply.headers for reply in replies] == [True, False, True]


@pytest.mark.parametrize(
    ("trigger", "after"),
    [("at_s = 12", 12), ("after_operation = 1", 10), ("after_operation = 1\nafter_s = 3", 13), ("at_s = 0", 0)],
)
def test_an_event_comes_in_its_time(trigger: str, after: float) -> None:
    """Counted from the beginning, or from the end of an operation of ten seconds."""
    stage = Stage(f"[[event]]\n{trigger}\ndo = 'foreign'\namount_minor = 4500\noutcome = 'Declined'")
    if after:
        stage.pay()
    stage.counter.clock.advance(60)
    foreign = stage.counter.terminal.ledger[-1]
    assert (foreign.arrived, foreign.amount_minor, foreign.outcome) == ("foreign", 4_500, "Declined")
    assert foreign.started_at - stage.began == after


def test_a_reboot_comes_during_an_operation() -> None:
    """Three seconds after its start, whenever that is; then nobody is there for twenty."""
    stage = Stage("[[event]]\nduring_operation = 2\nafter_s = 3\ndo = 'reboot'\nreboot_s = 20")
    assert stage.pay("one") == "Approved"
    stage.counter.clock.advance(500)
    assert stage.pay("two") is None
    killed = stage.counter.terminal.ledger[-1]
    assert (killed.outcome, killed.finished_at - killed.started_at) == ("KilledByReboot", 3)
    assert stage.counter.terminal.down is True
    stage.counter.clock.advance(20)
    assert stage.pay("three") == "Approved"


def test_a_button_is_pressed_during_an_operation() -> None:
    """The guest would take an hour."""
    stage = Stage(
        """
        [[operation]]
        guest_takes_s = 3600
        [[event]]
        during_operation = 1
        after_s = 4
        do = "press"
        button = "approve"
        """
    )
    assert stage.pay() == "Approved"
    assert stage.counter.clock.now() - stage.began == 4


def test_the_clock_is_set_by_an_event() -> None:
    """From then on the till is refused."""
    stage = Stage("[[event]]\nat_s = 5\ndo = 'skew'\ns = -3600")
    stage.counter.clock.advance(5)
    assert stage.line.call(stage.counter.till.get("/Dialogs"), at=stage.counter.clock).status == 401


def test_an_act_that_means_nothing_is_missed() -> None:
    """A button without a guest changes nothing, and is told."""
    stage = Stage("[[event]]\nat_s = 1\ndo = 'press'\nbutton = 'approve'")
    stage.counter.clock.advance(2)
    stage.counter.terminal.advance()
    assert stage.counter.terminal.agenda.missed == [Press(button=Button.APPROVE)]


def test_an_event_of_an_operation_that_never_starts_does_not_come() -> None:
    """What was lost on the way cannot be interrupted."""
    text = "[[operation]]\nfault = 'lost_before_processing'\n[[event]]\nduring_operation = 1\ndo = 'reboot'"
    stage = Stage(text)
    stage.pay()
    stage.counter.clock.advance(60)
    stage.pay("two")
    assert stage.counter.terminal.boots == 0


def test_rates_and_guests_are_set_as_a_rule() -> None:
    """Every operation is busy, as the weights say; a script without guests leaves them alone."""
    stage = Stage("seed = 4\n[faults]\nrate = 1.0\nweights = { busy = 1 }\nlate_s = 5")
    guest = stage.counter.terminal.operations.guest
    assert stage.pay() == "None"
    assert stage.line.plan.played == {Fault.BUSY: 1}
    assert stage.line.plan.timing.late_s == 5
    assert stage.counter.terminal.operations.guest is guest


def test_the_same_seed_plays_the_same_script() -> None:
    """Guests and faults repeat; a second terminal has others."""
    text = "seed = 4\n[guest]\n[faults]\nrate = 0.5"

    def played(place: int) -> list[Fault]:
        scripts = read_scripts(Table(tomllib.loads(text)), ["bar", "cellar"])
        return [list(scripts.values())[place].plan.next(operation=True) for _ in range(50)]

    assert played(0) == played(0)
    assert played(0) != played(1)


def test_lines_may_be_meant_for_one_terminal() -> None:
    """Each is numbered for itself."""
    text = """
    [[operation]]
    terminal = "bar"
    fault = "busy"
    [[operation]]
    terminal = "cellar"
    fault = "slow"
    [[event]]
    terminal = "cellar"
    at_s = 1
    do = "reboot"
    """
    scripts = read_scripts(Table(tomllib.loads(text)), ["bar", "cellar"])
    assert [script.plan.next(operation=True) for script in scripts.values()] == [Fault.BUSY, Fault.SLOW]
    assert [len(script.events) for script in scripts.values()] == [0, 1]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("sed = 1", "sed = 1: take it out, or write one of terminal, seed,"),
        ("seed = 1.5", "seed = 1.5: write a whole number"),
        ("[[operation]]\nfault = 'sunshine'", "operation[1].fault = 'sunshine': write one of none, "),
        ("[[operation]]\nn = 0", "operation[1].n = 0: write a whole number of at least 1"),
        ("[[operation]]\nn = 2\n[[operation]]\nn = 2", "operation[2].n = 2: number them upwards, each number once"),
        ("[[operation]]\nguest_takes_s = -1", "operation[1].guest_takes_s = -1: write at least 0"),
        ("[[operation]]\noutcom = 'Approved'", "operation[1].outcom = 'Approved': take it out"),
        ("[operation]\nn = 1", "operation = {'n': 1}: write [[operation]] tables"),
        ("[[question]]\nguest_takes_s = 1", "question[1].guest_takes_s = 1: take it out"),
        ("[[event]]\ndo = 'reboot'", "event[1].at_s = None: write exactly one of at_s, after_operation, "),
        ("[[event]]\ndo = 'reboot'\nat_s = 1\nafter_operation = 1", "event[1].after_operation = 1: write exactly one"),
        ("[[event]]\ndo = 'dance'\nat_s = 1", "event[1].do = 'dance': write one of reboot, foreign, press, skew"),
        ("[[event]]\ndo = 'press'\nat_s = 1", "event[1].button = None: write one of approve, decline, cancel, pin"),
        ("[[event]]\ndo = 'press'\nbutton = 'pin'\nat_s = 1\nafter_s = 1", "event[1].after_s = 1: take it out"),
        ("[[event]]\ndo = 'reboot'\nat_s = 1\nterminal = 'roof'", "event[1].terminal = 'roof': write one of bar"),
        ("[faults]\nrate = 2", "faults.rate = 2: write a share from 0 to 1"),
        ("[faults]\nweights = { sunshine = 1 }", "faults.weights = {'sunshine': 1}: write faults out of none, "),
        ("[faults]\nweights = { busy = 0 }", "faults.weights = {'busy': 0}: give something a weight"),
        ("[guest]\ntakes_s = [5, 2]", "guest.takes_s = [5, 2]: write seconds, or [least, most]"),
        ("[guest]\noutcomes = { Approved = 'often' }", "guest.outcomes = {'Approved': 'often'}: write a table of num"),
        ("[terminal]\nprofile = '3.0'", "terminal.profile = '3.0': write one of 1.x, 2.0, 2.1, 2.2"),
        ("[terminal]\nport = 70000", "terminal.port = 70000: write a port up to 65535"),
        ("[terminal]\nprofile = '1.x'", "terminal.certificate = None: name a PEM file; `openssl req"),
        ("[terminal]\nassumptions.async_memory = 0", "terminal.assumptions.async_memory = 0: async_memory is at least"),
        (
            "[terminal]\nassumptions.refusals_signed = 1",
            "terminal.assumptions.refusals_signed = 1: write true or false",
        ),
        (
            "[terminal]\nassumptions.magic = true",
            "terminal.assumptions.magic = True: take it out, or write one of time",
        ),
        ("[[terminal]]\n[[terminal]]", "terminal[2].name = None: give each terminal a name of its own"),
        ("terminal = []", "terminal = []: write at least one terminal"),
        ("guest = 5", "guest = 5: write a table"),
        ("[terminal]\nname = 5", "terminal.name = 5: write a text"),
    ],
)
def test_what_cannot_be_played_is_refused_with_key_value_and_remedy(text: str, why: str) -> None:
    """A typo must not pass for a wish."""
    assert refused(text).startswith(f"This cannot be played. {why}")


def test_assumptions_are_read_by_their_names() -> None:
    """Words, numbers, switches, and "none" for no limit."""
    wanted = {
        "reboot_effect": "approved before",
        "reboot_s": 20,
        "running_status": 204,
        "skew_s": "none",
        "modeless_while_busy": False,
        "abort_by_id_path": "/Aborts/{id}",
    }
    assert read_assumptions(Table(wanted)) == Assumptions(
        reboot_effect=RebootEffect.APPROVED_BEFORE,
        reboot_s=20,
        running_status=204,
        skew_s=None,
        modeless_while_busy=False,
        abort_by_id_path="/Aborts/{id}",
    )


@pytest.mark.parametrize("content", [None, b"[", b"\xff\xfe"])
def test_a_file_that_is_no_script_is_refused(content: bytes | None, tmp_path: Path) -> None:
    """Missing, no TOML, no text."""
    file = tmp_path / "lunch.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ScriptRefused, match=r"lunch\.toml"):
        load_script(file)


@pytest.fixture
def road() -> Iterator[SocketRoad]:
    """Serve a terminal, with its admin port."""
    with SocketRoad(takes_s=0.01) as road:
        yield road


def test_the_admin_port_takes_a_script_as_json(road: SocketRoad) -> None:
    """Numbers count from the moment at which it is given."""
    road.send(road.till.payment("zero"))
    script = {
        "operation": [{"n": 2, "fault": "lost_after_processing", "outcome": "Declined"}],
        "event": [{"after_operation": 2, "do": "foreign", "operation_id": "elsewhere"}],
    }
    assert road.admin("/script", script).status_code == 200
    assert road.send(road.till.payment("one")).outcome == "Approved"
    assert road.send(road.till.payment("two")) == DROPPED
    told = [(entry["id"], entry["outcome"]) for entry in road.admin("/ledger")]
    assert told == [("zero", "Approved"), ("one", "Approved"), ("two", "Declined"), ("elsewhere", "Approved")]


def test_an_event_comes_though_nobody_looks(road: SocketRoad) -> None:
    """A client that waits and asks nothing sees its connection end; the clockwork of the server plays the reboot."""
    with socket.create_connection(("127.0.0.1", road.server.port), timeout=PATIENCE_S) as line:
        road.admin("/script", {"event": [{"at_s": 0.05, "do": "reboot", "reboot_s": 3600}]})
        assert line.recv(1) == b""
    assert road.admin("/state")["down"] is True


def test_a_new_script_takes_the_place_of_the_old_one() -> None:
    """What the old one had in store does not come."""
    stage = Stage("[[event]]\nat_s = 60\ndo = 'reboot'\n[[event]]\nafter_operation = 1\ndo = 'reboot'")
    read_scripts(Table({}), ["bar"])["bar"].begin(stage.counter.terminal)
    stage.pay()
    stage.counter.clock.advance(3_600)
    stage.counter.terminal.advance()
    assert stage.counter.terminal.boots == 0


@pytest.mark.parametrize("script", [{"terminal": {}}, {"operation": [{"fault": "x"}]}, {"tomorrow": 1}])
def test_the_admin_port_refuses_a_script_whole(road: SocketRoad, script: dict[str, object]) -> None:
    """Nothing of it is played."""
    reply = road.admin("/script", {"event": [{"at_s": 0, "do": "reboot"}], **script})
    assert reply.status_code == 400
    assert road.admin("/state")["boots"] == 0
