"""The dashboard and the alert rules: they ask for what there is, judge as the code does, and name real remedies."""

from __future__ import annotations

import json
import operator
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from prometheus_client import CollectorRegistry, generate_latest

import tillproof
import tillproof_metrics
from engine import escalated, mode_choice
from recovery import watching
from tests.observe.conftest import Lunch
from tests.observe.exposition import Samples, exposed
from tools.cli import main
from tools.doctor import flush, space
from tools.observe import EVENTS, METRICS, series_of

_FOLDER = Path(__file__).parents[2] / "packaging" / "observe"
_DASHBOARD: dict[str, Any] = json.loads((_FOLDER / "dashboard.json").read_text("utf-8"))
_RULES: dict[str, dict[str, Any]] = {
    rule["alert"]: rule
    for group in yaml.safe_load((_FOLDER / "alerts.yml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
}
_TARGETS = [target for panel in _DASHBOARD["panels"] for target in panel["targets"]]
_QUESTIONS = [*(rule["expr"] for rule in _RULES.values()), *(target["expr"] for target in _TARGETS)]

_SERIES = {series: metric for metric in METRICS.values() for series in series_of(metric)}
_WORDS = {"sum", "max", "by", "rate", "increase", "deriv", "histogram_quantile", "time", "absent"}
_ADDED = {"instance", "le"}
"""Labels that Prometheus adds, and that of buckets."""


def _strange(question: str) -> list[str]:
    """What a question asks for and there is not."""
    asked = [name for name in re.findall(r"\btillproof_\w+", question) if name in _SERIES]
    labels = {label for name in asked for label in _SERIES[name].labels} | _ADDED
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]', "", question)
    strange = [word for word in re.findall(r"\b[a-z_]\w*", bare) if word not in {*_SERIES, *_WORDS, *labels}]
    return strange if bare.count("(") == bare.count(")") else [*strange, "a bracket that is not closed"]


@pytest.mark.parametrize("question", _QUESTIONS)
def test_a_question_asks_only_for_what_there_is(question: str) -> None:
    """A misspelled name answers nothing, and an alert on nothing never fires."""
    assert _strange(question) == []


@pytest.mark.parametrize(
    ("question", "strange"),
    [
        ("sum(tillproof_open_alarm)", ["tillproof_open_alarm"]),
        ('tillproof_open_alarms{currency="NOK"} > 0', ["currency"]),
        ("rate(tillproof_doubt_seconds[5m])", ["tillproof_doubt_seconds"]),
        ("sum(tillproof_open_alarms", ["a bracket that is not closed"]),
    ],
)
def test_a_question_for_what_there_is_not_is_seen(question: str, strange: list[str]) -> None:
    """Its name, its labels, and a histogram of which no bucket is named."""
    assert _strange(question) == strange


def test_every_metric_is_asked_for_by_somebody() -> None:
    """One that neither dashboard nor rules need would be for nobody."""
    asked = {name for question in _QUESTIONS for name in re.findall(r"\btillproof_\w+", question)}
    assert {_SERIES[name].name for name in asked} == set(METRICS)


def test_the_numbers_of_the_rules_are_those_of_the_code() -> None:
    """A technician who runs the doctor after an alert must not read that all is well."""
    limits = {name: float(rule["expr"].split()[-1]) for name, rule in _RULES.items() if rule["expr"][-1].isdigit()}
    judged = {
        "TillproofMoneyInDoubt": watching.OVERDUE_S,
        "TillproofRepliesLost": mode_choice._TOO_MANY_LOST / mode_choice._RECENT,
        "TillproofDiskFilling": space._COMFORTABLE_BYTES,
        "TillproofDiskFull": space._LEAST_BYTES,
        "TillproofFlushesSlow": flush._SLOW_MS / 1000,
        "TillproofWatchNotRunning": 4 * watching._LONGEST_PAUSE_S,
    }
    yes_or_no = {
        "TillproofPersonNeeded": 0,
        "TillproofAlarm": 0,
        "TillproofFlushFailed": 1,
        "TillproofJournalUnreadable": 0,
    }
    assert limits == judged | yes_or_no


def test_the_colours_of_the_dashboard_change_where_the_rules_fire() -> None:
    """Whoever looks and whoever is woken see the same."""
    reds = {
        panel["title"]: step["value"]
        for panel in _DASHBOARD["panels"]
        for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
        if step["color"] == "red"
    }
    assert reds == {
        "Oldest doubt": watching.OVERDUE_S,
        "A person is needed": 1,
        "Since the last look of the watch": 4 * watching._LONGEST_PAUSE_S,
    }


def test_every_rule_says_how_loud_it_is_and_what_to_do() -> None:
    """A sentence for whoever is woken by it."""
    for rule in _RULES.values():
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert rule["annotations"].keys() == {"summary", "runbook"}
        assert rule["annotations"]["runbook"].endswith(".")


def _commands(group: click.Group, path: str = "tillproof") -> Iterator[str]:
    for name, command in group.commands.items():
        yield f"{path} {name}"
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")


@pytest.mark.parametrize(
    "remedy", [*(rule["annotations"]["runbook"] for rule in _RULES.values()), *(event.remedy for event in EVENTS)]
)
def test_a_remedy_names_commands_that_there_are(remedy: str) -> None:
    """At 12:10 nobody looks up what a command is called now."""
    named = re.findall(r"`(tillproof(?: [a-z]+)+)", " ".join(remedy.split()))
    assert [command for command in named if command not in _commands(main)] == []


def test_the_dashboard_has_the_form_that_grafana_loads() -> None:
    """Its panels have ids and places of their own, its questions names and the chosen source."""
    panels = _DASHBOARD["panels"]
    assert {"title", "uid", "schemaVersion", "templating", "time"} <= _DASHBOARD.keys()
    assert [each["name"] for each in _DASHBOARD["templating"]["list"]] == ["datasource"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert {target["datasource"]["uid"] for target in _TARGETS} == {"${datasource}"}
    for panel in panels:
        assert panel["type"] in {"stat", "timeseries"}
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
    cells = [
        (panel["gridPos"]["x"] + x, panel["gridPos"]["y"] + y)
        for panel in panels
        for x in range(panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


_PLAIN = re.compile(
    r"(?:sum by \([\w, ]+\) \()?(?P<ago>time\(\) - )?(?P<name>tillproof_\w+)(?:\{\w+=\"(?P<value>\w+)\"\})?\)?"
    r" (?P<sign>[<>=]+) (?P<limit>[\d.]+)"
)
_SIGNS = {">": operator.gt, "<": operator.lt, "==": operator.eq}


def _firing(samples: Samples) -> set[str]:
    """The rules that would fire on this; only those that need no history can be told by one look."""
    firing = set()
    for alert, rule in _RULES.items():
        if plain := _PLAIN.fullmatch(rule["expr"]):
            for (name, labels), value in samples.items():
                if name == plain["name"] and (plain["value"] is None or plain["value"] in labels):
                    told = time.time() - value if plain["ago"] else value
                    firing |= {alert} if _SIGNS[plain["sign"]](told, float(plain["limit"])) else set()
    return firing


needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool, which comes with Prometheus")


def _promtool(*arguments: str, told: bytes = b"") -> tuple[int, str]:
    """What Prometheus' own checker ends with, and what it has to say."""
    command = [shutil.which("promtool") or "", *arguments]
    done = subprocess.run(command, input=told, capture_output=True, check=False, timeout=60)
    return done.returncode, (done.stdout + done.stderr).decode()


@needs_promtool
def test_prometheus_itself_takes_the_rules(tmp_path: Path) -> None:
    """All of them; and one whose question is none is seen."""
    code, told = _promtool("check", "rules", str(_FOLDER / "alerts.yml"))
    assert (code, f"{len(_RULES)} rules found" in told) == (0, True)
    broken = tmp_path / "broken.yml"
    broken.write_text((_FOLDER / "alerts.yml").read_text("utf-8").replace("sum by (", "sum by ((", 1), "utf-8")
    assert _promtool("check", "rules", str(broken))[0] != 0


@needs_promtool
def test_prometheus_itself_takes_the_metrics(lunch: Lunch, registry: CollectorRegistry) -> None:
    """After a lunch with every ending; and a name without help is seen."""
    lunch.every_ending()
    assert _promtool("check", "metrics", told=generate_latest(registry)) == (0, "")
    assert _promtool("check", "metrics", told=b"# TYPE tillproof_x gauge\ntillproof_x 1\n")[0] != 0


@pytest.fixture
def registry(till: tillproof.Till) -> Iterator[CollectorRegistry]:
    """A till that is looked after, and told of."""
    registry = CollectorRegistry()
    with closing(tillproof_metrics.register(till, registry)):
        yield registry


def test_rules_fire_when_they_should_and_not_before(
    lunch: Lunch, registry: CollectorRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All is well; nobody watches; a doubt grows old; a person is needed; an alarm; a journal that is gone."""
    monkeypatch.setattr(lunch.till._watch, "looked_at", datetime.now(UTC))
    lunch.doubt()
    assert _firing(exposed(registry)) == set()
    now = time.time()
    with monkeypatch.context() as later:
        later.setattr("tillproof_metrics.time.time", lambda: now + 200)
        assert _firing(exposed(registry)) == {"TillproofMoneyInDoubt", "TillproofWatchNotRunning"}
    lunch.late_success()
    assert _firing(exposed(registry)) == {"TillproofAlarm"}
    with monkeypatch.context() as full:
        full.setattr("tillproof_metrics.shutil.disk_usage", lambda _: type("Usage", (), {"free": 1_000_000}))
        assert _firing(exposed(registry)) == {"TillproofAlarm", "TillproofDiskFilling", "TillproofDiskFull"}


def test_a_bill_that_waits_for_a_person_wakes_one(till: tillproof.Till, lunch: Lunch) -> None:
    """And a journal that cannot be read does not look like a quiet lunch."""
    registry = CollectorRegistry()
    collector = tillproof_metrics.register(till, registry)
    lunch.doubt()
    forgotten = escalated(till.operation("bill-1"), None, row="forgotten", reason="the terminal restarted")
    till._recovery._book.record(till.operation("bill-1"), forgotten)
    assert _firing(exposed(registry)) == {"TillproofPersonNeeded", "TillproofWatchNotRunning"}
    collector.close()
    assert _firing(exposed(registry)) == {"TillproofJournalUnreadable", "TillproofWatchNotRunning"}
