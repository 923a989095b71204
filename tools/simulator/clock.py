"""A clock that moves only when told: a whole lunch passes in no time."""


class VirtualClock:
    """Unix time in seconds; give `now` to the terminal and the clock to its `DirectLine`."""

    def __init__(self, start: float = 1_735_819_445.0) -> None:
        self._now = start

    def now(self) -> float:
        """Return the time in unix seconds."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let seconds pass."""
        self.advance_to(self._now + seconds)

    def advance_to(self, moment: float) -> None:
        """Let the time come to `moment`; a moment that has passed already changes nothing."""
        self._now = max(self._now, moment)
