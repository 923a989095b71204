"""The decision tables: complete, free of contradictions, and never a second charge."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from engine import Activity
from recovery import (
    PROSPECTS,
    VERDICTS,
    Evidence,
    Fence,
    Grace,
    Patience,
    Prospect,
    Recall,
    Sighting,
    Signs,
    Standing,
    Verdict,
    decide,
    fitting,
)

_OURS = {Sighting.OURS, Sighting.OURS_OTHERWISE, Sighting.OURS_UNCLEAR}


def _all_signs() -> Iterator[Signs]:
    for fence, activity, grace in product(Fence, Activity, Grace):
        yield Signs(fence=fence, activity=activity, grace=grace)


def _all_evidence() -> Iterator[Evidence]:
    for standing, sighting, prospect, recall, patience in product(Standing, Sighting, Prospect, Recall, Patience):
        yield Evidence(standing=standing, sighting=sighting, prospect=prospect, recall=recall, patience=patience)


def test_every_sign_meets_exactly_one_row() -> None:
    """Whether an operation can still happen is answered once for each of the twelve combinations."""
    counts = {signs: len(fitting(PROSPECTS, signs)) for signs in _all_signs()}
    assert set(counts.values()) == {1}
    assert len(counts) == 12


def test_every_evidence_meets_exactly_one_row() -> None:
    """What to do is answered once for each of the 432 combinations."""
    counts = {evidence: len(fitting(VERDICTS, evidence)) for evidence in _all_evidence()}
    assert set(counts.values()) == {1}
    assert len(counts) == 432


def test_every_row_is_reached_and_named_once() -> None:
    """A row that nothing reaches is a rule that somebody believes in and nobody follows."""
    foreseen = {row.label for signs in _all_signs() for row in fitting(PROSPECTS, signs)}
    decided = {row.label for evidence in _all_evidence() for row in fitting(VERDICTS, evidence)}
    assert sorted(row.label for row in PROSPECTS) == sorted(foreseen)
    assert sorted(row.label for row in VERDICTS) == sorted(decided)


def test_absence_is_never_concluded_while_it_may_still_happen() -> None:
    """Not performed needs a slot that still remembers and a door that is shut; nothing else will do."""
    for evidence in _all_evidence():
        if decide(evidence).verdict is Verdict.ABSENT:
            assert evidence.standing is Standing.OPEN
            assert evidence.prospect is not Prospect.AHEAD
            assert evidence.sighting is Sighting.UNCHANGED or (
                evidence.sighting is Sighting.STILL_EMPTY and evidence.recall is Recall.KEPT
            )


def test_nothing_is_shut_while_the_terminal_is_busy() -> None:
    """A busy terminal may be busy with the guest in question, however long ago the order left."""
    for signs in _all_signs():
        (row,) = fitting(PROSPECTS, signs)
        if row.prospect is not Prospect.AHEAD:
            assert signs.activity is not Activity.BUSY
            assert signs.grace is Grace.OVER or (signs.fence is Fence.UP and signs.activity is Activity.IDLE)


def test_an_ending_is_adopted_only_under_our_id() -> None:
    """Amounts, times and neighbours prove nothing: without our id nobody's ending is taken for ours."""
    for evidence in _all_evidence():
        if decide(evidence).verdict is Verdict.ADOPT:
            assert evidence.sighting in _OURS - {Sighting.OURS_UNCLEAR}


def test_an_impatient_caller_never_changes_what_is_concluded() -> None:
    """Patience decides between asking again and leaving, and nothing else."""
    for evidence in _all_evidence():
        if evidence.patience is Patience.OUT:
            continue
        hurried = Evidence(
            standing=evidence.standing,
            sighting=evidence.sighting,
            prospect=evidence.prospect,
            recall=evidence.recall,
            patience=Patience.OUT,
        )
        waiting, leaving = decide(evidence).verdict, decide(hurried).verdict
        assert (waiting, leaving) == (Verdict.ASK_AGAIN, Verdict.LEAVE) or waiting is leaving


def test_a_final_state_is_only_ever_kept_or_contradicted() -> None:
    """What is final is not decided a second time; it can only be found to be wrong, loudly."""
    for evidence in _all_evidence():
        if evidence.standing is Standing.FINAL:
            expected = Verdict.ALARM if evidence.sighting is Sighting.OURS_OTHERWISE else Verdict.LEAVE
            assert decide(evidence).verdict is expected


def test_what_was_never_dispatched_is_settled_without_asking() -> None:
    """No dispatch on record means that nothing can have left, whatever the terminal shows."""
    verdicts = {decide(evidence).verdict for evidence in _all_evidence() if evidence.standing is Standing.UNSENT}
    assert verdicts == {Verdict.UNSENT}
