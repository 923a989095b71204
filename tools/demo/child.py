"""What the demo's child processes have in common: they say JSON lines, and they end when their parent does."""

from __future__ import annotations

import json
import os
import sys
import threading

_STDIN = 0
_lock = threading.Lock()


def say(**event: object) -> None:
    """Tell the parent one thing that happened. From any thread."""
    line = json.dumps(event) + "\n"
    with _lock:
        sys.stdout.write(line)
        sys.stdout.flush()


def wait_for_end_of_parent() -> None:
    """Come back when the parent closes its end of our stdin, as it also does by dying.

    Read past Python's buffers: their lock would be held at the end of the process, which Python takes for a fault.
    """
    while os.read(_STDIN, 1):
        pass


def end_with_parent() -> None:
    """From now on, die with the parent, at once and whatever is under way, as if killed."""

    def watch() -> None:
        wait_for_end_of_parent()
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()
