"""The run: case by case, prepare the terminal, let somebody work the POS, watch, and judge.

prepare ─▶ begin the step ─▶ watch until the terminal was left alone, or the time is up ─▶ judge ─▶ next step or case
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tools.accredit.cases import COMMUNICATION_LOG, Case, Pace, Step
from tools.accredit.cashier import Cashier, Task
from tools.accredit.claims import judge
from tools.accredit.desk import Desk, State
from tools.accredit.manners import judge_manners
from tools.accredit.record import Row, Seen
from tools.accredit.verdict import Verdict, Word

# Until a guest of the case before has gone, and until a terminal that was plugged in serves.
_READY_S = 30.0
_SERVES_S = 0.5
_LATE_MARGIN_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One case, its verdict, and how the POS's command ended where there was one."""

    case: Case
    verdict: Verdict
    endings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that came of a run; ``manners`` are judged over all of it."""

    terminal: str
    profile: str
    results: tuple[Result, ...]
    manners: Mapping[str, Verdict]


LogJudge = Callable[[Sequence[Row]], Verdict]


@dataclass(kw_only=True)
class Run:
    """Plays cases at one simulator. ``tag`` makes the references of this run its own; ``tell`` hears the progress."""

    desk: Desk
    cashier: Cashier
    pace: Pace
    currency: str
    tag: str
    tell: Callable[[str], None]
    judge_log: LogJudge
    _began: float = 0.0
    _receipt: str = ""
    _endings: list[str] = field(default_factory=list)

    def play(self, cases: Sequence[Case]) -> Report:
        """Play these cases in their order, and leave the terminal without faults."""
        state = self.desk.state()
        self._began = state.now
        try:
            results = [self._case(number, len(cases), case) for number, case in enumerate(cases, start=1)]
        finally:
            self.cashier.leave()
            self.desk.begin({"guest": {}})
        rows, entries = self.desk.rows(since=self._began), self.desk.entries(since=self._began)
        return Report(
            terminal=state.name,
            profile=state.profile,
            results=tuple(self._with_log(result, rows) for result in results),
            manners=judge_manners(rows, entries),
        )

    def _case(self, number: int, count: int, case: Case) -> Result:
        self.tell(f"{number}/{count} {case.name}: {case.proves}")
        self._endings = []
        if missing := [step.kind for step in case.steps if not self.cashier.can(step.kind)]:
            why = f"the POS's command cannot be told to do a {missing[0]}; use {{kind}} in it, or --pos-capture"
            return Result(case=case, verdict=Verdict(word=Word.NOT_PLAYED, why=why))
        self._until(lambda state: state.idle and not state.down)
        began = self.desk.state().now
        self.desk.begin(case.prepare(self.pace))
        verdict = self._steps(number, case, began)
        self.tell(f"{number}/{count} {case.name}: {verdict.word}{f', {verdict.why}' if verdict.why else ''}")
        return Result(case=case, verdict=verdict, endings=tuple(self._endings))

    def _steps(self, number: int, case: Case, began: float) -> Verdict:
        verdict = Verdict(word=Word.NOT_PLAYED, why="it has no step")
        for turn, step in enumerate(case.steps, start=1):
            since = self.desk.state().now
            if step.unplugged:
                self.desk.unplug()
            try:
                self.cashier.begin(self._task(f"accredit-{self.tag}-{number}{'abc'[turn - 1]}", case, step))
                verdict = self._watched(case, step, since, began)
            finally:
                if step.unplugged:
                    self._plug_in()
            if verdict.word is not Word.PASSED:
                break
        return verdict

    def _task(self, reference: str, case: Case, step: Step) -> Task:
        return Task(
            kind=step.kind,
            amount=f"{step.amount_minor // 100}.{step.amount_minor % 100:02d}",
            currency=self.currency,
            reference=reference,
            receipt=self._receipt,
            hint=f"The terminal cannot be reached for {self.pace.outage_s:.0f} s." if step.unplugged else case.hint,
        )

    def _watched(self, case: Case, step: Step, since: float, began: float) -> Verdict:
        """Watch a step to its end; what was only hoped for until then has not come."""
        deadline = time.monotonic() + self.pace.timeout_s
        while True:
            finished = self.cashier.finished
            state, seen = self.desk.state(), self._seen(step, since, began)
            verdict = judge(step.claims, seen)
            if self._over(case, step, state, seen, verdict, finished=finished) or time.monotonic() > deadline:
                break
            time.sleep(self.pace.poll_s)
        if ending := self.cashier.leave():
            self._endings.append(ending)
        self._receipt = next((entry.receipt_number or "" for entry in seen.charges), self._receipt)
        return verdict if verdict.word is not Word.AWAITED else self._in_vain(seen, verdict)

    def _over(self, case: Case, step: Step, state: State, seen: Seen, verdict: Verdict, *, finished: bool) -> bool:
        """Whether nothing that could change the verdict is to be expected."""
        if step.unplugged:
            return finished or (not self.cashier.by_itself and state.now - seen.since >= self.pace.outage_s)
        if case.watches_late and seen.starts and state.now - seen.starts[0].at < self.pace.late_s + _LATE_MARGIN_S:
            return False
        moved = max([seen.since, *(row.until for row in seen.rows), *(entry.finished_at for entry in seen.entries)])
        quiet = state.idle and state.now - moved >= self.pace.quiet_s
        return quiet and (finished if self.cashier.by_itself else verdict.word is not Word.AWAITED)

    def _seen(self, step: Step, since: float, began: float) -> Seen:
        return Seen(
            since=since,
            amount_minor=step.amount_minor,
            rows=self.desk.rows(since=since),
            entries=self.desk.entries(since=began),
        )

    def _in_vain(self, seen: Seen, verdict: Verdict) -> Verdict:
        if seen.starts or seen.of_amount:
            return Verdict(word=Word.FAILED, why=verdict.why, evidence=verdict.evidence)
        ending = f"; {self._endings[-1]}" if self._endings else f" within {self.pace.timeout_s:.0f} s"
        return Verdict(word=Word.NOT_PLAYED, why=f"the POS sent no order{ending}", evidence=seen.rows)

    def _with_log(self, result: Result, rows: Sequence[Row]) -> Result:
        """The POS's log is judged last, so that every request of the run has to be in it."""
        if result.case.name != COMMUNICATION_LOG or result.verdict.word is not Word.PASSED:
            return result
        return Result(case=result.case, verdict=self.judge_log(rows), endings=result.endings)

    def _plug_in(self) -> None:
        self.desk.plug_in()
        self._until(lambda state: not state.down)
        time.sleep(_SERVES_S)  # the port is bound a moment after the terminal is up

    def _until(self, ready: Callable[[State], bool]) -> None:
        deadline = time.monotonic() + _READY_S
        while not ready(self.desk.state()) and time.monotonic() < deadline:
            time.sleep(self.pace.poll_s)
