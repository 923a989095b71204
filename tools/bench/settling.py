"""From a lost reply to a settled outcome."""

from __future__ import annotations

from contextlib import ExitStack

from tools.bench.contender import Entry, contenders_here
from tools.bench.goal import Line, at_most
from tools.bench.measurement import Measurement, Result, Work
from tools.bench.terminals import terminals
from tools.bench.turns import take_turns

_CONTENDERS = "tools.bench.contenders"
_LOST, _QUESTION, _FLUSH = "from the lost reply to the outcome", "one HTTP round trip", "one append + fdatasync"
_LOOK = "one HTTP round trip on a new connection"


def _run(work: Work) -> Result:
    with ExitStack() as stack:
        losing = stack.enter_context(terminals(1, guest_s=0.0, lost_rate=1.0))
        sound, looked = ([port] for port in stack.enter_context(terminals(2, guest_s=0.0)))
        contenders = (
            Entry(name=_FLUSH, module=f"{_CONTENDERS}.raw", given={"appends": 1}),
            Entry(name=_QUESTION, module=f"{_CONTENDERS}.post", given={"ports": sound, "does": "ask"}),
            Entry(name=_LOOK, module=f"{_CONTENDERS}.post", given={"ports": looked, "does": "look"}),
            Entry(name=_LOST, module=f"{_CONTENDERS}.lost", given={"ports": losing}),
        )
        turns = stack.enter_context(contenders_here(contenders, work.folder))
        took = take_turns(turns, rounds=work.rounds(400), warm=20, tell=work.tell)
    settled_s, trip_s, look_s, flush_s = (took[name].median_s for name in (_LOST, _QUESTION, _LOOK, _FLUSH))
    allowed_s = 3 * trip_s + flush_s
    least = (look_s + 2 * flush_s) / allowed_s
    return Result(
        lines=(
            Line(
                figure="lost reply to settled outcome ÷ (three HTTP round trips and one flush)",
                value=settled_s / allowed_s,
                goal=at_most(1),
                why=f"""one question, on a new connection because the old one is broken, and two flushes are {least:.2f}
when plain requests asks it; the rest is that the reply is verified, logged and judged, and that what is written is
chained and folded.""",
            ),
            Line(figure="such a question by plain requests and two flushes ÷ the same", value=least),
            Line(
                figure="lost reply to settled outcome ÷ (one HTTP round trip and one flush)",
                value=settled_s / (trip_s + flush_s),
            ),
        ),
        readings=tuple(samples.reading(name) for name, samples in took.items()),
    )


MEASUREMENT = Measurement(
    name="settling",
    title="From a lost reply to the outcome",
    how="""The terminal performs every order at once and then drops the connection. Measured is from the moment in which
the wire knows that no reply comes until `till.pay()` returns with the true outcome: one durable write that it was lost,
one question on a new connection, which shows it, one durable write of what was seen. The round trip is a signed
question by plain `requests` on a connection that is kept open. The goal, three round trips and one flush, is read in
its strict form.""",
    run=_run,
)
