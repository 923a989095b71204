"""What the line and the terminal do to an exchange, and in which order they do it.

| fault                    | processed?         | the client sees                                        |
|--------------------------|--------------------|--------------------------------------------------------|
| none                     | yes                | the reply                                              |
| lost_before_processing   | no                 | the connection closed                                  |
| lost_after_processing    | yes                | the connection closed, after the guest's whole time    |
| dropped_while_paying     | yes                | the connection closed, while the guest is paying       |
| reset_mid_body           | yes                | a reset in the middle of the body                      |
| truncated                | yes                | half a body, closed politely                           |
| cut_in_headers           | yes                | a status, half the headers, no body                    |
| garbage                  | yes                | bytes that are no HTTP                                 |
| wrong_hash, missing_hash | yes                | the true reply with a wrong hash, or none              |
| html_error               | yes                | 500 with an HTML page, unsigned                        |
| ok_without_outcome       | yes                | a signed 200 with `{}`; `latest` has the truth         |
| unknown_outcome          | yes                | a signed 200 with an unknown outcome; `latest` has the truth |
| slow                     | yes                | the reply, byte by byte                                |
| delivered_late           | later, if allowed  | the connection closed                                  |
| delivered_twice          | the first copy     | what the second copy hears: a 401                      |
| busy                     | no                 | a signed 503                                           |
| reboot_mid_operation     | cut off, see `reboot_effect` | the connection closed, while the guest is paying |

An asynchronous start is answered at once, so nobody waits while the guest is paying: `lost_after_processing`
and `dropped_while_paying` lose its 200 at once, and under `reboot_mid_operation` it hears its 200 and the
reboot comes later. It has no outcome that could be falsified; its status has, and is a question.

`DirectLine` and the server play this table by the same code; a test goes through it over both.
"""

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from tools.simulator.cue import Cue


@unique
class Fault(StrEnum):
    """One way in which an exchange can go; the table above says what each does."""

    NONE = "none"
    LOST_BEFORE_PROCESSING = "lost_before_processing"
    LOST_AFTER_PROCESSING = "lost_after_processing"
    DROPPED_WHILE_PAYING = "dropped_while_paying"
    RESET_MID_BODY = "reset_mid_body"
    TRUNCATED = "truncated"
    CUT_IN_HEADERS = "cut_in_headers"
    GARBAGE = "garbage"
    WRONG_HASH = "wrong_hash"
    MISSING_HASH = "missing_hash"
    HTML_ERROR = "html_error"
    OK_WITHOUT_OUTCOME = "ok_without_outcome"
    UNKNOWN_OUTCOME = "unknown_outcome"
    SLOW = "slow"
    DELIVERED_LATE = "delivered_late"
    DELIVERED_TWICE = "delivered_twice"
    BUSY = "busy"
    REBOOT_MID_OPERATION = "reboot_mid_operation"


# What a question cannot suffer: it has no guest who is paying, and does not make a terminal reboot.
_OPERATIONS_ONLY = {
    Fault.DROPPED_WHILE_PAYING,
    Fault.UNKNOWN_OUTCOME,
    Fault.BUSY,
    Fault.REBOOT_MID_OPERATION,
}

EVEN: Mapping[Fault, float] = {fault: 1.0 for fault in Fault if fault is not Fault.NONE}


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultTiming:
    """How long faults take. Seconds, and one share of the guest's time.

    A late request arrives 200 s after it was sent: the till gave up at 180 s (`protocol.md`, Timeouts).
    """

    late_s: float = 200.0
    second_copy_s: float = 0.0
    slow_byte_s: float = 0.002
    share_of_visit: float = 0.5


_USUAL_TIMING = FaultTiming()


class FaultPlan:
    """Which exchange suffers which fault: by script first, then by rate; the same seed gives the same faults.

    `script` is for operations, one item each, in the order in which they are sent, or by their numbers from
    1; `question_script` for everything else. `cues` say what is wanted of the guests of single operations.
    Operations and questions draw from two generators, so that one question more does not change
    what the operations suffer.
    """

    def __init__(
        self,
        *,
        script: Iterable[str] | Mapping[int, str] = (),
        question_script: Iterable[str] | Mapping[int, str] = (),
        cues: Iterable[Cue] = (),
        rate: float = 0.0,
        question_rate: float = 0.0,
        weights: Mapping[Fault, float] = EVEN,
        seed: int = 0,
        timing: FaultTiming = _USUAL_TIMING,
    ) -> None:
        if not (0 <= rate <= 1 and 0 <= question_rate <= 1):
            raise ValueError(f"a rate lies from 0 to 1; got {rate} and {question_rate}")
        self.timing = timing
        self.played: Counter[Fault] = Counter()
        for_questions = {fault: w for fault, w in weights.items() if fault not in _OPERATIONS_ONLY}
        self._operations = _Draw(script, rate, weights, f"operations {seed}")
        self._questions = _Draw(question_script, question_rate, for_questions, f"questions {seed}")
        self._cues = {cue.n: cue for cue in cues}

    @property
    def cue(self) -> Cue:
        """What is wanted of the operation that was sent last."""
        return self._cues.get(self._operations.drawn, Cue(n=self._operations.drawn))

    def next(self, *, operation: bool) -> Fault:
        """Return what the next exchange suffers."""
        fault = (self._operations if operation else self._questions).next()
        self.played[fault] += 1
        return fault


class _Draw:
    """One stream of faults."""

    def __init__(
        self, script: Iterable[str] | Mapping[int, str], rate: float, weights: Mapping[Fault, float], seed: str
    ) -> None:
        numbered = script.items() if isinstance(script, Mapping) else enumerate(script, start=1)
        self._script = {n: Fault(item) for n, item in numbered}
        self.drawn = 0
        self._rate = rate
        # What has no weight is left out, and a plan that has nothing for questions leaves them alone.
        self._weights = {fault: weight for fault, weight in weights.items() if weight > 0} or {Fault.NONE: 1.0}
        self._random = random.Random(seed)  # noqa: S311 - repeatable, nothing secret hangs on it

    def next(self) -> Fault:
        self.drawn += 1
        if self.drawn in self._script:
            return self._script[self.drawn]
        # Both draws are made every time, so that another rate keeps the rest of the sequence.
        strikes = self._random.random() < self._rate
        drawn = self._random.choices(list(self._weights), list(self._weights.values()))[0]
        return drawn if strikes else Fault.NONE
