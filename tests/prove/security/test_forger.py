"""The forger himself: what he makes is forged, all of it, and the trial sees it when one is believed."""

from __future__ import annotations

import random

import pytest

from engine import Exchange, WireRequest
from tests.prove.security.blunders import old_replies_are_believed
from tests.prove.security.forger import KINDS, OLD, Draft, Forger
from tests.prove.security.judging import Batch, Till, try_batch
from tests.prove.security.messages import Act, contents, genuine, is_genuine

_NOW_US = 1_800_000_000_000_000


def _draft() -> Draft:
    till = Till(Batch(seed="one", messages=1))
    asked = []

    def say_nothing(request: WireRequest) -> Exchange:
        asked.append(request)
        return Exchange(left=True)

    assert not till.believes(Act.LATEST, till.orders[0], say_nothing)
    return Draft(request=asked[0], content=contents(Act.LATEST, "x")[0], now_us=_NOW_US)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "somebody elses answer"])
def test_what_a_forger_makes_is_not_genuine(kind: str) -> None:
    """Each kind, a hundred times: by the simulator's own code, it is no new reply of the terminal."""
    draft, forger = _draft(), Forger(random.Random(kind))  # noqa: S311 - repeatable
    forger.overhear(draft.request, genuine(draft.request, draft.content, _NOW_US - 5), _NOW_US - 1)
    made = [KINDS[kind](forger, draft) for _ in range(100)]
    assert [is_genuine(draft.request, each, forger.heard_us) for each in made] == [False] * 100


def test_what_the_terminal_says_is_genuine() -> None:
    """The same judge knows a true and new reply, and an old one as old."""
    draft = _draft()
    assert is_genuine(draft.request, draft.true, _NOW_US - 1)
    assert not is_genuine(draft.request, draft.true, _NOW_US)


def test_every_kind_comes_up_and_none_is_believed() -> None:
    """A small batch has all of them, and its true replies are believed."""
    found = try_batch(Batch(seed="small", messages=500))
    assert set(found.tried) == set(KINDS)
    assert (found.believed, found.refused) == ([], [])
    assert found.true > 10


def test_without_the_comparison_of_stamps_no_old_reply_is_tried() -> None:
    """What the switch gives up is not called a success."""
    found = try_batch(Batch(seed="small", messages=200, rising=False))
    assert not {kind.__name__.replace("_", " ") for kind in OLD} & set(found.tried)


def test_a_batch_is_the_same_for_the_same_seed() -> None:
    """A sentence that names seed and message is enough to see it again."""
    with pytest.MonkeyPatch.context() as patch:
        old_replies_are_believed(patch)
        first, second = (try_batch(Batch(seed="again", messages=200)).believed for _ in range(2))
    assert first == second != []
