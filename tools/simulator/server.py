"""The terminal behind real sockets: HTTP/1.1 with keep-alive, one thread per connection.

One condition guards the terminal. Whoever waits for a guest waits on it, so that an abort, a reboot
and the stop of the server wake them at once; everything else that touches the core holds it.
"""

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Self

from tools.simulator.admin import AdminPort
from tools.simulator.clockwork import Clockwork
from tools.simulator.connections import Connections
from tools.simulator.conversation import Service
from tools.simulator.faults import FaultPlan
from tools.simulator.reception import Reception
from tools.simulator.request_log import Row
from tools.simulator.station import Station
from tools.simulator.terminal import SimulatedTerminal


class SimulatorServer:
    """Serves one terminal. `port` 0 takes a free one; `admin_port` None means no admin port.

    The terminal's `now` must be the real time (`time.time`). `on_event` hears the log row of every
    request, in the thread of its connection, before its reply is sent. With the path of a certificate and
    of its key, both PEM, it speaks TLS: what 1.x terminals do.
    """

    def __init__(
        self,
        terminal: SimulatedTerminal,
        plan: FaultPlan | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        admin_port: int | None = None,
        on_event: Callable[[Row], None] | None = None,
        certificate: tuple[Path, Path] | None = None,
    ) -> None:
        self._connections = Connections()
        self._station = Station(terminal, plan or FaultPlan(), on_reboot=self._rebooted, on_up=self._open)
        service = Service(
            station=self._station,
            connections=self._connections,
            on_event=on_event,
            tls=None if certificate is None else _tls(*certificate),
        )
        self._reception = Reception(host, port, service)
        self._clockwork = Clockwork(self._station)
        try:
            self._admin = None if admin_port is None else AdminPort(self._station, port=admin_port)
        except OSError:
            self._reception.close()
            raise

    @property
    def port(self) -> int:
        """The port that tills talk to."""
        return self._reception.port

    @property
    def admin_port(self) -> int | None:
        """The admin port, on the loopback interface only."""
        return None if self._admin is None else self._admin.port

    def start(self) -> None:
        """Serve in the background; the ports are bound since the server was made."""
        self._reception.open()
        self._clockwork.start()
        if self._admin is not None:
            self._admin.start()

    def replace_plan(self, plan: FaultPlan) -> None:
        """Play another plan of faults from now on."""
        self._station.replace_plan(plan)

    def stop(self) -> None:
        """Close everything and wait for the threads; what was late never arrives."""
        self._station.stop()
        self._clockwork.stop()
        self._reception.close()
        self._connections.close()
        if self._admin is not None:
            self._admin.stop()

    def _open(self) -> None:
        self._reception.open()

    def _rebooted(self) -> None:
        if self._station.terminal.down:
            self._reception.close()
        self._connections.cut_all()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _tls(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
