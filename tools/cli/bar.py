"""A bar on stderr: for people, and only where something takes longer than a moment."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_MOMENT_S = 1.0
"""What takes no longer needs no bar."""


@contextmanager
def bar(*steps: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar for these steps, each begun when the one before it has told that all of it is done; None in a pipe.

    What is given, ``tell(done, total)``, may be left uncalled; then the bar only shows that something goes on.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - heavy
    from rich.progress import Progress  # noqa: PLC0415

    shown = Progress(console=Console(stderr=True), transient=True)
    task = shown.add_task(steps[0], total=None)

    def tell(done: int, total: int) -> None:
        step, so_far = (steps[-1], None) if done >= total and len(steps) > 1 else (steps[0], total)
        shown.update(task, description=step, completed=done, total=so_far)

    # From beside, because a step that tells nothing for a minute needs the bar most.
    later = threading.Timer(_MOMENT_S, shown.start)
    later.daemon = True
    later.start()
    try:
        yield tell
    finally:
        later.cancel()
        later.join()
        shown.stop()
