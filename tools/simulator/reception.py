"""The terminal's port: open, or refusing while the terminal boots."""

import threading

from tools.simulator.conversation import Listener, Service

_ACCEPT_POLL_S = 0.02


class Reception:
    """Keeps a port and its thread. The port is bound at once; port 0 takes a free one, for good."""

    def __init__(self, host: str, port: int, service: Service) -> None:
        self._host = host
        self._service = service
        self._listener: Listener | None = Listener(host, port, service)
        self.port = int(self._listener.server_address[1])
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Accept connections, in the background."""
        if self._listener is None:
            self._listener = Listener(self._host, self.port, self._service)
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._listener.serve_forever, args=(_ACCEPT_POLL_S,), name="simulator", daemon=True
            )
            self._thread.start()

    def close(self) -> None:
        """Refuse connections; those that were accepted are not touched."""
        if self._listener is None:
            return
        if self._thread is not None:
            self._listener.shutdown()
            self._thread.join()
        self._listener.server_close()
        self._listener = self._thread = None
