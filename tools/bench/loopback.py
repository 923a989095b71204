"""A whole payment on loopback, against a plain post without any journal."""

from __future__ import annotations

from contextlib import ExitStack

from tools.bench.contender import RAW, Entry, contenders_here
from tools.bench.goal import Line, at_most
from tools.bench.measurement import Measurement, Result, Work
from tools.bench.terminals import terminals
from tools.bench.turns import take_turns

_PAY, _BARE = "till.pay()", "till.pay() without a journal"
_POST, _LEAN = "requests.Session().post", "the same, trust_env=False"
_CONTENDERS = "tools.bench.contenders"


def _run(work: Work) -> Result:
    with ExitStack() as stack:
        pay, bare, post, lean = ([port] for port in stack.enter_context(terminals(4, guest_s=0.0)))
        contenders = (
            RAW,
            Entry(name=_POST, module=f"{_CONTENDERS}.post", given={"ports": post}),
            Entry(name=_PAY, module=f"{_CONTENDERS}.pay", given={"ports": pay}),
            Entry(name=_LEAN, module=f"{_CONTENDERS}.post", given={"ports": lean, "trust_env": False}),
            Entry(name=_BARE, module=f"{_CONTENDERS}.pay", given={"ports": bare, "journal": "none"}),
        )
        turns = stack.enter_context(contenders_here(contenders, work.folder))
        took = take_turns(turns, rounds=work.rounds(1500), warm=100, tell=work.tell)
    flushed = 1 + took[RAW.name].over(took[_POST])
    return Result(
        lines=(
            Line(
                figure="till.pay() on loopback ÷ requests.Session().post, no journal",
                value=took[_PAY].over(took[_POST]),
                goal=at_most(1.4),
                why=f"""the post and two raw appends beside it are {flushed:.2f} already, and a till that signs, reads,
judges and logs, but keeps no journal, is {took[_BARE].over(took[_POST]):.2f}; a guest who takes no time at all is the
only one who would notice.""",
            ),
            Line(figure="a post and two raw appends ÷ the post", value=flushed),
            Line(figure="till.pay() ÷ a post with trust_env=False", value=took[_PAY].over(took[_LEAN])),
            Line(figure="till.pay() ÷ the same till without a journal", value=took[_PAY].over(took[_BARE])),
        ),
        readings=tuple(samples.reading(name) for name, samples in took.items()),
    )


MEASUREMENT = Measurement(
    name="loopback",
    title="A whole payment on loopback",
    how="""Four simulated terminals in one process of their own, whose guests take no time. `till.pay()` as it is
shipped, and a plain `requests.Session().post` of the same order, stamped and signed in the same way, whose reply is
read and not verified. `trust_env=False` is what the till does as well, so the third one is the fairer opponent.""",
    run=_run,
)
