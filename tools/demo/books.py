"""Reading both books after the rush: what the terminals' ledgers say, and what the journal says."""

from __future__ import annotations

import http.client
import json
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tillproof
from engine import OPERATIONS, FactKind
from journal import read_journal
from tools.demo import house
from tools.demo.audit import Account, Entry, Faults
from tools.demo.errors import ChildFailed

_QUESTION_S = 10.0
_STILL_S = 20.0
_LOOK_AGAIN_S = 0.1
_ALL = 1_000_000


class AdminPort:
    """The back door of one simulated terminal, through which nothing is falsified."""

    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self._port = port

    def wait_until_idle(self) -> None:
        """Come back when nothing runs there; a killed till leaves guests who go on paying.

        Raises:
            ChildFailed: it is still running after 20 s.
        """
        deadline = time.monotonic() + _STILL_S
        while self._ask("/state")["running"] is not None:
            if time.monotonic() > deadline:
                raise ChildFailed(f"{self.name}: an operation is still running after {_STILL_S:.0f} s")
            time.sleep(_LOOK_AGAIN_S)

    def entries(self) -> list[Entry]:
        """Its ledger."""
        return [
            Entry(
                terminal=self.name,
                operation_id=entry["id"],
                amount_minor=entry["amount_minor"],
                approved=entry["outcome"] == "Approved",
            )
            for entry in self._ask("/ledger")
        ]

    def faults(self) -> Faults:
        """What its requests suffered, as its own log has it."""
        rows = self._ask("/requests")
        # A late request is noted twice: when it was sent, and when it arrived.
        sent = [row for row in rows if row["arrived"] != "late"]
        late = [row for row in rows if row["arrived"] == "late" and row["method"] == "POST"]
        orders = [row for row in sent if row["method"] == "POST"]
        questions = [row for row in sent if row["method"] != "POST"]
        return Faults(
            orders=len(orders),
            questions=len(questions),
            on_orders=_faults_of(orders),
            on_questions=_faults_of(questions),
            late_refused=sum(row["status"] == _REFUSED for row in late),
            late_taken=sum(row["status"] is None for row in late),
            wrong_keys=self._ask("/state")["wrong_keys"],
        )

    def _ask(self, path: str) -> Any:  # noqa: ANN401 - JSON of our own simulator
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_QUESTION_S)
        try:
            line.request("GET", path)
            return json.loads(line.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ChildFailed(f"{self.name}: its admin port did not answer {path} ({error})") from error
        finally:
            line.close()


_REFUSED = 401


def _faults_of(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, int]:
    return dict(Counter(row["fault"] for row in rows if row["fault"] != "none"))


def open_records(config: Path) -> tillproof.Records:
    """The journal, for reading. Not by ``tillproof.open_records``: the keys are in the children's environment only."""
    settings = tillproof.read_settings(config, house.KEYS)
    return tillproof.Records(reader=read_journal(settings.journal, projection=OPERATIONS), settings=settings)


def unsettled_ids(records: tillproof.Records, *states: tillproof.State) -> tuple[str, ...]:
    """The operations that stand in one of these states now."""
    return tuple(
        operation.order.operation_id
        for operation in (records.operation(outcome.operation_id) for outcome in records.unsettled())
        if operation.state in states
    )


def read_accounts(records: tillproof.Records, killed_at: Mapping[str, datetime]) -> list[Account]:
    """Every operation in the journal. ``killed_at`` has the moment of the kill for those that one interrupted."""
    return [_account(records, operation, killed_at) for operation in records.newest(_ALL)]


def _account(records: tillproof.Records, operation: tillproof.Operation, killed_at: Mapping[str, datetime]) -> Account:
    operation_id = operation.order.operation_id
    facts = records.facts_of(operation_id)
    lost = _time_of(facts, {FactKind.LOST_TRACK})
    settled = _time_of(facts, {FactKind.SEEN, FactKind.PROVEN_ABSENT})
    # Where the till was killed, the truth was lost from that moment on, not when recovery wrote it down.
    since = killed_at.get(operation_id, lost)
    return Account(
        operation_id=operation_id,
        reference=operation.order.reference,
        state=operation.state,
        evidence=operation.evidence,
        reason=operation.alarm or operation.reason,
        unsettled=operation.unsettled,
        lost=lost is not None,
        killed=operation_id in killed_at,
        doubt_s=(settled - min(since, settled)).total_seconds() if since and settled else None,
    )


def _time_of(facts: Sequence[tillproof.Fact], kinds: Collection[str]) -> datetime | None:
    found = next((fact.at for fact in facts if fact.kind in kinds), None)
    return None if found is None else datetime.fromisoformat(found).astimezone(UTC)
