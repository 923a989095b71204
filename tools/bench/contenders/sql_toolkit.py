"""SQLAlchemy Core on SQLite: an insert and an update, each in an atomic write of its own."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.bench.contenders.durable import make_durable
from tools.bench.paper import answer, dispatch, intent, new_id

_BUSY_S = 60.0


class SqlToolkit:
    """One engine, with a pool that has a connection for each caller."""

    def __init__(self, path: Path, *, callers: int) -> None:
        sql = importlib.import_module("sqlalchemy")
        self._engine = sql.create_engine(
            f"sqlite:///{path}", pool_size=callers + 1, max_overflow=0, connect_args={"timeout": _BUSY_S}
        )
        sql.event.listen(self._engine, "connect", lambda connection, _: make_durable(connection))
        self._table = sql.Table(
            "operations",
            sql.MetaData(),
            sql.Column("seq", sql.Integer, primary_key=True),
            sql.Column("id", sql.String, unique=True),
            sql.Column("intent", sql.JSON, nullable=False),
            sql.Column("answer", sql.JSON),
        )
        self._table.create(self._engine)

    def operate(self, caller: int) -> float:  # noqa: ARG002 - the pool serves everybody
        """Two commits."""
        table, operation_id = self._table, new_id()
        with self._engine.begin() as connection:
            connection.execute(table.insert().values(id=operation_id, intent=[intent(operation_id), dispatch()]))
        with self._engine.begin() as connection:
            connection.execute(table.update().where(table.c.id == operation_id).values(answer=answer(operation_id)))
        return 0.0

    def close(self) -> None:
        """Close the pool."""
        self._engine.dispose()


def contend(folder: Path, *, callers: int, given: Mapping[str, Any]) -> SqlToolkit:  # noqa: ARG001 - nothing to know
    """Open it."""
    return SqlToolkit(folder / "toolkit.db", callers=callers)
