"""A POS behind HTTP: a bill is paid once, however often it is asked for.

TILLPROOF_CONFIG=tillproof.toml uvicorn fastapi_pos:app, one process of it (no --workers):

    POST /bills/bill-1042/pay  {"amount": "125.00", "terminal": "bar", "table": "12"}
    GET  /bills/bill-1042
    POST /terminals/bar/close
"""

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

import tillproof

CURRENCY = "NOK"
LOG = logging.getLogger("pos")
LANGUAGE = "en"  # of the cashier: en, sv, nb, da or fi
_CONFLICTS = {tillproof.ReferenceReused: 409, tillproof.TableInDoubt: 409}
_STATUS = {tillproof.UnknownReference: 404, **_CONFLICTS, tillproof.BadInput: 400}


class Bill(BaseModel):
    """What is to be paid."""

    amount: str  # no JSON number, which is no sum of money
    terminal: str
    table: str | None = None


def told(outcome: tillproof.Outcome) -> Response:
    """What became of the money (200), or that nobody knows yet (202): then park the bill, and ask again."""
    document = {**outcome.as_dict(), "sentence": outcome.sentence(LANGUAGE)}
    return JSONResponse(document, 202 if isinstance(outcome, tillproof.InDoubt) else 200)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """One till for the whole program. Leaving waits for the guests who are still paying."""
    async with tillproof.aio.open(os.environ.get("TILLPROOF_CONFIG", "tillproof.toml")) as till:
        till.on_settled(lambda outcome: LOG.warning("settled %s: %s", outcome.reference, outcome.word))
        till.watch()
        app.state.till = till
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/bills/{reference}/pay")
async def pay(reference: str, bill: Bill, request: Request) -> Response:
    """Let a guest pay. The same reference charges nobody twice, and whoever hangs up loses nothing: ask again."""
    till = request.app.state.till
    return told(await till.pay(bill.amount, CURRENCY, terminal=bill.terminal, reference=reference, table=bill.table))


@app.get("/bills/{reference}")
async def outcome_of(reference: str, request: Request) -> Response:
    """What is known now, also while the guest pays."""
    return told(await request.app.state.till.outcome_of(reference))


@app.post("/terminals/{terminal}/close")
async def close(terminal: str, request: Request) -> Response:
    """Close the terminal's day."""
    return told(await request.app.state.till.capture(terminal=terminal))


@app.exception_handler(tillproof.TillproofError)
@app.exception_handler(tillproof.JournalError)
async def refused(_: Request, error: Exception) -> Response:
    """Why not, with the sentence of the bill that stands in the way, or of the answer that the disk did not take."""
    known = getattr(error, "blocking", None) or getattr(error, "outcome", None)
    document = {"error": type(error).__name__, "message": str(error), "sentence": known and known.sentence(LANGUAGE)}
    return JSONResponse(document, next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 503))
