"""eventsourcing on SQLite: an aggregate is made and saved, then an event of it is triggered and saved."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from tools.bench.paper import answer, dispatch, intent, new_id

_BUSY_S = "60"


class EventStore:
    """One application for all callers. It sets WAL; FULL is SQLite's default, and the trace says if it is so here."""

    def __init__(self, path: Path) -> None:
        self._operation = _operation_class(importlib.import_module("eventsourcing.domain"))
        application = importlib.import_module("eventsourcing.application")
        environment = {
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(path),
            "SQLITE_LOCK_TIMEOUT": _BUSY_S,
        }
        self._application = application.Application(env=environment)

    def operate(self, caller: int) -> float:  # noqa: ARG002 - the application serves everybody
        """Two saves."""
        operation_id = new_id()
        operation = self._operation(intent(operation_id), dispatch())
        self._application.save(operation)
        operation.take(answer(operation_id))
        self._application.save(operation)
        return 0.0

    def close(self) -> None:
        """Close its connections."""
        self._application.close()


def _operation_class(domain: ModuleType) -> Any:  # noqa: ANN401 - the library's own kind of class
    """An aggregate with two events. Made by hand, because the class it comes from is known only when this runs."""

    def __init__(self: Any, intention: object, left: object) -> None:  # noqa: ANN401, N807 - see above
        self.intention, self.left, self.answer = intention, left, None

    def take(self: Any, told: object) -> None:  # noqa: ANN401 - see above
        self.answer = told

    members = {"__init__": domain.event("Intended")(__init__), "take": domain.event("Answered")(take)}
    return type("Operation", (domain.Aggregate,), {**members, "__module__": __name__})


def contend(folder: Path, *, callers: int, given: Mapping[str, Any]) -> EventStore:  # noqa: ARG001 - nothing to know
    """Open it."""
    return EventStore(folder / "events.db")
