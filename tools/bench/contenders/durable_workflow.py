"""DBOS on SQLite: a durable workflow, whose beginning and whose result are each written down.

Its documentation wants whatever touches the outside in a step of its own, and that is a third durable write. So it is
measured twice: with such a step, as one would use it, and without, which is the least that it offers.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tools.bench.contenders.durable import make_durable
from tools.bench.paper import answer, dispatch, intent, new_id


def _send(intention: Mapping[str, Any], _left: Mapping[str, Any]) -> Mapping[str, Any]:
    """What stands between the two durable writes; it takes no time here."""
    return answer(str(intention["reference"]))


class DurableWorkflow:
    """DBOS as it comes, but for WAL and synchronous=FULL, which make it faster and as durable as the others."""

    def __init__(self, path: Path, *, step: bool) -> None:
        sql = importlib.import_module("sqlalchemy")
        # Before DBOS makes an engine: every connection of this process gets it.
        sql.event.listen(sql.engine.Engine, "connect", lambda connection, _: make_durable(connection))
        library = importlib.import_module("dbos")
        self._dbos = library.DBOS
        self._dbos(config={"name": "bench", "system_database_url": f"sqlite:///{path}", "log_level": "ERROR"})
        self._pay = self._dbos.workflow()(_with_step(self._dbos) if step else _send)
        self._dbos.launch()

    def operate(self, caller: int) -> float:  # noqa: ARG002 - DBOS serves everybody
        """One workflow: its beginning is durable before it runs, its result when it returns."""
        self._pay(intent(new_id()), dispatch())
        return 0.0

    def close(self) -> None:
        """End its threads."""
        self._dbos.destroy()


def contend(folder: Path, *, callers: int, given: Mapping[str, Any]) -> DurableWorkflow:  # noqa: ARG001 - see above
    """Open it."""
    return DurableWorkflow(folder / "workflow.db", step=given.get("step", False))


def _with_step(dbos: Any) -> Callable[..., Mapping[str, Any]]:  # noqa: ANN401 - the library's own class
    send = dbos.step()(_send)

    def pay(intention: Mapping[str, Any], left: Mapping[str, Any]) -> Mapping[str, Any]:
        told: Mapping[str, Any] = send(intention, left)
        return told

    return pay
