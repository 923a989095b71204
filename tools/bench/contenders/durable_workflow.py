"""DBOS on SQLite: a durable workflow, whose beginning and whose result are each written down.

A step of its own would be a third durable write, so there is none: this is the least that DBOS offers.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.bench.contenders.durable import make_durable
from tools.bench.paper import answer, dispatch, intent, new_id


def _pay(intention: Mapping[str, Any], _left: Mapping[str, Any]) -> Mapping[str, Any]:
    """The workflow: what stands between the two durable writes takes no time here."""
    return answer(str(intention["reference"]))


class DurableWorkflow:
    """DBOS as it comes, but for WAL and synchronous=FULL, which make it faster and as durable as the others."""

    def __init__(self, path: Path) -> None:
        sql = importlib.import_module("sqlalchemy")
        # Before DBOS makes an engine: every connection of this process gets it.
        sql.event.listen(sql.engine.Engine, "connect", lambda connection, _: make_durable(connection))
        library = importlib.import_module("dbos")
        self._dbos = library.DBOS
        self._dbos(config={"name": "bench", "system_database_url": f"sqlite:///{path}", "log_level": "ERROR"})
        self._pay = self._dbos.workflow()(_pay)
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
    return DurableWorkflow(folder / "workflow.db")
