"""The clock: how much time has passed is never taken from the wall."""

from __future__ import annotations

import pytest

from engine import Moment, SystemClock, passed_s, within_s


def moment(ticks_s: float, span: str = "boot 1") -> Moment:
    """A moment for a test."""
    return Moment(span=span, ticks_ms=int(ticks_s * 1000))


def test_within_one_span_the_ticks_are_subtracted() -> None:
    """In one run of the machine the steady clock tells exactly."""
    assert passed_s(moment(10), moment(12.5)) == pytest.approx(2.5)


def test_across_a_restart_only_the_time_since_then_is_certain() -> None:
    """What was before the restart is unknown, so it is not counted: too little is safe, too much is not."""
    assert passed_s(moment(1000), moment(7, "boot 2")) == 7


def test_a_short_time_is_certain_only_within_one_span() -> None:
    """After a restart nobody can say that little time has passed."""
    assert within_s(moment(10), moment(12), 3)
    assert not within_s(moment(10), moment(13), 3)
    assert not within_s(moment(10), moment(0.001, "boot 2"), 3)


def test_the_system_clock_moves_in_one_span() -> None:
    """Two readings in one process are of one span, and the second is not before the first."""
    clock = SystemClock()
    first, second = clock.moment(), clock.moment()
    assert first.span == second.span
    assert passed_s(first, second) >= 0


def test_without_a_boot_id_the_process_is_the_span(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """Where the machine cannot be asked which run it is in, another process never trusts our ticks."""
    monkeypatch.setattr("engine.clock._BOOT_ID", tmp_path)
    first, second = SystemClock().moment(), SystemClock().moment()
    assert first.span != second.span
    assert first.ticks_ms < 60_000
