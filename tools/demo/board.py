"""What is shown while the rush is on: a progress bar and a table in a terminal, plain lines in a pipe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Protocol, Self

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tools.demo.bills import Bill
from tools.demo.stage import Event

_STEPS = 10
"""A pipe hears of the progress so many times."""


@dataclass(slots=True)
class Tally:
    """How the rush stands, as the POS tells it. Only for the eyes: the audit does not ask it."""

    bills: Sequence[Bill]
    done: dict[int, str] = field(default_factory=dict)
    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)

    def note(self, event: Event) -> None:
        """Take in one thing that the POS said. A new POS says again what is done already."""
        terminal = str(event.get("terminal"))
        if "done" in event:
            self.done[int(event["bill"])] = str(event["done"])
            self.last[terminal] = f"bill {event['bill']}: {event['done']}"
        elif "outcome" in event:
            self.outcomes.setdefault(terminal, Counter())[str(event["outcome"])] += 1
            self.last[terminal] = f"bill {event['bill']}: {event['outcome']}"
        elif "refused" in event:
            self.last[terminal] = f"bill {event['bill']}: {event['refused']}"
        elif "attempt" in event:
            self.last[terminal] = f"bill {event['bill']}: card in"

    def row(self, terminal: str) -> tuple[str, ...]:
        """How one terminal stands: bills done, paid, the attempts that came to nothing or not yet, and now."""
        its = [bill.number for bill in self.bills if bill.terminal == terminal]
        byes = [self.done[number] for number in its if number in self.done]
        heard = self.outcomes.get(terminal, Counter())
        attempts = (str(heard[word]) for word in _UNPAID)
        return terminal, f"{len(byes)}/{len(its)}", str(byes.count("paid")), *attempts, self.last.get(terminal, "")


_UNPAID = {"declined": "declined", "cancelled": "cancelled", "not_performed": "not performed", "in_doubt": "in doubt"}
"""What an attempt can come to other than paid, and the title of its column."""


class Board(Protocol):
    """Shows the rush, and says what happens around it."""

    def show(self, tally: Tally) -> None:
        """The rush stands like this now."""
        ...

    def say(self, line: str) -> None:
        """Something happened."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class PlainBoard:
    """Lines, each of which can be read by itself."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._step = 0

    def show(self, tally: Tally) -> None:
        """See ``Board``. A line for each tenth of the bills."""
        step = len(tally.done) * _STEPS // len(tally.bills)
        if step > self._step:
            self._step = step
            self.say(f"{len(tally.done)} of {len(tally.bills)} bills done")

    def say(self, line: str) -> None:
        """See ``Board``."""
        self._stream.write(line + "\n")
        self._stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held."""


class LiveBoard:
    """A progress bar and a table that stay at the foot of the terminal, below what is said."""

    def __init__(self, console: Console, *, terminals: Sequence[str], bills: int) -> None:
        self._terminals = terminals
        self._progress = Progress(
            TextColumn("bills"), BarColumn(bar_width=None), MofNCompleteColumn(), TimeElapsedColumn(), console=console
        )
        self._task = self._progress.add_task("bills", total=bills)
        self._live = Live(self._progress, console=console, refresh_per_second=10)

    def show(self, tally: Tally) -> None:
        """See ``Board``."""
        self._progress.update(self._task, completed=len(tally.done))
        self._live.update(Group(self._table(tally), self._progress))

    def say(self, line: str) -> None:
        """See ``Board``."""
        self._live.console.print(line)

    def _table(self, tally: Tally) -> Table:
        # Without lines between the columns, it fits into 80 of them.
        table = Table(expand=True, box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
        table.add_column("terminal", no_wrap=True)
        for title in ("bills", "paid", *(title.replace(" ", "\n") for title in _UNPAID.values())):
            table.add_column(title, justify="right")
        table.add_column("now", ratio=1, no_wrap=True)
        for terminal in self._terminals:
            table.add_row(*tally.row(terminal))
        return table

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()


def board_for(console: Console, *, terminals: Sequence[str], bills: int) -> Board:
    """The one that suits where the console writes to."""
    if console.is_terminal:
        return LiveBoard(console, terminals=terminals, bills=bills)
    return PlainBoard(console.file)
