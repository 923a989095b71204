"""The trial: every shipped configuration searched completely, and every mistake found out."""

from __future__ import annotations

from tests.prove.model.cases import MISTAKES, SHIPPED, Mistake
from tests.prove.model.searching import MODEL, Search, Searched, search
from tests.prove.part import Control, Count, Part, Result, Slice, Work

_NEVER = {
    "paid_and_said_not": "guest who paid at a till that says he did not",
    "said_paid_and_not": "guest who did not pay at a till that says he did",
    "paid_twice": "guest who paid one bill twice",
    "stuck": "operation without an end, though the line is sound and the grace is over",
}
"""The assertions of the model, in words."""


def run(work: Work) -> Result:
    """Search them all; the mistakes first, because they take no time."""
    shipped = [each for each in SHIPPED if each.quick or work.slice is not Slice.QUICK]
    searches = [
        Search(name=each.name, switches=each.switches, folder=work.folder, shortest=True) for each in MISTAKES
    ] + [Search(name=each.name, switches=each.switches, folder=work.folder) for each in reversed(shipped)]
    found = {done.search.name: done for done in work.spread(search, searches, total=len(searches))}
    clean = [found[each.name] for each in shipped]
    return Result(
        counts=(
            Count(
                what="states, every one that what we ship can reach in the model",
                number=sum(done.states for done in clean if done.complete),
                least=work.amount(quick=1_000_000, full=20_000_000),
            ),
            Count(what="configurations searched completely", number=sum(d.complete for d in clean), least=len(shipped)),
        ),
        never={words: sum(done.violated == name for done in clean) for name, words in _NEVER.items()},
        controls=tuple(_control(mistake, found[mistake.name]) for mistake in MISTAKES),
        figures={done.search.name: f"{done.states:,} states" for done in clean},
        problems=tuple(_problem(done) for done in clean if not done.complete),
    )


def _control(mistake: Mistake, done: Searched) -> Control:
    """Caught is only the assertion that was foreseen, with a story that leads to it."""
    caught = done.violated == mistake.violates and bool(done.story)
    if not caught:
        return Control(fault=mistake.name, caught=False, by=done.violated or "nothing")
    told = f"{_NEVER[mistake.violates]}, after {done.states:,} states: {' '.join(done.story)}"
    return Control(fault=mistake.name, caught=True, by=told)


def _problem(done: Searched) -> str:
    what = done.violated or "the search did not end: " + " ".join(done.said.split())[:300]
    story = f" ({' '.join(done.story)})" if done.story else ""
    return f"{done.search.name}: {what}{story}; see it again in {MODEL.parent.name}/ with: {done.search.command}"


PART = Part(
    name="model",
    claim=(
        "In a model of tills, terminal and network, with orders lost, late and copied, crashes, restarts, captures and "
        "other tills, no state is reachable in which a till says something false, a bill is paid twice, or an "
        "operation stays without an end. Each assumption that this leans on is a switch, and leads to a false word "
        "where it is wrong."
    ),
    run=run,
    needs=("spin", "cc"),
)
