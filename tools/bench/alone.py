"""Everything of an operation but HTTP, against the floor: two raw appends, each flushed."""

from __future__ import annotations

from contextlib import ExitStack

from tools.bench.booth import booth
from tools.bench.contender import JOURNAL, OPERATION, RAW, Entry
from tools.bench.goal import Line, at_most
from tools.bench.measurement import Measurement, Result, Work
from tools.bench.turns import take_turns

_LOGGING = Entry(
    name=f"{OPERATION.name}, and its line in a log file",
    module=OPERATION.module,
    given={**OPERATION.given, "log": True},
)


def _run(work: Work) -> Result:
    contenders = (RAW, OPERATION, JOURNAL, _LOGGING)
    with ExitStack() as stack:
        booths = {entry.name: stack.enter_context(booth(entry, work.folder)) for entry in contenders}
        turns = {name: opened.one for name, opened in booths.items()}
        took = take_turns(turns, rounds=work.rounds(2000), warm=100, tell=work.tell)
    raw = took[RAW.name]
    return Result(
        lines=(
            Line(
                figure="everything of an operation but HTTP ÷ two raw append + fdatasync",
                value=took[OPERATION.name].over(raw),
                goal=at_most(1.5),
            ),
            Line(figure="the same, its line written to a log file as well", value=took[_LOGGING.name].over(raw)),
            Line(figure="of that, the journal alone", value=took[JOURNAL.name].over(raw)),
        ),
        readings=tuple(samples.reading(name) for name, samples in took.items()),
    )


MEASUREMENT = Measurement(
    name="alone",
    title="An operation without HTTP",
    how="""`till.pay()` as it is shipped, journal and log of the communication in files, at a terminal in memory that
answers at once; what the terminal takes for its answer (a signed reply with both receipts) is left out. Against two
appends to a file of what is written of an operation, without receipts, each followed by fdatasync.""",
    run=_run,
)
