"""What can go wrong inside the simulator, as far as its users must tell the cases apart."""

from typing import final


class SimulatorError(Exception):
    """The simulator cannot do this."""

    def __init__(self, detail: str = "") -> None:
        message = (type(self).__doc__ or "").strip()
        super().__init__(f"{message} {detail}".strip())


@final
class Malformed(SimulatorError):
    """This is not a request that the terminal understands; correct the field that is named."""


@final
class NotFinished(SimulatorError):
    """The operation is still running; collect it after its time."""


@final
class Rebooted(SimulatorError):
    """The terminal rebooted under this operation, so nobody will ever be sent its reply."""


@final
class TerminalBusy(SimulatorError):
    """An operation is running at this terminal; wait for its end."""


@final
class NothingToPress(SimulatorError):
    """Nobody stands at the terminal who could press this button now."""


@final
class ScriptRefused(SimulatorError):
    """This cannot be played."""

    def __init__(self, *, key: str, value: object, remedy: str) -> None:
        super().__init__(f"{key} = {value!r}: {remedy}.")
        self.key = key
        self.value = value
        self.remedy = remedy


@final
class NoCryptography(SimulatorError):
    """The package `cryptography` is missing: install it, or make a certificate with `openssl req -x509`."""


@final
class Stopped(SimulatorError):
    """The server is being stopped, so what was waiting here is given up."""


@final
class LineDropped(SimulatorError):
    """The line gave no reply; `left` tells whether the request had gone out."""

    def __init__(self, *, left: bool) -> None:
        super().__init__("The bytes had left." if left else "Nothing had left.")
        self.left = left
